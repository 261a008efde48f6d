"""Hints of a spec: what its value alone cannot tell, such as former names."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.errors import Place
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Expand:
    """What a spec says of a column that old and new code write for a while.

    `old` is the column that it takes the place of; None is the one of its own name. `up` and
    `down` are SQL: its value by the old one's, and that by the new ones'.
    """

    old: str | None = None
    up: str | None = None
    down: str | None = None


# A backfill that is no value: there are no rows to give one.
NO_ROWS = {"rows": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """`renamed_from`, by the name as it is now; `using` and `backfill` are SQL.

    `objects` are by kind ("table", "enum", …) and name. Columns, constraints, indexes,
    values of enums and attributes carry their table or type. `rewrite` says that a table may be
    written anew, `queries` that the query of an object may run for all rows, `no_rows` that it
    has no rows when a column becomes NOT NULL, or is added, `expand` that two versions of the code
    run meanwhile, and `stand_ins` the old names of tables that views have until then. `ignores` are
    the reasons why findings are left out, by their codes, for a kind of object ("table", "column",
    "part", …, "spec") and its name, and `python` what models in Python say of them, by the keys of
    the spec; `groups` are what tables stand together in, in pictures. `places` are the paths of
    all hints in the document, by the name of their field here, or the kind of object, and their
    key in it.
    """

    objects: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    columns: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    constraints: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    indexes: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    enum_values: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    attributes: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    using: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    backfill: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    rewrite: Mapping[tuple[Name, str], bool] = field(default_factory=dict)
    queries: Mapping[Name, bool] = field(default_factory=dict)
    no_rows: Mapping[tuple[Name, str], bool] = field(default_factory=dict)
    expand: Mapping[tuple[Name, str], Expand] = field(default_factory=dict)
    stand_ins: Mapping[Name, Name] = field(default_factory=dict)
    ignores: Mapping[tuple[str, Any], Mapping[str, str]] = field(default_factory=dict)
    python: Mapping[tuple[str, Any], Mapping[str, Any]] = field(default_factory=dict)
    groups: Mapping[Name, str] = field(default_factory=dict)
    places: Mapping[tuple[str, Any], Place] = field(default_factory=dict, compare=False)

    def of(self, word: str) -> Mapping[Any, Any]:
        """Return what the objects of a kind (or "table") were called, by their names now."""
        return self.objects.get(word, {})
