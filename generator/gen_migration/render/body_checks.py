"""Bodies that PostgreSQL cannot check: they name what comes later, or is not known to be there.

`pg_dump` switches the check off for all (manual, 19.11, `check_function_bodies`). Here it is off
from the first such body on, until the transaction ends. Pure.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.kinds import BY_WORD
from gen_migration.model.given import heirs
from gen_migration.model.schema import Enum
from gen_migration.operations import every as op
from gen_migration.postgres import own_functions
from gen_migration.postgres.names import quote_text
from gen_migration.postgres.type_names import (
    ALIASES,
    BUILTIN,
    EXTENSION_TYPES,
    PSEUDO,
    SERIAL,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

OFF = "SET LOCAL check_function_bodies = off"


def first_unchecked(operations: Sequence[op.Operation], start: Schema) -> int | None:
    """Return the position of the first body that may not be checked; None without one.

    That is one that names what comes after it, or what PostgreSQL does not find (see `finds`): the
    body may make it itself, others do, or who calls it says where to search. So is one that names
    a column that gets another type later, or a whole row whose columns change then
    (`check_sql_fn_retval` in functions.c).
    """
    bodies = {n: names for n, one in enumerate(operations) if (names := checked(one))}
    if not bodies:
        return None
    there = there_in_the_end(operations, start)
    found = None
    later: set[str] = set()
    for position in reversed(range(len(operations))):
        operation: Any = operations[position]
        if position in bodies:
            names = bodies[position]
            is_found = all(finds(operation.new, one, there) for one in names)
            if not (is_found and later.isdisjoint(words(names))):
                found = position
        later.update(map(word, brought(operation)))
        later.update(reshaped(operation, start))
    return found


class There(NamedTuple):
    """What is there in the end: names, those that stand alone, and schemas of extensions."""

    names: frozenset[str]
    alone: frozenset[str]
    extended: frozenset[str | None]


def there_in_the_end(operations: Sequence[op.Operation], start: Schema) -> There:
    """Return what is there at the start, and what comes."""
    names = [*start.names]
    names += [
        name for one in operations for name in brought(one) if hasattr(name, "schema")
    ]
    extensions = [*start.of("extension").values()]
    extensions += [
        one.new
        for one in operations
        if isinstance(one, op.CreateObject) and one.kind == "extension"
    ]
    return There(
        frozenset(one.name for one in names),
        frozenset(one.name for one in names if one.schema is None),
        frozenset(one.schema for one in extensions),
    )


# Types that are there without a spec, or are taken for it.
TYPES = BUILTIN.keys() | ALIASES.keys() | SERIAL.keys() | PSEUDO | EXTENSION_TYPES


def finds(value: Any, reference: Reference, there: There) -> bool:
    """Tell whether PostgreSQL finds what a body names, as far as is known.

    What nobody makes may be an extension's function; in another language than SQL, what may be the
    name of a type may be any word.
    """
    space, name, *_ = reference
    if name is None or space not in {"functions", "relations", "types"}:
        return True
    if is_own(space, name):
        return True
    if name.name in there.names:
        return name.schema is not None or is_searched(value, name.name, there)
    match space:
        case "functions":
            return may_be_of_extension(name.schema, there.extended)
        case "types":
            is_text: bool = value.language != "sql"
            return is_text
    return False


def is_searched(value: Any, name: str, there: There) -> bool:
    """Tell whether a name that stands alone is found: in the schema of the spec, or on a path.

    Which schema on a path that is the spec's own, nobody says here. Where a path is empty, names
    have a schema, and stand alone here for being in that of the spec.
    """
    path = {*value.settings.get("search_path", ())} - {"", "pg_catalog", "pg_temp"}
    return bool(path) or name in there.alone


def is_own(space: str, name: Name) -> bool:
    """Tell whether a name may be one of PostgreSQL's own."""
    if name.schema is not None:
        return name.schema in {"pg_catalog", "information_schema"}
    match space:
        case "functions":
            return name.name in own_functions.names()
        case "types":
            return name.name in TYPES
    return name.name.startswith("pg_")  # a table or a view of the catalog


def may_be_of_extension(schema: str | None, extended: frozenset[str | None]) -> bool:
    """Tell whether a function may be one of an extension; None is a schema that is not said."""
    return bool(extended) if schema is None else bool(extended & {schema, None})


def checked(operation: op.Operation) -> set[Reference]:
    """Return what PostgreSQL looks for in the text of an operation."""
    match operation:
        case op.CreateObject(kind=word, new=new) | op.AlterObject(kind=word, new=new):
            kind = BY_WORD.get(word)
            return set() if kind is None else kind.checked(new)
    return set()


def words(names: set[Reference]) -> Iterator[str]:
    """Yield the names in references, and of their schemas; values in quotes, rows in brackets."""
    for space, name, *rest in names:
        if name is not None:
            if space == "columns":
                yield from map(
                    partial(in_row, name), [None] if rest[0] is None else rest[0]
                )
            yield name.name
            if name.schema is not None:
                yield name.schema
        for one in rest:
            if isinstance(one, frozenset):
                yield from map(quote_text, one) if space == "values" else one


def brought(operation: Any) -> Iterator[Any]:
    """Yield the names that are there only after an operation, or are of another type then.

    That of a column is a text, and so is a value, in quotes.
    """
    match operation:
        case (
            op.RenameObject(new=name)
            | op.RenameColumn(new=name)
            | op.RenameColumnOfObject(new=name)
            | op.RenameAttribute(new=name)
        ):
            yield name
        case op.RenameEnumValue(new=value):
            yield quote_text(value)
        case op.AlterObject(kind=word, old=old, new=new) if word in BY_WORD:
            before, after = fields(word, old), fields(word, new)
            yield from (key for key, of in after.items() if before.get(key, ...) != of)
        case op.CreateObject(name=name, new=Enum(values=values)):
            yield name
            yield from map(quote_text, values)
        case op.CreateObject(name=name) | op.AddColumn(name=name):
            yield name


def fields(word: str, value: Any) -> dict[str, Any]:
    """Return the fields of a row that an object declares, with their types where they are known."""
    kind = BY_WORD[word]
    if kind.gives_columns:
        return {key: one.type for key, one in value.attributes.items()}
    return dict.fromkeys(kind.declared(value))


def reshaped(operation: Any, start: Schema) -> Iterator[str]:
    """Yield the rows that are others after an operation, and columns of another type."""
    match operation:
        case op.AddColumn(table=name) | op.DropColumn(table=name):
            yield from map(in_row, (name, *heirs(start, name)))
        case op.SetColumnType(table=name, name=column):
            for one in (name, *heirs(start, name)):
                yield from (in_row(one), in_row(one, column))
        case op.ReorderAttributes(name=name):
            yield in_row(name)
        case op.AlterObject(kind=word, name=name) if word in BY_WORD:
            if BY_WORD[word].gives_columns:
                yield in_row(name)


def in_row(name: Name, column: str | None = None) -> str:
    """Return the rows of a table or a type, or a column of these, as neither a name nor a value."""
    return f"({name.name})" if column is None else f"({name.name}).{column}"


def word(name: Any) -> str:
    """Return a name without its schema."""
    return name if isinstance(name, str) else name.name
