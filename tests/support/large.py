"""A spec with many tables, such as a shop's: hubs, chains, link tables and tables alone."""

from __future__ import annotations

from typing import Any


def large(count: int = 80) -> dict[str, Any]:
    """Return the document of a spec with so many tables, always the same."""
    tables: dict[str, Any] = {}
    for number in range(count):
        columns: dict[str, Any] = {"id": {"type": "bigint", "primary_key": True}}
        for place, target in enumerate(targets(number)):
            columns[f"{name(target)}_{place}_id"] = {
                "type": "bigint",
                "references": f"{name(target)}.id",
                "nullable": place == 1,
            }
        for place in range(2 + number * 7 % 9):
            columns[f"value_{place}"] = ("text", "timestamptz", "numeric(10,2)")[
                place % 3
            ]
        tables[name(number)] = {"columns": columns}
    return {"name": "large", "tables": tables}


def name(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}_{number}"


def targets(number: int) -> list[int]:
    """Return what a table points at: hubs, the one before it, itself, or nothing."""
    if number == 0 or number % 5 == 4:
        return []
    found = [number * 3 % min(number, 4)]
    if number % 3 == 0:
        found.append(number * 5 % number)
    if number % 4 == 1:
        found.append(number - 1)
    if number % 16 == 6:
        found.append(number)
    return found


WORDS = (
    "user order item address payment shipment invoice product category review".split()
)
