"""The rows of a catalog by what they belong to, for those who make values of them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import fields
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import dataclass
from gen_migration.catalog.defaults import default_of
from gen_migration.catalog.values import Unheld
from gen_migration.kinds import BY_WORD
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.schema import Column, SequenceOptions
from gen_migration.postgres.names import Name, quote_text
from gen_migration.postgres.own_relations import is_own
from gen_migration.postgres.signatures import Signature, of_argument
from gen_migration.postgres.types import Type, TypeMistake, builtin_name, parse_type
from gen_migration.sql.simplify import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gen_migration.catalog.values import Rows
    from gen_migration.kinds.kind import Kind


V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class TypeOfColumns:
    """A type that columns have, and its row of `types.sql`."""

    type: Type
    row: Any


class Reading:
    """Rows by the OID of their table, and the names that they refer to.

    `columns` are in physical order; `numbers` gives a column's row by its table and number;
    `alike` the columns that were made already, by what they are but for their names; `owned` the
    sequence of a column; `types` the types of a table's columns; `kinds` those of all
    columns, by what `pg_attribute` says of one; `path` the schemas in which a name is looked for.
    What turned out to be no value of the model is in `refused`.
    """

    def __init__(self, rows: Rows) -> None:
        self.found = found = rows.found
        self.version = rows.version
        self.home = rows.home
        self.path = (rows.search, rows.home)
        self.refused: list[Unheld] = []
        # By whom there are grants but by the owner, by the object's kind and name.
        self.grantors: dict[tuple[str, Any], set[str]] = defaultdict(set)
        self.tables = {row.oid: row for row in found["tables"]}
        self.names = {
            row.oid: self.relation_name(row.schema, row.name) for row in found["tables"]
        }
        self.unlogged = {row.oid: row.unlogged for row in found["tables"]}
        self.enums = {self.type_name(row.schema, row.name) for row in found["enums"]}
        self.sequences = found["sequences"]
        self.owned = {
            (row.table_oid, row.column): row
            for row in found["sequences"]
            if row.table_oid is not None
        }
        self.collations = {
            row.oid: Name(row.schema, row.name) for row in found["collation_names"]
        }
        self.opclasses = {row.oid: row for row in found["opclasses"]}
        self.standards = {
            (row.method_oid, row.type_oid) for row in found["opclasses"] if row.standard
        }
        self.kinds = {
            (row.oid, row.modifier): TypeOfColumns(column_type(self, row), row)
            for row in found["types"]
        }
        self.alike: dict[tuple[Any, ...], Column] = {}
        self.columns: dict[int, list[Any]] = defaultdict(list)
        self.types: dict[int, dict[str, Type]] = defaultdict(dict)
        self.numbers: dict[tuple[int, int], Any] = {}
        for row in found["columns"]:
            oid = row.table_oid
            self.columns[oid].append(row)
            self.types[oid][row.name] = self.kinds[row.type_oid, row.modifier].type
            self.numbers[oid, row.number] = row

    # These are read when they are asked for: until then, the server may still be at work.

    @cached_property
    def attributes(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in self.found["attributes"]:
            found[row.of].append(row)
        return found

    @cached_property
    def composites(self) -> dict[int, Any]:
        return {row.oid: row for row in self.found["composite_types"]}

    @cached_property
    def constraints(self) -> dict[int, list[Any]]:
        return by_table([one for one in self.found["constraints"] if not one.inherited])

    @cached_property
    def inherited_constraints(self) -> dict[int, list[Any]]:
        return by_table([one for one in self.found["constraints"] if one.inherited])

    @cached_property
    def key_indexes(self) -> set[int]:
        """The indexes of keys and exclusion constraints, but for those of partitions' parts."""
        rows = self.found["constraints"]
        return {
            one.index_oid for one in rows if one.type in "pux" and not one.inherited
        }

    @cached_property
    def indexes_of(self) -> dict[int, list[Any]]:
        return by_table(self.found["indexes"])

    @cached_property
    def parts_of_indexes(self) -> dict[int, list[Any]]:
        """The rows of partitions' indexes by those that they are parts of."""
        found: dict[int, list[Any]] = {}
        for row in self.found["indexes"]:
            if row.parent_oid is not None:
                found.setdefault(row.parent_oid, []).append(row)
        return found

    @cached_property
    def owners(self) -> dict[tuple[str | None, int], Any]:
        """The rows of owners by catalog and OID."""
        return {(row.class_, row.oid): row for row in self.found["owners"]}

    @cached_property
    def grants(self) -> dict[tuple[str, int], list[Any]]:
        """The rows of grants by catalog and OID of the object."""
        found: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for row in self.found["grants"]:
            found[row.class_, row.oid].append(row)
        return found

    @cached_property
    def indexes(self) -> dict[int, Any]:
        return {row.oid: row for row in self.found["indexes"]}

    def read(
        self,
        kind: str,
        table: Name,
        rows: Iterable[Any],
        value: Callable[[Reading, Any], V],
    ) -> dict[str, V]:
        """Return the values of rows by their names; what cannot be read is left out, and named."""
        found = {}
        for row in rows:
            try:
                found[row.name] = value(self, row)
            except ValueError as error:
                self.refuse(kind, f"{row.name} of {table}", error, table)
        return found

    def refuse(
        self, kind: str, name: str, error: ValueError, table: Name | None = None
    ) -> None:
        """Name what our parser refuses of PostgreSQL's own text."""
        self.refused.append(
            Unheld(kind=kind, name=name, table=table, reason=str(error))
        )

    def name(self, schema: str, name: str) -> Name:
        """Return a name; those of the home schema stand without it."""
        return Name(None if schema == self.home else schema, name)

    def type_name(self, schema: str, name: str) -> Name:
        """Return the name of a type; one that is called as a built-in one keeps its schema."""
        if builtin_name(name) is not None:
            return Name(schema, name)
        return self.relation_name(schema, name)

    def relation_name(self, schema: str, name: str) -> Name:
        """Return the name of a relation; one that PostgreSQL's own hides keeps its schema."""
        return Name(schema, name) if is_own(name) else self.name(schema, name)

    def name_of(self, kind: Kind, row: Any) -> Any:
        """Return the name of an object of a kind."""
        return kind.name_of(self, row)

    def operator_name(self, schema: str, name: str, is_hidden: bool) -> Name:
        """Return the name of an operator; one that a builtin one hides keeps its schema."""
        if schema == "pg_catalog":
            return Name(None, name)
        return Name(schema, name) if is_hidden else self.name(schema, name)

    def signature(self, row: Any) -> Signature:
        """Return the name of a routine, whose arguments PostgreSQL has printed."""
        name = self.name(row.schema, row.name)
        return Signature(*name, tuple(map(self.argument_type, row.arguments)))

    def argument_type(self, found: Mapping[str, Any]) -> Type:
        """Return the type of an argument or a state."""
        return of_argument(column_type(self, SimpleNamespace(**found)))

    def owner(self, row: Any) -> tuple[Name, str] | None:
        """Return table and column that a sequence belongs to."""
        if row.table_oid is None:
            return None
        return self.names[row.table_oid], self.numbers[row.table_oid, row.column].name

    def brings(self, row: Any) -> bool:
        """Tell whether a column has brought a sequence by itself."""
        if row.tie == "i":
            return True
        if row.table_oid not in self.names:
            return row.table_oid is not None
        found = self.numbers[row.table_oid, row.column]
        return is_serial(self, found, self.types[row.table_oid][found.name], row)

    def type_of(self, row: Any) -> Type:
        """Return the type that an object is made of."""
        base = SimpleNamespace(
            schema=row.type_schema,
            name=row.type_name,
            type=row.type,
            is_array=row.is_array,
        )
        return column_type(self, base)

    def default_of(self, row: Any) -> str | None:
        """Return a default of a type."""
        if row.default is None:
            return None
        return default_of(row.default, row.base, row.type)

    def composite(self, oid: int) -> Any:
        """Return a composite type by its OID; None where it is none of a user."""
        row = self.composites.get(oid)
        return None if row is None else BY_WORD["composite type"].from_row(self, row)

    def attributes_of(self, oid: int) -> list[Any]:
        """Return the attributes of a composite type, in their order."""
        return self.attributes.get(oid, [])

    def default(self, text: str, of: Type) -> str:
        """Return the default of an argument of a type."""
        return default_of(text, of.sql, of.sql)

    def expression(self, text: str, named: Mapping[str, Type]) -> str:
        """Return an expression, which may name these."""
        from gen_migration.postgres.expressions import parse_expression

        return readable(parse_expression(text).sql, named)

    def condition(self, text: str | None, table: int) -> str | None:
        """Return an expression over the columns of a table, with sub-selects."""
        from gen_migration.postgres.expressions import parse_condition
        from gen_migration.sql.sub_selects import nameless

        if text is None:
            return None
        return readable(nameless(parse_condition(text).sql), self.types[table])

    def query(self, text: str) -> str:
        """Return a query."""
        from gen_migration.sql.sub_selects import nameless_query

        return nameless_query(text)

    def readable(self, text: str, table: int | None) -> str:
        """Return an expression over the rows of a table as a person would have written it."""
        return text if table is None else readable(text, self.types[table])

    def sequence_options(self, row: Any) -> SequenceOptions:
        """Return the options of a row of `sequences.sql`."""
        found = (one.name for one in fields(SequenceOptions))
        return SequenceOptions(**{name: getattr(row, name) for name in found})

    def column_names(
        self, table: int, numbers: Sequence[int] | None
    ) -> tuple[str, ...]:
        return tuple([self.numbers[table, number].name for number in numbers or ()])


def by_table(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.table_oid].append(row)
    return found


def column_type(reading: Reading, row: Any) -> Type:
    """Return the type of a row of `types.sql`.

    PostgreSQL's own, an enum, or one that is there by other means.
    """
    if row.schema == "pg_catalog":
        try:
            return parse_type(row.type)
        except TypeMistake:
            return Type(
                name=row.name,
                schema="pg_catalog",
                array=row.is_array,
                kind="other",
            )
    name = reading.type_name(row.schema, row.name)
    if name in reading.enums:
        return Type(name=name.name, schema=name.schema, array=row.is_array, kind="enum")
    return Type(
        name=name.name,
        schema=name.schema,
        arguments=modifiers(row.type),
        array=row.is_array,
        kind="other",
    )


MODIFIERS = re.compile(r"\(([^()\"]*)\)(?:\[\])?$")


def modifiers(text: str) -> tuple[str, ...]:
    match = MODIFIERS.search(text)
    return tuple(match[1].split(",")) if match else ()


def has_grants(reading: Reading, sequence: Any) -> bool:
    """Tell whether others than its owner have rights on a sequence."""
    rows = reading.grants.get(("pg_class", sequence.oid), ())
    return any(not one.is_owner for one in rows)


def is_serial(reading: Reading, row: Any, kind: Type, owned: Any) -> bool:
    """Tell whether `serial` says all of a column: its sequence is just what that makes."""
    if owned is None or owned.tie != "a" or not row.not_null or row.identity:
        return False
    if not row.local:
        return False  # its type is given
    if not kind.serial.is_serial:
        return False
    table = reading.names[row.table_oid]
    made = sequence_name(table, row.name)
    regclass = quote_text(owned.spelled)
    options = reading.sequence_options(owned)
    return (
        row.expression == f"nextval({regclass}::regclass)"
        and (owned.schema, owned.name) == (table.schema or reading.home, made.name)
        and owned.type == kind.name
        and options == options.standard(owned.type)
        and owned.comment is None
        and not has_grants(reading, owned)
        # Before PostgreSQL 15, no sequence was unlogged.
        and owned.unlogged
        == (reading.unlogged[row.table_oid] and reading.version >= 15)
    )
