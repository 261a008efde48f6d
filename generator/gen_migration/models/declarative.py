"""Models as classes of SQLAlchemy's declarative mapping, plain or as dataclasses. Pure.

A table without a primary key is a `Table`, as SQLAlchemy maps none without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.models import printing
from gen_migration.models.printing import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.models.tree import Entity, Field, Relation, Tree

METADATA = "Base.metadata"
# Names of the classes below, and of Pydantic's, so that an attribute is the same in each style.
RESERVED = frozenset(
    """
    metadata registry type_annotation_map
    construct copy dict from_orm json model_computed_fields model_config model_construct model_copy
    model_dump model_dump_json model_extra model_fields model_fields_set model_json_schema
    model_parametrized_name model_post_init model_rebuild model_validate model_validate_json
    model_validate_strings parse_file parse_obj parse_raw schema schema_json sqlmodel_update
    update_forward_refs validate
    """.split()
)
# What a constructor does not take, and what it leaves to the database.
NOT_TAKEN = {"init": False}
UNSEEN = {"init": False, "repr": False, "compare": False}


def blocks(tree: Tree, *, is_dataclass: bool) -> Iterator[str]:
    """Yield the statements of a module, in their order."""
    bases = (
        ["MappedAsDataclass", "DeclarativeBase"]
        if is_dataclass
        else ["DeclarativeBase"]
    )
    yield from printing.enums(tree)
    if not tree.has_base:
        yield printing.class_("Base", bases, (), "What all models have in common.")
    yield from printing.enum_types(tree, METADATA)
    yield from printing.sequences(tree, METADATA)
    yield from printing.externals(tree)
    for one in tree.entities:
        if one.class_ is None:
            yield printing.table(one, METADATA)
        else:
            yield entity(one, is_dataclass=is_dataclass)


def entity(value: Entity, *, is_dataclass: bool) -> str:
    """Return the class of a table."""
    head = [f"__tablename__ = {expression(value.table.name)}"]
    if arguments := table_arguments(value):
        head.append(f"__table_args__ = {expression(arguments)}")
    attributes = [
        column(one, is_dataclass=is_dataclass) for one in value.fields.values()
    ]
    attributes += [relation(one, is_dataclass=is_dataclass) for one in value.relations]
    bases = [*value.mixins, "Base", *(["kw_only=True"] if is_dataclass else [])]
    assert value.class_ is not None  # noqa: S101 - for the type checker
    return printing.class_(value.class_, bases, attributes, value.value.comment, head)


def table_arguments(value: Entity) -> Any:
    """Return constraints, indexes and options of a table."""
    if not value.arguments:
        return dict(value.options)
    return (*value.arguments, *([dict(value.options)] if value.options else []))


def column(value: Field, *, is_dataclass: bool) -> str:
    """Return a column as an attribute."""
    name = () if value.name == value.column else (value.column,)
    keywords = printing.key(value.call, value.is_key)
    keywords.pop("nullable")  # the annotation says so
    if is_dataclass:
        keywords |= taken(value)
    found = Call(
        "mapped_column", (*name, *value.call.arguments[1:], *value.keys), keywords
    )
    optional = " | None" if value.value.nullable else ""
    return f"{value.name}: Mapped[{value.annotation}{optional}] = {expression(found)}"


def taken(value: Field) -> Mapping[str, Any]:
    """Return how the constructor of a dataclass takes a column.

    Where the database gives a value, it is left to that: None would be NULL.
    """
    if value.value.has_value:
        return NOT_TAKEN
    return {"default": None} if value.value.nullable else {}


def relation(value: Relation, *, is_dataclass: bool) -> str:
    """Return one side of a foreign key as an attribute."""
    of = f"list[{value.target}]" if value.many else value.target
    optional = " | None" if value.optional else ""
    keywords = {"back_populates": value.back, **value.options}
    if is_dataclass:
        keywords |= UNSEEN
    found = Call("relationship", (), keywords)
    return f"{value.name}: Mapped[{of}{optional}] = {expression(found)}"
