"""Views that stand in for tables under their old names, until a contract. Pure.

PostgreSQL writes through a view of all columns of one table (manual, CREATE VIEW, "Updatable
Views"); its defaults are the table's. No COPY FROM writes into one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.diff.expansions import Refused
from gen_migration.model.given import columns_of
from gen_migration.postgres.names import quote_name
from gen_migration.postgres.queries import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.views import View
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

COMMENT = "gen-migration: stands in for {table} until the contract"
START = COMMENT.partition("{")[0]
INVOKER = 15  # security_invoker is new in 15 (release notes, E.13.3.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """A view with the `old` name of a table."""

    table: Name
    old: Name

    @property
    def place(self) -> str:
        """What waits for its contract, in words."""
        return f"{self.old}, a view of {self.table},"

    @property
    def creates(self) -> str:
        """How the statement begins that opens it."""
        return f"CREATE VIEW {self.old.sql} "

    @property
    def hints(self) -> set[tuple[str, object]]:
        """The hints that do something as long as it is there."""
        return {("table", self.table), ("stand_ins", self.table)}

    def view(self, schema: Schema, new: Schema, postgresql: int) -> View:
        """Return the view of all columns of the table, with the rights on it in the new schema."""
        # Few edits have one, and the module of a kind is for those that do.
        from gen_migration.kinds.views import View

        columns = ", ".join(map(quote_name, columns_of(schema, self.table)))
        return View(
            query=canonical(f"SELECT {columns} FROM {self.table.sql}"),  # noqa: S608 - quoted
            security_invoker=postgresql >= INVOKER,
            grants=new.tables[self.table].grants or None,
            comment=COMMENT.format(table=self.table),
        )


def stand_ins(
    old: Schema, new: Schema, hints: Hints
) -> tuple[list[StandIn], list[StandIn]]:
    """Return the views that an edit opens, and those that stay."""
    opening, staying = [], []
    for table, before in hints.stand_ins.items():
        one = StandIn(table=table, old=before)
        if table not in new.tables:
            continue
        if is_stand_in(old, before) and table in old.tables:
            staying.append(one)
        elif before in old.tables and table not in old.tables:
            opening.append(one)
    return opening, staying


def is_stand_in(schema: Schema, name: Name) -> bool:
    """Tell whether a view of a schema stands in for a table."""
    value = schema.of("view").get(name)
    return value is not None and (value.comment or "").startswith(START)


def standing(schema: Schema) -> list[StandIn]:
    """Return the views of a schema that stand in for tables."""
    tables = {str(name): name for name in schema.tables}
    found = []
    for name, value in schema.of("view").items():
        if is_stand_in(schema, name):
            called = value.comment.removeprefix(START).partition(" until")[0]
            if called in tables:
                found.append(StandIn(table=tables[called], old=name))
    return found


def with_views(
    old: Schema,
    new: Schema,
    found: list[StandIn],
    postgresql: int,
    *,
    anew: bool = True,
) -> Schema:
    """Return a wanted schema with views; each is made `anew`, or what it is in the old schema."""
    for one in found:
        if one.old in new.of("view"):
            continue
        view = one.view(new, new, postgresql) if anew else old.of("view")[one.old]
        new = new.with_("view", {**new.of("view"), one.old: view})
    return new


def refusals(
    old: Schema, new: Schema, one: StandIn, postgresql: int
) -> Iterator[Refused]:
    """Yield why a view cannot stand in for a table."""
    table = old.tables[one.old]
    said = []
    if one.table.schema != one.old.schema:
        said.append(("the table moves to another schema", "leave expand out"))
    if table.row_security is not None and postgresql < INVOKER:
        said.append(
            (
                "its policies would be those of the view's owner before PostgreSQL 15",
                "leave expand out, or write postgresql: 15",
            )
        )
    if new.tables[one.table].grants is None:
        said.append(
            (
                "who may use it is not in the spec, and the view is to be theirs, too",
                "write grants: at the table, in an edit of its own first",
            )
        )
    for why, instead in said:
        yield Refused(
            table=one.table,
            column=None,
            why=f"no view can stand in for this table: {why}",
            instead=instead,
        )
