"""What all renames do to a schema: one thing has another name, and so has all that names it.

PostgreSQL refers to things by their numbers, so that a rename reaches every key, index, check,
default and foreign key by itself. Here the same is done to the values, expressions included
(`table_renaming`, `type_renaming`, `object_renaming`, `namespace_renaming`).
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import replace
from gen_migration.model import expression_edits as edits
from gen_migration.model.given import Same
from gen_migration.model.mapped import mapped
from gen_migration.postgres import signatures
from gen_migration.postgres.names import Member, MethodName
from gen_migration.postgres.names_in_texts import NAMING
from gen_migration.postgres.signatures import CastName, Signature, TransformName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name


K = TypeVar("K")
V = TypeVar("V")
# The fields that hold SQL.
EXPRESSIONS = ("expression", "where", "default", "using", "with_check", "condition")
# The fields that hold a type.
TYPES = ("type", "subtype")


def rekeyed(mapping: Mapping[K, V], old: K, new: K) -> dict[K, V]:
    """Return a mapping in its order, with one key replaced. KeyError when it is not there."""
    if old not in mapping:
        raise KeyError(old)
    return {new if key == old else key: value for key, value in mapping.items()}


def with_name(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """Return names with one replaced."""
    return tuple(new if name == old else name for name in names)


def member_kinds(schema: Schema) -> list[tuple[str, Mapping[Member, Any]]]:
    """Return the objects that stand on relations, by the words of their kinds."""
    return [
        (word, objects)
        for word, objects in schema.objects.items()
        if isinstance(next(iter(objects)), Member)
    ]


# Names that have types in them, and those of what holds such names.
TYPED = (Signature, MethodName, CastName, TransformName)


def with_types(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """Return a schema in which what is called by types, or holds such names, has others."""
    changes = dict.fromkeys(("type", "returns", "stype", "mstype", "stored"), change)
    for field in ("types", "transforms"):
        changes[field] = lambda types: tuple(map(change, types))
    named = dict.fromkeys(
        ("operator", "routine", "from_sql", "to_sql"),
        lambda one: signatures.with_types(one, change),
    )
    changes |= named
    objects = {
        word: {
            signatures.with_types(name, change): mapped(value, changes)
            for name, value in found.items()
        }
        if any(isinstance(name, TYPED) for name in found)
        else found
        for word, found in schema.objects.items()
    }
    return replace(schema, objects=objects)


def everywhere(schema: Schema, changes: Mapping[str, Callable[[Any], Any]]) -> Schema:
    """Return a schema with the fields of all tables and objects changed."""
    return replace(
        schema,
        tables=mapped(schema.tables, changes),
        objects={
            word: mapped(found, changes) for word, found in schema.objects.items()
        },
    )


def with_expressions(value: Table, edit: edits.Edit) -> Table:
    """Return a table with every expression edited."""
    return mapped(value, in_expressions(edit))


def in_expressions(edit: edits.Edit) -> dict[str, Callable[[Any], Any]]:
    """Return the changes that edit every expression, and every command of a rule."""
    found: dict[str, Callable[[Any], Any]] = {}
    found |= dict.fromkeys(EXPRESSIONS, partial(edited, edit=edit))
    return {**found, "commands": partial(edited_commands, edit=edit)}


def in_texts(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema in which texts that name the relation `old` name `new`.

    Few tables and objects have such texts, and each of many renames asks all of them.
    """
    changes = in_expressions(edits.RelationEdit(old, new))

    def after(objects: Mapping[K, V]) -> Mapping[K, V]:
        naming = {key: one for key, one in objects.items() if is_naming(Same(one))}
        changed = mapped(naming, changes)
        return objects if changed is naming else {**objects, **changed}

    found = {word: after(objects) for word, objects in schema.objects.items()}
    return replace(schema, tables=after(schema.tables), objects=found)


@lru_cache(maxsize=10_000)
def is_naming(value: Same) -> bool:
    """Tell whether an expression of a value may name a relation by a text."""
    texts: list[str] = []

    def seen(held: Any) -> Any:
        texts.extend([held] if isinstance(held, str) else held)
        return held

    mapped(value.value, dict.fromkeys((*EXPRESSIONS, "commands"), seen))
    return any(word in text for text in texts for word in NAMING)


def edited_commands(commands: tuple[str, ...], edit: edits.Edit) -> tuple[str, ...]:
    """Return commands of a rule after an edit."""
    return tuple(edits.edited_command(one, edit) for one in commands)


@lru_cache(maxsize=10_000)
def edited(sql: str, edit: edits.Edit) -> str:
    """Return an expression after an edit; the partitions of a table often share it."""
    return edits.edited(sql, edit)
