"""What one kind of object is: the declaration that everything else walks over.

A kind says what is particular to its objects: their value, how SQL, a spec and a catalog say it,
and what follows a rename. How objects are compared, ordered, created, dropped, renamed, commented
on, reviewed and replayed is said once, for all kinds. The defaults here are what most kinds do.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from gen_migration.kinds.facts import Facts
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.references import of_name
from gen_migration.model import schema as model
from gen_migration.model.access import Owned
from gen_migration.model.mapped import INSIDE
from gen_migration.postgres.names import member, quote_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.kinds.graph import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Columns, Known
    from gen_migration.kinds.shape import Shape
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.privileges import Granting
    from gen_migration.postgres.types import Type


class Use(NamedTuple):
    """Where a type is: in columns, as it is or in other types; in arrays of columns; in types."""

    in_column: bool = False
    in_array: bool = False
    in_types: bool = False


def shortened(keys: dict[str, Any], short: str | None) -> Any:
    """Return an object by its keys; in short, where one of them says it all."""
    return keys[short] if short is not None and keys.keys() == {short} else keys


class Kind(Facts):
    """One kind of object; its names are `Name`, or texts where it is in no schema.

    Of what stands on a relation, they are `Member`.
    """

    # The class of its values: frozen, and with a `comment`.
    value: ClassVar[type[Any]]
    # Whether it fires for what a revision does: made last, and dropped first.
    watches: ClassVar[bool] = False
    # Whether it is about what is created after it: made last.
    is_of_later: ClassVar[bool] = False
    # Whether others rely on it all the time, as those do that are on a relation: what is made anew
    # is back before anybody sees that it was gone.
    is_missed: ClassVar[bool] = False
    # Whether a drop takes along what refers to an object, and it refers to.
    cascades: ClassVar[bool] = False
    # Whether its objects get to other schemas, and have no other names there.
    moves_only: ClassVar[bool] = False
    # Whether PostgreSQL keeps comments on its objects.
    has_comment: ClassVar[bool] = True
    # Objects that each database has from the start: a schema holds one that differs from this.
    given: ClassVar[Mapping[Any, Any]] = {}
    # Comments that objects have from the start.
    texts: ClassVar[Mapping[Any, str]] = {}
    # Whether queries that select from its objects follow what is renamed.
    follows_renames: ClassVar[bool] = False
    # Whether they keep the rows of a query, which may take long.
    keeps_rows: ClassVar[bool] = False
    # Whether they may have indexes, as a part of their value.
    has_indexes: ClassVar[bool] = False
    # Which privileges roles may have on an object (see `postgres.privileges`).
    granting: ClassVar[Granting | None] = None
    # Where it is kept, where it has an owner and there are no privileges on it.
    catalog: ClassVar[str | None] = None
    # The properties that are altered together, in the order in which they are.
    groups: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def classes(self) -> tuple[type[Any], ...]:
        """The class of its values, and those of its own that these hold."""
        found: list[type[Any]] = [self.value]
        for one in found:  # which grows meanwhile
            for held in INSIDE.get(one, {}).values():
                own = (each for each in held if each.__module__ != model.__name__)
                found += [each for each in own if each not in found]
        return tuple(found)

    @property
    def class_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of its classes."""
        return tuple(one.__name__ for one in self.classes)

    # SQL out.

    def create(self, name: Any, value: Any) -> Any:
        """Return what creates an object, as SQL; the comment is a statement of its own.

        It may be a `Block`, which is run as it stands.
        """
        raise NotImplementedError

    def after(self, name: Any, value: Any) -> Iterator[str]:
        """Yield what follows the statement that creates an object, but for the comment."""
        yield from ()

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        """Return what makes one step of `steps`."""
        raise NotImplementedError

    def alter_in_use(self, name: Any, old: Any, new: Any) -> list[str]:
        """Return what makes a step of those that are long: it can be repeated."""
        return self.alter(name, old, new)

    def alter_with_heirs(self, name: Any, old: Any, new: Any) -> list[str]:
        """Return what makes one step of `steps` where tables have their columns from the object."""
        return self.alter(name, old, new)

    def sql(self, name: Any) -> str:
        """Return what an object is called behind ALTER, DROP and COMMENT ON."""
        return f"{self.called} {self.spelled(name)}"

    def spelled(self, name: Any) -> str:
        """Return the name of an object as SQL."""
        return quote_name(name) if isinstance(name, str) else str(name.sql)

    def drop(self, name: Any) -> str:
        """Return what drops an object."""
        return f"DROP {self.sql(name)}"

    def dropped(self, name: Any, value: Any) -> Iterator[Any]:
        """Yield what drops an object, as `create` returns it."""
        yield from self.before_drop(name, value)
        yield self.drop(name)

    def before_drop(self, name: Any, value: Any) -> Iterator[str]:
        """Yield what has to be altered before an object can be dropped."""
        yield from ()

    def rename(self, old: Any, new: Any) -> str:
        """Return what gives an object another name in its schema."""
        last = new if isinstance(new, str) else new.name
        return f"ALTER {self.sql(old)} RENAME TO {quote_name(last)}"

    def move(self, old: Name, new: Name) -> str:
        """Return what brings an object to another schema."""
        # A name without a schema is where the search path begins.
        schema = quote_name(new.schema or "public")
        return f"ALTER {self.sql(old)} SET SCHEMA {schema}"

    # SQL in: the parser's statements that create and alter it.

    def reads(self, node: Any) -> bool:
        """Tell whether a statement that several kinds share is one of this kind."""
        return True

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        """Return the name and the value that a statement creates."""
        raise NotImplementedError

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        """Return which of its objects a statement alters, drops or comments on."""
        from gen_migration.sql import tree

        return tree.object_name(node)

    def read_rename(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        """Return the name and the new value of an object of which a part gets another name."""
        raise NotImplementedError

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        """Return the name and the new value of an object; None for one that is not known."""
        raise NotImplementedError

    def read_drop(self, node: Any) -> Any:
        """Return the name of the object that a statement of its own (`drops`) drops."""
        raise NotImplementedError

    def read_alter_table(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        """Return the name and the new value of an object that `ALTER TABLE` takes for a table."""
        raise NotImplementedError

    def read_comment(self, value: Any, column: str, text: str | None) -> Any:
        """Return an object of which a column, or what it has in place of those, has a comment.

        Raises ValueError where it has no such thing.
        """
        raise ValueError(f"COMMENT ON COLUMN of a {self.word}")

    def read_index(self, value: Any, name: str, index: Any) -> Any:
        """Return an object with an index; None takes it away. Raises ValueError if it has none."""
        raise ValueError(f"an index on a {self.word}")

    def switched(self, value: Any, command: str) -> Any:
        """Return what one of its `switches` makes of an object."""
        raise NotImplementedError

    def replaced(self, old: Any, new: Any) -> Any:
        """Return what `CREATE OR REPLACE` makes of an object, which names a new value."""
        return new

    def read_part_comment(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        """Return the name and the new value of an object of which a part gets a comment."""
        raise NotImplementedError

    # The spec.

    # What stands behind its key, and what one object is, for editors.
    about: ClassVar[str]
    about_one: ClassVar[str]
    # The keys of an object, but for those that all objects have.
    keys: ClassVar[tuple[Key, ...]] = (RENAMED_FROM,)
    # The key that a value which is no mapping stands for.
    short: ClassVar[str | None] = None

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

        `at` is where it stands, and builds what stands in it (see `objects.Maker`); `name` is None
        for a wrong one.
        """
        found = {one.name: getattr(shape, one.name) for one in self.keys_of_value}
        return self.value(**found)

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        """Yield what is wrong with an object beside others: where in it, what, and a hint."""
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
            return member(reading.name(row.schema, row.of), row.name)
        of = reading.type_name if self.space == "types" else reading.name
        return of(row.schema, row.name)

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

    # Values.

    def created(self, value: Any) -> Any:
        """Return the value that an object has once it is created."""
        return value

    def bare(self, value: Any) -> Any:
        """Return a value without what is set by operations of its own."""
        apart = dict.fromkeys(self.apart)
        return replace(self.created(value), **apart)

    @property
    def apart(self) -> tuple[str, ...]:
        """The fields that are set by operations of their own: comment, owner, grants."""
        names = ("comment", "owner", "grants")
        return tuple(one for one in names if one in self.value.__dataclass_fields__)

    @property
    def has_owner(self) -> bool:
        """Whether its objects have owners."""
        return issubclass(self.value, Owned)

    def public(self, name: Any) -> tuple[str, ...]:
        """Return the privileges that all roles have on an object by themselves."""
        return () if self.granting is None else self.granting.public

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the values from one to another, each one statement away from that before."""
        for group in self.groups:
            after = replace(old, **{field: getattr(new, field) for field in group})
            if after != old:
                yield after
                old = after

    def is_anew(self, old: Any, new: Any, use: Use) -> bool:
        """Tell whether PostgreSQL can only make an object anew, which takes the place of the old.

        What names it goes over to the new one, while the old one has another name.
        """
        return False

    def lost(self, old: Any, new: Any) -> Iterator[str]:
        """Yield the parts of an object that a step destroys, where columns use it."""
        yield from ()

    def retyped(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield the parts that a step gives another type, as they were and as they are."""
        yield from ()

    def is_replaced(self, old: Any, new: Any) -> bool:
        """Tell whether an object is dropped and created anew, with what stands on it."""
        return False

    def keeps_columns(self, old: Any, new: Any, before: Known, after: Known) -> bool:
        """Tell whether what queries select from keeps its columns, as PostgreSQL asks of it.

        `before` and `after` are the relations around it. If not, it is replaced as well.
        """
        return True

    def columns(self, value: Any, relations: Known) -> Columns | None:
        """Return the columns of an object that queries select from; None where unknown."""
        return None

    def is_built_aside(self, old: Any, new: Any) -> bool:
        """Tell whether an object is made under another name, and then takes that of the old."""
        return False

    def built_aside(self, name: Any, value: Any) -> tuple[Any, Any]:
        """Return the name and the value that an object has until it takes another's name."""
        raise NotImplementedError

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

    def followed(self, value: Any, relations: Known, old: Node, new: Node) -> Any:
        """Return a value in which a node of the graph has another name.

        `relations` are those before the rename.
        """
        return value

    def let_go(self, value: Any, concerns: Callable[[str], bool]) -> Any:
        """Return a type without those of its expressions that something concerns."""
        return value

    def holds_on(self, old: Any, new: Any) -> bool:
        """Tell whether a step is refused while a view selects a part of the object."""
        return False

    @property
    def has_refusals(self) -> bool:
        """Whether some changes of its objects cannot be."""
        return type(self).refusal is not Kind.refusal

    def refusal(self, old: Any, new: Any, use: Use) -> str | None:
        """Return what to do instead, where a change cannot be; None where it can."""
        return None

    def brings_others(self, value: Any) -> Collection[tuple[str, Name]]:
        """Return the names of what comes with an object in other spaces, with those."""
        return ()

    def brings(self, name: Any, value: Any) -> list[Name]:
        """Return the names of what comes with an object, in the space of its own."""
        return []

    def is_long(self, old: Any, new: Any) -> bool:
        """Tell whether a step reads the rows of tables in use; it can be repeated, then."""
        return False

    def put(self, objects: Mapping[Any, Any], name: Any, value: Any) -> dict[Any, Any]:
        """Return objects with one more, or with another value of one."""
        if self.given.get(name) == value:
            return {key: one for key, one in objects.items() if key != name}
        return {**objects, name: value}

    def left_open(self, found: Any, wanted: Any) -> Any:
        """Return what a database has, but for what the spec's value leaves to it."""
        return found

    def goes_with(self, value: Any, tables: Collection[Name]) -> bool:
        """Tell whether an object belongs to one of these tables."""
        return False

    def tables_of(self, value: Any) -> Collection[Name]:
        """Return the tables whose changes concern the design of an object."""
        return ()

    def roles_of(self, name: Any, value: Any) -> Collection[str]:
        """Return the roles that an object names."""
        return ()

    def base(self, value: Any) -> Type | None:
        """Return the type whose values a type has; None where they are its own."""
        return None

    def settle(self, objects: dict[str, dict[Any, Any]]) -> None:
        """Put into the objects of a spec what PostgreSQL makes of those of this kind.

        Some say something of others, and bring others along. `objects` are those of all kinds.
        """

    def is_implied(self, name: Any, value: Any, schema: Schema) -> bool:
        """Tell whether an object is there by itself, since another one is."""
        return False

    def renamed_along(
        self, name: Any, value: Any, old: Any
    ) -> Iterator[tuple[str, Any, Any]]:
        """Yield what is renamed with an object that was called `old`: word, new and old name."""
        yield from ()

    def taken_along(self, name: Any) -> Collection[Node]:
        """Return what goes where an object is dropped: it is made anew as well."""
        return ()

    def links(self, name: Any, value: Any) -> Collection[Node]:
        """Return what an object takes beside its name, and only one can have at a time."""
        return ()

    def concerned_types(self, name: Any, value: Any) -> Collection[Type]:
        """Return the types of which all have to be at hand, where SQL may mean the object."""
        return ()

    def is_asking(self, value: Any) -> bool:
        """Tell whether a type refuses values of its base."""
        return False

    # Renames.

    @property
    def has_renames(self) -> bool:
        """Whether its objects can get other names."""
        return type(self).renamed is not Kind.renamed

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        """Return a schema in which an object has another name, and all that names it."""
        raise NotImplementedError

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        """Return a value in which a schema has another name."""
        return value

    def name_in_renamed_schema(self, name: Any, old: str, new: str) -> Any:
        """Return a name in which a schema has another name, where no part of it is the schema."""
        return name

    # Order.

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        """Return what an object refers to beside its schema (see `references`).

        The order of creating, altering and dropping follows from it.
        """
        return set()

    def place(self, name: Any) -> set[Reference]:
        """Return what an object is in."""
        return of_name(name) if self.in_schema else set()

    def stands_on(self, name: Any, value: Any, find: Finder) -> set[Reference]:
        """Return all that an object refers to, what it is in as well."""
        return self.place(name) | self.refers(value, find)

    def wishes(self, value: Any) -> set[Reference]:
        """Return what an object may name, too: it comes before where nothing speaks against it."""
        return set()

    def checked(self, value: Any) -> set[Reference]:
        """Return those of the wishes without which PostgreSQL refuses to create an object.

        It does so where `check_function_bodies` is on.
        """
        return set()

    def takes(self, value: Any, count: int) -> bool:
        """Tell whether a call with so many arguments may be one of a routine."""
        return True

    def writes(self, name: Any) -> set[Reference] | None:
        """Return what changes with an object; None where it may be anything.

        An expression may name any type, and any sequence.
        """
        match self.space:
            case "types":
                return {("types", None)}
            case "relations":
                return {("relations", None), ("relation", name.schema, name.name)}
            case "functions":
                return {("function", name.name)}
        return None

    # Words.

    def definition(self, value: Any) -> str:
        """Return what an object is, as SQL behind its name; empty where a name is all."""
        return ""

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield the properties in which two values differ, with both of their values."""
        for field in (field for group in self.groups for field in group):
            before, after = getattr(old, field), getattr(new, field)
            if before != after:
                yield field.replace("_", " "), before, after

    def line(self, name: Any, old: Any, new: Any) -> str | None:
        """Return what a step is in a line, where its first property does not say it best."""
        return None
