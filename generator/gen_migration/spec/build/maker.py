"""The place of an object in a spec, and what builds its parts there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import nearest, quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.postgres.commands import canonical as canonical_command
from gen_migration.postgres.expressions import parse_condition
from gen_migration.postgres.names import Name
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
    column_values,
    columns,
    expressions,
    foreign_keys,
    indexes,
    parts,
)
from gen_migration.spec.build.context import Body, Spot, items
from gen_migration.spec.build.expressions import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from gen_migration.model.schema import Column, Index, SequenceOptions
    from gen_migration.postgres.types import Type


def is_type(text: str) -> bool:
    """Tell whether a text is a type of PostgreSQL's own."""
    try:
        return parse_argument(text, frozenset()) is not None
    except TypeMistake:
        return False


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
            self.wrong(f"{quoted(text)} is not a signature", HINT, at_key=at_key)
            return None
        name = self.name(called, at_key=at_key)
        found = [self.argument_type(one, at_key=at_key) for one in types]
        if name is None or None in found:
            return None
        return Signature(*name, tuple(one for one in found if one is not None))

    def argument_type(self, text: str, *, at_key: bool) -> Type | None:
        """Return the type of an argument of a signature, which has no names."""
        name, _, rest = text.partition(" ")
        if rest and is_type(rest) and not is_type(text):
            self.wrong(
                f"{quoted(text)} is more than the type of an argument",
                f"write {rest}, and the name under arguments: {{{in_yaml(name)}: {in_yaml(rest)}}}",
                at_key=at_key,
            )
            return None
        return self.routine_type(text, at_key=at_key)

    def name_beside_own(
        self,
        word: str,
        text: str,
        is_own: Callable[[Name], bool],
        *,
        at_key: bool = True,
    ) -> Name | None:
        """Return a name, in its schema where an object of PostgreSQL's own would be found first."""
        name = self.name(text, at_key=at_key)
        if name is not None and is_own(name):
            self.wrong(
                f"the {word} {quoted(name.name)} is PostgreSQL's own",
                f"choose another name, or write its schema: public.{name.name}",
                at_key=at_key,
            )
            return None
        return name

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
        return column_values.default(self, value, of)

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
                self.wrong(
                    f"{quoted('.'.join(one.parts))} is no row", hint, offset=offset
                )
            elif row not in rows:
                hint = (
                    "old is there unless a row is inserted, new unless one is deleted"
                )
                self.wrong(f"there is no {quoted(row)} here", hint, offset=offset)
            elif known is not None and not {*column} <= {*known, *ROW}:
                hint = nearest(column[0], known) or "write a column of this table"
                self.wrong(f"unknown column {quoted(column[0])}", hint, offset=offset)

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
        return column_values.sequence_options(self, shape, integer)

    def column(self, text: str | None) -> tuple[Name, str] | None:
        """Return table and column of `table.column`."""
        return None if text is None else foreign_keys.column_target(self, text)
