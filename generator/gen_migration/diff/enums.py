"""Values of enums that are added before anything else, and enums that are swapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.tables import pairs
from gen_migration.operations import every as op
from gen_migration.operations.renames import RenameEnumValue, RenameObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def enum_values(
    old: Schema, renamed: Schema, new: Schema, renames: Iterable[Operation]
) -> tuple[list[Operation], list[op.SetEnumValues]]:
    """Return the values that can be added before anything else, and the enums to be swapped.

    What is added first is named as it was before the renames.
    """
    first: list[Operation] = []
    swaps = []
    for name, one, other in pairs(renamed.enums, new.enums):
        if one.values == other.values:
            continue
        kept = tuple(value for value in other.values if value in one.values)
        before, words = names_before(name, renames)
        present = old.enums[before].values
        added = [value for value in other.values if value not in one.values]
        if kept != one.values or set(added) & set(present):
            swaps.append(op.SetEnumValues(name=name, old=one.values, new=other.values))
            continue
        for value in added:
            position = other.values.index(value)
            if position:
                last = other.values[position - 1]
                position = present.index(words.get(last, last)) + 1
            grown = (*present[:position], value, *present[position:])
            first.append(op.AddEnumValue(name=before, old=present, new=grown))
            present = grown
    return first, swaps


def names_before(
    name: Name, renames: Iterable[Operation]
) -> tuple[Name, dict[str, str]]:
    """Return what an enum was called, and its values (new to old), before the renames."""
    words: dict[str, str] = {}
    for operation in reversed(list(renames)):
        match operation:
            case RenameObject(kind="enum", old=old, new=new):
                name = old if new == name else name
            case RenameObject(kind="schema", old=old, new=new) if name.schema == new:
                name = name._replace(schema=old)
            case RenameEnumValue(name=of, old=old, new=new) if of == name:
                for value, before in words.items():
                    if before == new:
                        words[value] = old
                        break
                else:
                    words[new] = old
    return name, words
