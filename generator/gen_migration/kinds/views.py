"""Views: `CREATE VIEW`.

A view is replaced where it is while its columns keep their names, types and order, and new ones
come at the end. Source: the manual, CREATE VIEW and ALTER VIEW, and `checkViewColumns` in view.c.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.queries import OfQuery, changed
from gen_migration.model.access import Granted
from gen_migration.postgres import privileges
from gen_migration.postgres.names import quote_name, quote_names
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Granted):
    """`CREATE VIEW`; `columns` are names for those of the query, from the first one on."""

    query: str
    columns: tuple[str, ...] = ()
    security_barrier: bool | None = None
    security_invoker: bool | None = None
    check_option: str | None = None
    defaults: Mapping[str, str] = field(default_factory=dict)
    column_comments: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None


OPTIONS = ("security_barrier", "security_invoker", "check_option")
CHECK_OPTIONS = {2: "local", 3: "cascaded"}  # pg_query_pb2.LOCAL_CHECK_OPTION, …


class Views(OfQuery):
    """Views over tables and other views."""

    word = "view"
    key = "views"
    about = "Views by name: queries that are run when they are read."
    about_one = "A view; in short, its query."
    keys = (
        Key("query", "Body", "The query: SELECT, VALUES or WITH … SELECT.", ...),
        Key("columns", "list[str]", "Names of the columns, if not the query's.", list),
        Key(
            "recursive",
            "bool",
            "The query may name the view itself (`CREATE RECURSIVE VIEW`); it needs `columns`.",
            False,
        ),
        Key(
            "security_barrier",
            "bool | None",
            "Conditions of the view are met before those of who reads it.",
        ),
        Key(
            "security_invoker",
            "bool | None",
            "PostgreSQL 15: tables are read with the rights of who reads the view, so that row"
            " level security is theirs.",
        ),
        Key(
            "check_option",
            'Literal["local", "cascaded"] | None',
            "Rows that are written through the view have to be seen through it.",
        ),
        Key(
            "defaults",
            "dict[str, SQL]",
            "What columns get where an INSERT into the view leaves them out, as SQL.",
            dict,
        ),
        Key("column_comments", "dict[str, str]", "Comments on columns, by name.", dict),
        RENAMED_FROM,
    )
    value = View
    called = "VIEW"
    granting = privileges.RELATION
    short = "query"
    creates = "view_stmt"
    alters = "alter_table_stmt"
    groups = (
        ("query", "columns"),
        OPTIONS,
        ("defaults",),
        ("column_comments",),
    )

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return self.statement("CREATE VIEW", name, value)

    def statement(self, start: str, name: Any, value: Any) -> str:
        columns = f" ({quote_names(value.columns)})" if value.columns else ""
        given = options(value)
        said = ", ".join(f"{key}={one}" for key, one in given.items())
        with_ = f" WITH ({said})" if said else ""
        return f"{start} {name.sql}{columns}{with_} AS\n{self.lines(value)}"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        yield from self.default_statements(name, {}, value.defaults)
        yield from self.comment_statements(name, {}, value.column_comments)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        found: list[str] = []
        if (old.query, old.columns) != (new.query, new.columns):
            found.append(self.statement("CREATE OR REPLACE VIEW", name, new))
        else:
            found += option_statements(self.sql(name), options(old), options(new))
        found += self.default_statements(name, old.defaults, new.defaults)
        found += self.comment_statements(name, old.column_comments, new.column_comments)
        return found

    def default_statements(
        self, name: Any, old: Mapping[str, str], new: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield what gives columns other defaults."""
        for key, text in changed(old, new):
            to = "DROP DEFAULT" if text is None else f"SET DEFAULT {ddl.default(text)}"
            yield f"ALTER {self.sql(name)} ALTER COLUMN {quote_name(key)} {to}"

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.kinds.relations import Known
        from gen_migration.sql import tree

        if node.view.relpersistence == "t":
            raise ValueError("a temporary view")
        given = {key: str(one) for key, one in tree.parameters(node.options).items()}
        checked = CHECK_OPTIONS.get(node.with_check_option)
        value = View(
            query=self.query(node.query),
            columns=tree.strings(node.aliases),
            **of_options(given),
        )
        if checked is not None:
            value = replace(value, check_option=checked)
        return tree.relation(node.view), self.settled(value, Known(schema))

    def replaced(self, old: Any, new: Any) -> Any:
        kept = {"defaults": old.defaults, "column_comments": old.column_comments}
        return replace(new, comment=old.comment, **kept)

    def read_alter_table(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        name = tree.relation(node.relation)
        value = schema.of(self.word)[name]
        for one in node.cmds:
            value = self.altered(one.alter_table_cmd, value)
        return name, value

    def altered(self, command: Any, value: Any) -> Any:
        """Return a view after one command of `ALTER VIEW`."""
        from gen_migration.sql import tree

        match tree.subtype(command):
            case "AT_SetRelOptions":
                given = tree.parameters(tree.definition(command).list.items)
                return replace(value, **of_options({**options(value), **given}))
            case "AT_ResetRelOptions":
                gone = tree.parameters(tree.definition(command).list.items)
                kept = {k: v for k, v in options(value).items() if k not in gone}
                return replace(value, **of_options(kept))
            case "AT_ColumnDefault":
                given = tree.definition(command)
                has = given.WhichOneof("node") is not None
                text = tree.default(given) if has else None
                rest = {k: v for k, v in value.defaults.items() if k != command.name}
                added = {} if text is None else {command.name: text}
                return replace(value, defaults={**rest, **added})
        return value

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        query = (at / "query").query(shape.query)
        for index, one in enumerate(shape.columns):
            (at / "columns" / index).identifier(one, at_key=False)
        if shape.security_invoker is not None:
            (at / "security_invoker").need(15, "security_invoker")
        if shape.recursive and query is not None and name is not None:
            query = self.recursive(at, name, shape.columns, query)
        defaults = {
            key: (at / "defaults" / key).expression(text, ())
            for key, text in shape.defaults.items()
        }
        if query is None:
            return None
        return View(
            query=query,
            columns=() if shape.recursive else tuple(shape.columns),
            security_barrier=shape.security_barrier,
            security_invoker=shape.security_invoker,
            check_option=shape.check_option,
            defaults={key: one for key, one in defaults.items() if one is not None},
            column_comments={k: v for k, v in shape.column_comments.items() if v},
        )

    def recursive(self, at: Any, name: Any, columns: list[str], query: str) -> Any:
        """Return the query that `CREATE RECURSIVE VIEW` is short for."""
        if not columns:
            (at / "recursive").wrong_key(
                "a recursive view needs the names of its columns", 'write "columns"'
            )
            return None
        own, names = quote_name(name.name), quote_names(tuple(columns))
        of_names = f"SELECT {names} FROM {own}"  # noqa: S608 - the names are quoted
        text = f"WITH RECURSIVE {own} ({names}) AS ({query}) {of_names}"
        return (at / "query").query(text)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "query": self.lines(value),
            "columns": list(value.columns),
            "security_barrier": value.security_barrier,
            "security_invoker": value.security_invoker,
            "check_option": value.check_option,
            "defaults": dict(value.defaults),
            "column_comments": dict(value.column_comments),
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        given = dict(one.split("=", 1) for one in row.options)
        return View(
            query=reading.query(row.query),
            **of_options(given),
            defaults={
                key: reading.expression(text, {})
                for key, text in zip(row.default_columns, row.defaults, strict=True)
            },
            column_comments=dict(zip(row.commented, row.comments, strict=True)),
        )

    # Values.

    def named_columns(self, value: Any) -> Iterator[tuple[str, str]]:
        yield from super().named_columns(value)
        yield from (("defaults", one) for one in value.defaults)

    # Words.

    def definition(self, value: Any) -> str:
        given = ", ".join(f"{key}={one}" for key, one in options(value).items())
        columns = f"({quote_names(value.columns)}) " if value.columns else ""
        with_ = f"WITH ({given}) " if given else ""
        return f"{columns}{with_}AS {value.query}"


def options(value: Any) -> dict[str, str]:
    """Return the options of a view, as WITH has them."""
    found = {key: getattr(value, key) for key in OPTIONS}
    return {key: str(one).lower() for key, one in found.items() if one is not None}


def of_options(given: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a view by its options. Raises ValueError for one that is not known."""
    for key in given:
        if key not in OPTIONS:
            raise ValueError(f"the option {key} of a view")
    barrier, invoker = (
        given[key].lower() in {"true", "on", "yes", "1"} if key in given else None
        for key in OPTIONS[:2]
    )
    return {
        "security_barrier": barrier,
        "security_invoker": invoker,
        "check_option": given.get("check_option"),
    }


def option_statements(
    view: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[str]:
    """Yield what gives a view other options."""
    given = [f"{key}={one}" for key, one in new.items() if old.get(key) != one]
    gone = [key for key in old if key not in new]
    if given:
        yield f"ALTER {view} SET ({', '.join(given)})"
    if gone:
        yield f"ALTER {view} RESET ({', '.join(gone)})"
