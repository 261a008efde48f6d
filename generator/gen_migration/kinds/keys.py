"""The keys that an object of a kind has in a spec."""

from __future__ import annotations

from typing import Any, NamedTuple


class Key(NamedTuple):
    """A key of an object in a spec: its type in the words of `shape_base`, and what it is for.

    `default` is what it is where it is left out: `dict` an empty mapping, `...` a mistake.
    """

    name: str
    type: str
    about: str | None = None
    default: Any = None


class Refused(NamedTuple):
    """A key that others have and an object cannot: why, and what to do instead."""

    name: str
    reason: str
    hint: str


# The type of a key that is SQL, or a file of it (see `spec.files`).
BODY = "Body"
RENAMED_FROM = Key("renamed_from", "RenamedFrom")
OWNER, GRANTS = Key("owner", "Owner"), Key("grants", "Grants")
IGNORE, COMMENT = Key("ignore", "Ignore", default=dict), Key("comment", "Comment")
