"""The objects of a spec that are no tables, as values: what all kinds have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import KINDS
from gen_migration.spec.build import columns, constraints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import SequenceOptions
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type
    from gen_migration.spec.build.context import Build


def items(value: Mapping[str, Any] | Iterable[str]) -> Iterable[tuple[Any, str, Any]]:
    """Yield (key or position, name, shape or None) of a mapping, or of a list of names."""
    if isinstance(value, dict):
        yield from ((key, key, shape) for key, shape in value.items())
    else:
        yield from ((index, name, None) for index, name in enumerate(value))


def build_objects(state: Build) -> None:
    """Put the objects of all kinds into the state, and before them the names of types."""
    types = {
        (name.schema, name.name, "enum" if kind.word == "enum" else "other")
        for kind in KINDS
        if kind.space == "types"
        for key in state.shapes(kind)
        if (name := type(state)(shape=state.shape).name(key)) is not None
    }
    home = state.shape.schema_
    types |= {(None, name, word) for schema, name, word in types if schema == home}
    state.type_names = frozenset(types)
    for kind in KINDS:
        state.objects[kind.word] = of_kind(state, kind)


def of_kind(state: Build, kind: Kind) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    make = Maker(state)
    for key, text, given in items(state.shapes(kind)):
        path = (kind.key, key)
        shape: Any = kind.shape()() if given is None else given
        name: Any = None
        if kind.in_schema:
            name = state.name(text, *path)
        elif state.identifier(text, *path):
            name = text
        value = kind.build(make, name, shape, path)
        if name is None or value is None:
            continue
        if name in found:
            state.problem(
                f'{kind.word} "{name}" stands twice',
                *path,
                hint="remove one of the two",
            )
        comment = shape.comment or None
        if comment == kind.texts.get(name):
            comment = None
        found = kind.put(found, name, replace(value, comment=comment))
    return found


@dataclass(frozen=True, slots=True)
class Maker:
    """What builds the parts of an object; mistakes go to the state's problems."""

    state: Build

    def problem(self, message: str, *path: str | int, **about: Any) -> None:
        self.state.problem(message, *path, **about)

    def need(self, version: int, what: str, *path: str | int) -> None:
        self.state.need(version, what, *path)

    def identifier(self, text: str, *path: str | int, at_key: bool = True) -> bool:
        return self.state.identifier(text, *path, at_key=at_key)

    def type(self, text: str, path: Place) -> Type | None:
        """Return the type that a text names."""
        return columns.column_type(self.state, text, *path)

    def is_own(self, of: Type) -> bool:
        """Tell whether the spec defines a type."""
        return (of.schema, of.name, of.kind) in self.state.type_names

    def default(self, value: Any, of: Type, path: Place) -> str | None:
        """Return a default of this type, as SQL."""
        return columns.default(self.state, value, of, path, "default")

    def collation(self, shape: Any, of: Type, path: Place) -> Any:
        return columns.collation(self.state, shape, of, path)

    def expression(self, text: str, known: Iterable[str], path: Place) -> str | None:
        """Return an expression over what it may name, as SQL."""
        found = columns.expression(self.state, text, [*known], path)
        return None if found is None else found.sql

    def sequence_options(
        self, shape: Any, integer: str, path: Place
    ) -> SequenceOptions:
        return columns.sequence_options(self.state, shape, integer, *path)

    def column(self, text: str | None, path: Place) -> tuple[Name, str] | None:
        """Return table and column of `table.column`."""
        if text is None:
            return None
        return constraints.column_target(self.state, text, *path)
