"""The owner of an object and the grants on it, back to the keys of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.sql.grants import ALL

if TYPE_CHECKING:
    from gen_migration.model.access import Privileges


def access(value: Any) -> dict[str, Any]:
    """Return the keys that an object has; grants that are empty say something, too."""
    found: dict[str, Any] = {}
    if getattr(value, "owner", None) is not None:
        found["owner"] = value.owner
    held = getattr(value, "grants", None)
    if held is not None:
        found["grants"] = {role: privileges(one) for role, one in held.items()}
    return found


def privileges(held: Privileges) -> Any:
    """Return the privileges of a role, as short as they can be."""
    plain = [
        word for (word, column), option in held.items() if column is None and not option
    ]
    listed: list[Any] = [*plain]
    for wanted in (False, True):
        columns: dict[str, Any] = {}
        words: dict[str, Any] = {}
        for (word, column), option in held.items():
            if option is wanted and column is not None:
                columns.setdefault(word, []).append(column)
            elif option is wanted is True:
                words[word] = True
        parts = [words | columns] if not words.keys() & columns else [words, columns]
        option_key = {"with_grant_option": True} if wanted else {}
        listed += [part | option_key for part in parts if part]
    if len(listed) == 1 and (listed[0] == ALL or isinstance(listed[0], dict)):
        return listed[0]
    return listed
