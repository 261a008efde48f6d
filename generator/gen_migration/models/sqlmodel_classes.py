"""Models as classes of SQLModel, whose columns are SQLAlchemy's own. Pure.

A table without a primary key is a `Table`. What the database gives may be left out: it is None
until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call, Word
from gen_migration.base.data_class import replace
from gen_migration.models import printing
from gen_migration.models.declarative import table_arguments
from gen_migration.models.printing import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.models.tree import Entity, Field, Relation, Tree

METADATA = "SQLModel.metadata"
# None is NULL there, and no value of JSON.
OF_JSON = frozenset(("postgresql.JSON", "postgresql.JSONB"))


def blocks(tree: Tree, metadata: str) -> Iterator[str]:
    """Yield the statements of a module, in their order."""
    yield from printing.enums(tree)
    yield from printing.enum_types(tree, metadata)
    yield from printing.sequences(tree, metadata)
    yield from printing.externals(tree)
    for one in tree.entities:
        yield printing.table(one, metadata) if one.class_ is None else entity(tree, one)


def entity(tree: Tree, value: Entity) -> str:
    """Return the class of a table."""
    assert value.class_ is not None  # noqa: S101 - for the type checker
    head = [f"__tablename__ = {expression(value.table.name)}"]
    if arguments := table_arguments(value):
        head.append(f"__table_args__ = {expression(arguments)}")
    attributes = [column(one) for one in value.fields.values()]
    attributes += [relation(one, value.class_) for one in value.relations]
    base = "Base" if tree.has_base else "SQLModel"
    bases = [*value.mixins, base, "table=True"]
    return printing.class_(value.class_, bases, attributes, value.value.comment, head)


def column(value: Field) -> str:
    """Return a column as an attribute."""
    name, of, *rest = value.call.arguments
    if isinstance(of, Call) and of.name in OF_JSON:
        of = replace(of, keywords={**of.keywords, "none_as_null": True})
    arguments = (name, of, *rest, *value.keys)
    made = Call("sa.Column", arguments, printing.key(value.call, value.is_key))
    optional = value.value.nullable or value.value.has_value
    default: dict[str, Any] = {"default": None} if optional else {}
    found = Call("Field", (), {**default, "sa_column": made})
    annotation = printing.validated(value.annotation) + (" | None" if optional else "")
    return f"{value.name}: {annotation} = {expression(found)}"


def relation(value: Relation, class_: str) -> str:
    """Return one side of a foreign key as an attribute; classes are named as texts."""
    target = expression(value.target)
    of = f"list[{target}]" if value.many else target
    of = f"Optional[{of}]" if value.optional else of
    options = {
        key: Word(f"lambda: [{', '.join(f'{class_}.{name}' for name in one)}]")
        if isinstance(one, list)
        else one
        for key, one in value.options.items()
    }
    how = {"sa_relationship_kwargs": options} if options else {}
    found = Call("Relationship", (), {"back_populates": value.back, **how})
    return f"{value.name}: {of} = {expression(found)}"
