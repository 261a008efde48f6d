"""The objects of a spec that are no tables, as values: what all kinds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.base.errors import nearest
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.relations import Known
from gen_migration.kinds.statement_names import created_by
from gen_migration.postgres.commands import canonical as canonical_command
from gen_migration.postgres.expressions import parse_condition
from gen_migration.postgres.names import Name, member
from gen_migration.postgres.parser import SqlMistake, script
from gen_migration.postgres.queries import canonical
from gen_migration.postgres.signatures import (
    HINT,
    Signature,
    parse_argument,
    split_signature,
)
from gen_migration.postgres.types import TypeMistake
from gen_migration.spec.build import (
    access,
    columns,
    constraints,
    expressions,
    indexes,
    parts,
)
from gen_migration.spec.build.context import Body, Spot
from gen_migration.spec.build.expressions import ROW

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Index, Schema, SequenceOptions
    from gen_migration.postgres.types import Type
    from gen_migration.spec.build.context import Build


def items(value: Mapping[str, Any] | Iterable[str]) -> Iterable[tuple[Any, str, Any]]:
    """Yield (key or position, name, shape or None) of a mapping, or of a list of names."""
    if isinstance(value, dict):
        yield from ((key, key, shape) for key, shape in value.items())
    else:
        yield from ((index, name, None) for index, name in enumerate(value))


def build_objects(build: Build) -> None:
    """Put the objects of all kinds into the build, and before them the names of types."""
    types = {
        (name.schema, name.name, "enum" if kind.word == "enum" else "other")
        for kind in KINDS
        if kind.space == "types"
        for key in build.shapes(kind)
        if (name := build.silent_name(key)) is not None
    }
    types |= {(one.schema, one.name, "other") for one in brought(build)}
    types |= {(one.schema, one.name, "other") for one in of_statements(build)}
    home = build.shape.schema
    types |= {(None, name, word) for schema, name, word in types if schema == home}
    build.type_names = frozenset(types)
    # A table is the type of its rows, which routines take and return.
    rows = {(name.schema, name.name, "other") for name in build.table_names}
    rows |= {
        (name.schema, name.name, "other")
        for kind in KINDS
        if build.shapes(kind) and kind.announces_types
        for key in build.shapes(kind)
        if (name := build.silent_name(key)) is not None
    }
    rows |= {(None, name, word) for schema, name, word in rows if schema == home}
    build.row_types = build.type_names | rows
    for kind in KINDS:
        if not kind.holders:
            build.objects[kind.word] = of_kind(build, kind)
    for kind in KINDS:
        if build.objects.get(kind.word):
            kind.settle(build.objects)


def build_members(build: Build) -> None:
    """Put what stands on tables into the build, once their columns are there."""
    for kind in KINDS:
        if kind.holders:
            found: dict[Any, Any] = {}
            for holder, key, place, shape in build.members(kind):
                at = Maker(build, place)
                name = member(holder, key) if at.identifier(key) else None
                found = with_object(found, kind, name, shape, at)
            build.objects[kind.word] = found


def brought(build: Build) -> Iterator[Name]:
    """Yield the names of the multirange types that range types bring."""
    kind = BY_WORD["range type"]
    for key, shape in build.shapes(kind).items():
        name = build.silent_name(key)
        if name is not None:
            from gen_migration.kinds.range_types import multirange_of

            given = shape.multirange
            yield (given and build.silent_name(given)) or multirange_of(name)


def of_statements(build: Build) -> Iterator[Name]:
    """Yield the names of the types that statements create."""
    for shape in build.shapes(BY_WORD["statement"]).values():
        for space, name in created_by((shape.create,)):
            if space == "types":
                yield name


def of_kind(build: Build, kind: Kind) -> dict[Any, Any]:
    """Return the objects of a kind by their names."""
    found: dict[Any, Any] = {}
    for key, text, given in items(build.shapes(kind)):
        at = Maker(build, (kind.key, key))
        shape: Any = kind.shape()() if given is None else given
        name = kind.name_at(at, text)
        found = with_object(found, kind, name, shape, at)
    return found


def with_object(
    found: dict[Any, Any], kind: Kind, name: Any, shape: Any, at: Maker
) -> dict[Any, Any]:
    """Return objects with one more, unless that is reported."""
    value = kind.build(at, name, shape)
    if name is None or value is None:
        return found
    if name in found:
        at.wrong(f'{kind.word} "{name}" stands twice', "remove one of the two")
    said: dict[str, Any] = {"comment": comment(kind, name, shape)}
    if kind.has_owner:
        said["owner"] = access.owner(at, shape)
    if kind.granting is not None:
        said["grants"] = access.grants(at, kind.word, name, shape, None)
    return kind.put(found, name, replace(value, **said))


def comment(kind: Kind, name: Any, shape: Any) -> str | None:
    """Return the comment of an object; where PostgreSQL gives one, null says that there is none."""
    found = (kind.has_comment and shape.comment) or None
    if name not in kind.texts:
        return found
    return kind.kept_comment(name, found) if "comment" in shape.written else None


def settled(build: Build, schema: Schema) -> Schema:
    """Return a schema whose objects are as PostgreSQL keeps them; report what cannot be."""
    known = Known(schema, build.external)
    for kind in (one for one in kinds.of(schema) if one.has_columns):
        objects = {
            name: kind.settled(value, known)
            for name, value in schema.of(kind.word).items()
        }
        for key, text, shape in items(build.shapes(kind)):
            name = build.silent_name(text)
            if name in objects:
                maker = Maker(build, (kind.key, key))
                value = kind.completed(maker, name, shape, objects[name], known)
                objects[name] = value
            for path, message, hint in (
                kind.unsettled(objects[name], known) if name in objects else ()
            ):
                at = build.at(kind.key, key, *path)
                at.wrong(message, hint, at_key=path[1:] != ())
        schema = schema.with_(kind.word, objects)
    return schema


class Maker(Spot):
    """A place where an object of a kind stands: what builds its parts."""

    def type(self, text: str) -> Type | None:
        """Return the type that a text names."""
        return columns.column_type(self, text)

    def signature(self, text: str, *, at_key: bool = True) -> Signature | None:
        """Return the signature that a text is."""
        try:
            called, types = split_signature(text)
        except ValueError:
            self.wrong(f'"{text}" is not a signature', HINT, at_key=at_key)
            return None
        name = self.name(called, at_key=at_key)
        found = [self.routine_type(one, at_key=at_key) for one in types]
        if name is None or None in found:
            return None
        return Signature(*name, tuple(one for one in found if one is not None))

    def routine_type(self, text: str, *, at_key: bool = False) -> Type | None:
        """Return the type of an argument or a result."""
        build = self.build
        try:
            found = parse_argument(text, build.row_types)
        except TypeMistake as mistake:
            if not any(build.is_broken((kind.key, text)) for kind in KINDS):
                message, *hint = mistake.args
                self.wrong(message, *hint, at_key=at_key)
            return None
        if (None, found.name, found.kind) in build.row_types and found.schema is None:
            return replace(found, schema=build.shape.schema)
        return found

    def kind_of(self, of: Type) -> str | None:
        """Return the word of the kind of a type that the spec defines."""
        name = Name(of.schema, of.name)
        for kind in KINDS:
            keys = self.build.shapes(kind) if kind.space == "types" else ()
            if of.kind != "builtin" and name in map(self.build.silent_name, keys):
                return kind.word
        return None

    def held(self, word: str, name: Name) -> Name:
        """Return a name without a schema, with the default schema where the spec has it there."""
        mine = name._replace(schema=self.build.shape.schema)
        keys = items(self.build.shapes(BY_WORD[word]))
        return (
            mine
            if mine in {self.build.silent_name(key) for _, key, _ in keys}
            else name
        )

    def default(self, value: Any, of: Type) -> str | None:
        """Return a default of this type, as SQL."""
        return columns.default(self, value, of)

    def collation(self, shape: Any, of: Type) -> Any:
        """Return the name of a collation of this type."""
        return columns.collation(self, shape, of)

    def expression(self, text: str, known: Iterable[str]) -> str | None:
        """Return an expression over what it may name, as SQL."""
        found = expressions.expression(self, text, [*known])
        return None if found is None else found.sql

    def condition(self, text: str | None, holder: Name | None) -> str | None:
        """Return an expression over the columns of a relation, as SQL; with sub-selects."""
        if text is None:
            return None
        body = None if holder is None else self.build.bodies.get(holder)
        found = expressions.condition(self, text, body)
        return None if found is None else found.sql

    def parameters(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return storage parameters as SQL words."""
        return parts.parameters(values, self)

    def index(self, of: Name, shape: Any, columns: Iterable[str]) -> Index | None:
        """Return an index of a relation that is no table, with these columns."""
        known: Any = dict.fromkeys(columns)
        made = indexes.index(
            Body(name=of, shape=shape, at=self, columns=known), shape, self
        )
        found: Any = None if made is None else made[0]
        return found  # type: ignore[no-any-return]

    def query(self, text: str) -> str | None:
        """Return a query, as SQL."""
        try:
            return canonical(text)
        except SqlMistake as mistake:
            self.wrong_sql(mistake)
            return None

    def command(self, text: str) -> str | None:
        """Return a command of a rule, as SQL."""
        try:
            return canonical_command(text)
        except SqlMistake as mistake:
            self.wrong_sql(mistake)
            return None

    def statements(self, text: str) -> tuple[str, ...]:
        """Return the statements of a text; none where that is reported."""
        try:
            return script(text)
        except SqlMistake as mistake:
            self.wrong_sql(mistake)
            return ()

    def columns_of(self, holder: Name | None) -> Mapping[str, Column] | None:
        """Return the columns of a table; None where they are not known."""
        body = None if holder is None else self.build.bodies.get(holder)
        return None if body is None else body.columns

    def is_view(self, holder: Name | None) -> bool:
        """Tell whether a relation is a view."""
        return holder in self.build.objects.get("view", {})

    def rows(
        self,
        text: str,
        rows: Collection[str],
        known: Collection[str] | None,
        *,
        has_places: bool = True,
    ) -> None:
        """Report what a condition over `old` and `new` rows names and is not there.

        `rows` are those that there are; the text is an expression.
        """
        for one in parse_condition(text).references:
            row, *column = one.parts
            offset = one.offset if has_places else None
            if row not in {"old", "new"} or len(column) > 1:
                hint = "write new.… or old.… before the name of a column"
                self.wrong(f'"{".".join(one.parts)}" is no row', hint, offset=offset)
            elif row not in rows:
                hint = (
                    "old is there unless a row is inserted, new unless one is deleted"
                )
                self.wrong(f'there is no "{row}" here', hint, offset=offset)
            elif known is not None and not {*column} <= {*known, *ROW}:
                hint = nearest(column[0], known) or "write a column of this table"
                self.wrong(f'unknown column "{column[0]}"', hint, offset=offset)

    def function(self, name: Name) -> Name:
        """Return a function's name, with the default schema where the spec has it there."""
        home = self.build.shape.schema
        if name.schema is None and home is not None:
            known = self.build.objects.get("function", {})
            if any((one.schema, one.name) == (home, name.name) for one in known):
                return name._replace(schema=home)
        return name

    def functions(self, shape: Any, keys: Iterable[str]) -> dict[str, Name | None]:
        """Return the functions that keys of an object name; None where none is, or a wrong one."""
        found = {}
        for key in keys:
            text = getattr(shape, key)
            held = None if text is None else (self / key).text_name(text)
            found[key] = held and self.function(held)
        return found

    def routine(self, text: str) -> Signature | None:
        """Return the function that a text names with its arguments.

        The search path decides which one, unless the spec has it in its default schema.
        """
        from gen_migration.kinds.operator_items import with_arguments

        found = self.signature(text, at_key=False)
        written = None if found is None else self.text_name(split_signature(text)[0])
        if found is None or written is None:
            return None
        is_home = found in self.build.objects.get("function", {})
        return with_arguments(found.called if is_home else written, found.arguments)

    def operator(self, name: Signature) -> Signature:
        """Return an operator, with the default schema where the spec has it there."""
        home = name._replace(schema=name.schema or self.build.shape.schema)
        known = {one.sql for one in self.build.objects.get("operator", {})}
        return home if home.sql in known else name

    def grants(self, given: Any, said: Mapping[str, Any]) -> Any:
        """Return grants beside those that there are by themselves; None where they are those."""
        return access.read(self / "grants", given, said, ())

    def sequence_options(self, shape: Any, integer: str) -> SequenceOptions:
        """Return the options of a sequence."""
        return columns.sequence_options(self, shape, integer)

    def column(self, text: str | None) -> tuple[Name, str] | None:
        """Return table and column of `table.column`."""
        return None if text is None else constraints.column_target(self, text)
