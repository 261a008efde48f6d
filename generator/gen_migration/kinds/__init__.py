"""The kinds of objects that a schema has beside its tables, each declared once.

In goes a name and a value of one kind; out come SQL, words, and what follows a rename. Whatever
concerns all objects walks over `KINDS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from gen_migration.base.data_class import replace
from gen_migration.kinds.listed import LISTED
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

# What is no `Kind` yet becomes one when it is asked for more than its facts.
KINDS: tuple[Kind, ...] = cast("Any", LISTED)
BY_WORD = {kind.word: kind for kind in KINDS}
BY_CLASS = {name: kind for kind in reversed(KINDS) for name in kind.class_names}


def of(*schemas: Schema) -> list[Kind]:
    """Return the kinds that schemas have objects of; of the others, no run needs the modules."""
    words = {word for one in schemas for word in one.objects}
    return [kind for kind in KINDS if kind.word in words]


def held(word: str) -> tuple[Kind, ...]:
    """Return the kinds whose objects stand on those of a kind ("table", "view")."""
    return tuple(kind for kind in KINDS if word in kind.holders)


def of_value(value: Any) -> Kind | None:
    """Return the kind that a value is an object of."""
    kind = BY_CLASS.get(type(value).__name__)
    return kind if kind is not None and type(value) is kind.value else None


def called_so(schema: Schema, called: str, name: Any) -> Kind | None:
    """Return the kind of the object that a statement calls so: `TYPE app.mood`.

    Several kinds are called alike; of an object that the schema has not, it is None.
    """
    for kind in KINDS:
        if kind.parsed == called and (
            name in schema.of(kind.word) or name in kind.given
        ):
            return kind
    return None


def of_part(called: str) -> Kind | None:
    """Return the kind whose objects have parts that a statement calls so: `DOMCONSTRAINT`."""
    return next((kind for kind in KINDS if kind.part == called), None)


def type_of(schema: Schema, of: Type) -> tuple[Kind, Any] | None:
    """Return the kind and the value of a type that is an object of the schema."""
    if of.kind != "builtin":
        for kind in KINDS:
            value = schema.of(kind.word).get(Name(of.schema, of.name))
            if value is not None and kind.space == "types":
                return kind, value
    return None


def base_of(schema: Schema, of: Type) -> Type:
    """Return the type whose values a type has: that of a domain, or itself."""
    found = type_of(schema, of)
    base = None if found is None else found[0].base(found[1])
    if base is None:
        return of
    return base_of(schema, replace(base, array=of.array or base.array))
