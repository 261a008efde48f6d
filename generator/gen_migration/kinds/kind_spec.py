"""Where the objects of a kind come from: what a spec and a catalog say of them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.traits import Traits
from gen_migration.postgres.names import member

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.kinds.keys import Refused
    from gen_migration.kinds.relations import Known
    from gen_migration.kinds.shape import Shape
    from gen_migration.kinds.unknown_columns import Names
    from gen_migration.model.schema import Schema
    from gen_migration.sql.unknown_columns import Unknown


def shortened(keys: dict[str, Any], short: str | None) -> Any:
    """Return an object by its keys; in short, where one of them says it all.

    What is a mapping itself would be read as keys.
    """
    if short is None or keys.keys() != {short} or isinstance(keys[short], dict):
        return keys
    return keys[short]


class SpecOfKind(Traits):
    """The objects of a kind in a spec and in a catalog."""

    # What stands behind its key, and what one object is, for editors.
    about: ClassVar[str]
    about_one: ClassVar[str]
    # The keys of an object, but for those that all objects have.
    keys: ClassVar[tuple[Key, ...]] = (RENAMED_FROM,)
    # The key that a value which is no mapping stands for.
    short: ClassVar[str | None] = None
    # Keys that objects of other kinds have and these cannot.
    refused: ClassVar[tuple[Refused, ...]] = ()

    def shape(self) -> type[Shape]:
        """Return the shape of an object in a spec."""
        from gen_migration.kinds.shape_base import shape_of

        value: Any = self.value  # a class, which type checkers take for unhashable
        return shape_of(
            value,
            self.about_one,
            self.short,
            self.keys,
            has_comment=self.has_comment,
            refused=self.refused,
        )

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        """Return the name that a text of a spec is; None where it is reported."""
        if self.in_schema:
            return at.name(text, at_key=at_key)
        return text if at.identifier(text, at_key=at_key) else None

    def old_name(self, at: Any, text: str, new: Any) -> Any:
        """Return the name that an object had before; None where it is reported."""
        return self.name_at(at, text, at_key=False)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        """Return the value that a shape is, but for its comment; None where that is reported.

        `at` is where it stands, and builds what stands in it (see `maker.Maker`); `name` is None
        for a wrong one.
        """
        found = {one.name: getattr(shape, one.name) for one in self.keys_of_value}
        return self.value(**found)

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        """Yield what is wrong with an object beside others: where in it, what, and a hint."""
        yield from ()

    def unknown_columns(self, name: Any, value: Any, names: Names) -> Iterator[Unknown]:
        """Yield the columns that queries of an object name, and that nothing has."""
        yield from ()

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        """Return the keys of an object in a spec, but for its comment and its hints."""
        return {one.name: getattr(value, one.name) for one in self.keys_of_value}

    @property
    def keys_of_value(self) -> Iterator[Key]:
        """The keys that are fields of the value; the rest are hints."""
        names = {one.name for one in fields(self.value)}
        return (one for one in self.keys if one.name in names)

    # The catalog: `queries/<key>.sql`.

    def name_of(self, reading: Any, row: Any) -> Any:
        """Return the name of the object that a row of the catalog is."""
        if not self.in_schema:
            return row.name
        if self.holders:
            return member(reading.relation_name(row.schema, row.of), row.name)
        match self.space:
            case "types":
                return reading.type_name(row.schema, row.name)
            case "relations":
                return reading.relation_name(row.schema, row.name)
        return reading.name(row.schema, row.name)

    def rows(self, found: Mapping[str, Any]) -> Iterable[Any]:
        """Return the rows of the catalog that its objects are, of those of all queries."""
        rows: Iterable[Any] = found[self.key]
        return rows

    def from_row(self, reading: Any, row: Any) -> Any:
        """Return the value that a row of the catalog is; None for one that is no object."""
        raise NotImplementedError

    def selected_by(self, row: Any) -> str | None:
        """Return the schema that an object is chosen with; None for one that always is."""
        schema: str = row.schema
        return schema

    def is_whole(self, row: Any, tables: Collection[int], selection: Any) -> bool:
        """Tell whether all is chosen of what an object cannot be without.

        `tables` are the OIDs of those that are, of a selection.
        """
        return True

    def completed(
        self, at: Any, name: Any, shape: Any, value: Any, relations: Known
    ) -> Any:
        """Return a value with what can be built only once its columns are known."""
        return value

    def settled(self, value: Any, relations: Known) -> Any:
        """Return a value as PostgreSQL keeps it: what it looks up when it creates the object."""
        return value

    def unsettled(
        self, value: Any, relations: Known
    ) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Yield what is wrong with a value among these relations: the path, what, and a hint."""
        yield from ()

    def left_open(self, found: Any, wanted: Any) -> Any:
        """Return what a database has, but for what the spec's value leaves to it."""
        return found

    def settle(self, objects: dict[str, dict[Any, Any]]) -> None:
        """Put into the objects of a spec what PostgreSQL makes of those of this kind.

        Some say something of others, and bring others along. `objects` are those of all kinds.
        """
