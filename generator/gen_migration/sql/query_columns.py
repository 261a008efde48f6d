"""The columns that come out of a query, and a query with each `*` written out. Pure.

PostgreSQL keeps the columns that a `*` stood for when the query was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.printing import printed
from gen_migration.postgres.queries import canonical, parsed, select_of
from gen_migration.sql.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gen_migration.sql.outputs import Column
    from gen_migration.sql.scopes import Relations
    from gen_migration.sql.visible_names import Level


def columns(sql: str, relations: Relations) -> list[tuple[str, Hashable | None]] | None:
    """Return the columns that come out of a canonical query, with their types as far as known."""
    found = Scopes(relations).query(select_of(parsed(sql)))
    return None if found is None else [(one.name, one.type) for one in found]


def written_out(sql: str, relations: Relations) -> str:
    """Return a canonical query with the columns of each `*` that is known, as PostgreSQL keeps it.

    So it is with NATURAL, which stands for USING, and with `(t).a`, which is `t.a`.
    """
    plain = sql.replace("(*)", "")
    if not any(one in plain for one in ("*", "NATURAL", ").")):
        return sql
    tree = parsed(sql)
    walked = WithoutStars(relations)
    walked.query(select_of(tree))
    if not walked.stars:
        return sql
    for select, made in walked.lists:
        del select.target_list[:]
        select.target_list.extend(made)
    return canonical(printed(tree))


class WithoutStars(Scopes):
    """Writes out what each `*` stands for, once the walk is done."""

    def __init__(self, relations: Relations) -> None:
        super().__init__(relations)
        self.stars: list[tuple[Any, list[Any]]] = []
        self.lists: list[tuple[Any, list[Any]]] = []

    def query(self, select: Any, *around: Any) -> list[Column] | None:
        start = len(self.stars)
        found = super().query(select, *around)
        own = [one for one in self.stars[start:] if one[0] is not None]
        mine: dict[int, list[Any]] = {}
        for node, made in own:
            for number, target in enumerate(select.target_list):
                if target is node:
                    mine[number] = made
        if mine:
            made = [
                each
                for number, target in enumerate(select.target_list)
                for each in mine.get(number, [target])
            ]
            copies = [type(one)() for one in made]
            for copy, one in zip(copies, made, strict=True):
                copy.CopyFrom(one)
            self.lists.append((select, copies))
        return found

    def on_star(self, node: Any, columns: list[Column], level: Level) -> None:
        self.stars.append((node, [target(node, one, level) for one in columns]))

    def on_field(self, node: Any, names: tuple[str, ...]) -> None:
        self.stars.append((None, []))
        made = type(node)()
        for name in names:
            made.column_ref.fields.add().string.sval = name
        if len(node.a_indirection.indirection) > 1:
            node.a_indirection.arg.CopyFrom(made)
            del node.a_indirection.indirection[0]
        else:
            node.CopyFrom(made)

    def on_natural(self, join: Any, names: list[str]) -> None:
        self.stars.append((None, []))
        join.is_natural = False
        for name in names:
            join.using_clause.add().string.sval = name
        if not names and not join.HasField("quals"):
            join.quals.a_const.boolval.boolval = True


def target(star: Any, column: Column, level: Level) -> Any:
    """Return what selects one of the columns of a `*`."""
    made = type(star)()
    fields = made.res_target.val.column_ref.fields
    if column.item is not None and len(level.items) > 1:
        fields.add().string.sval = column.item.alias
    fields.add().string.sval = column.name
    return made
