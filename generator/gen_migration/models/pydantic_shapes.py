"""Models as Pydantic's: what is read of a row, and what creates and updates one. Pure.

What a column may not be left out for, and what the database computes, is not asked for. Attributes
are called as in the other styles, so that `from_attributes` finds them; in JSON they are called as
the columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call, said
from gen_migration.models import printing
from gen_migration.models.printing import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.models.tree import Entity, Field, Tree

SUFFIXES = ("Read", "Create", "Update")


def blocks(tree: Tree) -> Iterator[str]:
    """Yield the statements of a module, in their order."""
    yield from printing.enums(tree)
    for one in tree.entities:
        every = one.fields.values()
        given = [field for field in every if not is_computed(field)]
        config = ["model_config = ConfigDict(from_attributes=True)"]
        yield shape(one, "Read", [read(field) for field in every], config)
        yield shape(one, "Create", [create(field) for field in given])
        changed = [update(field) for field in given if not field.is_key]
        yield shape(one, "Update", changed)


def shape(
    value: Entity, suffix: str, attributes: list[str], head: list[str] | None = None
) -> str:
    doc = value.value.comment
    name = f"{value.class_}{suffix}"
    return printing.class_(name, ["BaseModel"], attributes, doc, head or ())


def is_computed(value: Field) -> bool:
    """Tell whether the database gives the value in any case."""
    column = value.value
    always = column.identity is not None and column.identity.always
    return column.generated is not None or always


def read(value: Field) -> str:
    """Return a column of a row that is there."""
    alias = None if value.name == value.column else value.column
    optional = " | None" if value.value.nullable else ""
    about = said(serialization_alias=alias, description=value.value.comment)
    return attribute(value, optional, about)


def create(value: Field) -> str:
    """Return a column of a new row; it may be left out where the database has a value for it."""
    column = value.value
    if column.nullable or column.has_value:
        return update(value)
    return attribute(value, "", given(value))


def update(value: Field) -> str:
    """Return a column that may be left out."""
    return attribute(value, " | None", {"default": None, **given(value)})


def given(value: Field) -> dict[str, Any]:
    """Return what is insisted on of a value, and what it is called in JSON."""
    alias = None if value.name == value.column else value.column
    about = said(validation_alias=alias, description=value.value.comment)
    return {**bounds(value), **about}


def bounds(value: Field) -> dict[str, int]:
    """Return the length of a text, and the digits of a number."""
    of = value.value.type
    if of.array or of.kind != "builtin" or not of.arguments:
        return {}
    numbers = [int(one) for one in of.arguments]
    if of.name in {"varchar", "char"} and value.annotation == "str":
        return {"max_length": numbers[0]}
    if of.name == "numeric" and 0 <= numbers[1] <= numbers[0]:
        return {"max_digits": numbers[0], "decimal_places": numbers[1]}
    return {}


def attribute(value: Field, optional: str, about: dict[str, Any]) -> str:
    """Return an attribute with what is known about it."""
    annotation = f"{value.name}: {printing.validated(value.annotation)}{optional}"
    if not about:
        return annotation
    if about.keys() == {"default"}:
        return f"{annotation} = {expression(about['default'])}"
    return f"{annotation} = {expression(Call('Field', (), about))}"
