"""The one table of types: PostgreSQL's, SQLAlchemy's, and what a value is in Python. Pure.

What SQLAlchemy calls a type is `alembic_ops.write_types.column_type`; what it has no class for is a
`PostgreSQLType`, which is its SQL. Source of the annotations: the type argument of SQLAlchemy's own
class (`class INET(TypeEngine[str])`), and for what has none, the types of psycopg 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import write_types
from gen_migration.alembic_ops.calls import Call, Word, call, said
from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import KEYWORDS, Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.models.tree import Choice
    from gen_migration.postgres.types import Type

RANGES = {
    "int4": "int",
    "int8": "int",
    "num": "Decimal",
    "date": "dt.date",
    "ts": "dt.datetime",
    "tstz": "dt.datetime",
}
BUILTIN = {
    "bigint": "int",
    "boolean": "bool",
    "bytea": "bytes",
    "date": "dt.date",
    "double precision": "float",
    "integer": "int",
    "interval": "dt.timedelta",
    "numeric": "Decimal",
    "oid": "int",
    "real": "float",
    "smallint": "int",
    "time": "dt.time",
    "timetz": "dt.time",
    "timestamp": "dt.datetime",
    "timestamptz": "dt.datetime",
    "uuid": "UUID",
    **dict.fromkeys(
        """
        bpchar char cidr inet jsonpath macaddr macaddr8 money name pg_lsn regclass regconfig
        text tsquery tsvector varchar xml
        """.split(),
        "str",
    ),
    '"char"': "str",
    **{f"{key}range": f"postgresql.Range[{one}]" for key, one in RANGES.items()},
    **{
        f"{key}multirange": f"Sequence[postgresql.Range[{one}]]"
        for key, one in RANGES.items()
    },
}
OF_EXTENSIONS = {"citext": "str", "hstore": "dict[str, str | None]", "ltree": "str"}
UNKNOWN = "Any"


@dataclass(frozen=True, slots=True)
class Types:
    """The types of a spec's columns: what they are called in a module of its models.

    `domains` are the types below domains, by their names.
    """

    choices: Mapping[Name, Choice]
    domains: Mapping[Name, Type]

    def annotation(self, value: Type) -> str:
        """Return the type in Python of a value that is not NULL."""
        if value.array:
            return f"list[{self.annotation(value.element)}]"
        plain, name = value.plain, Name(value.schema, value.name)
        if plain.kind == "builtin":
            found = "interval" if plain.name.startswith("interval ") else plain.name
            return BUILTIN.get(found, UNKNOWN)
        if name in self.domains:
            return self.annotation(self.domains[name])
        if name in self.choices:
            return self.choices[name].class_ or "str"
        if plain.kind == "enum":
            return "str"
        return UNKNOWN if plain.schema else OF_EXTENSIONS.get(plain.name, UNKNOWN)

    def expression(self, value: Type, collation: Name | None = None) -> Any:
        """Return a type in SQLAlchemy; that of an enum is its variable."""
        name = Name(value.schema, value.name)
        if collation is not None or value.kind == "builtin":
            return for_driver(write_types.column_type(value, collation))
        if value.array and (name in self.choices or name in self.domains):
            return call("postgresql.ARRAY", self.expression(value.element))
        if name in self.choices:
            return Word(self.choices[name].variable)
        if name in self.domains and value.schema not in KEYWORDS:
            named = said(schema=value.schema) | {"create_type": False}
            below = self.expression(self.domains[name])
            return Call("postgresql.DOMAIN", (value.name, below), named)
        return for_driver(write_types.column_type(value, collation))


def for_driver(value: Call) -> Call:
    """Return a type whose SQL is as it is meant in the hands of psycopg, where % is a parameter."""
    if value.name == write_types.TYPE_CLASS:
        return call(value.name, value.arguments[0].replace("%", "%%"))
    inside = tuple(
        for_driver(one) if isinstance(one, Call) else one for one in value.arguments
    )
    return Call(value.name, inside, value.keywords)
