"""What the styles of SQLAlchemy have in common: enums, types, tables of others, sequences. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call, Word, call, docstring, said, source
from gen_migration.alembic_ops.write_types import TYPE_CLASS
from gen_migration.sql.sequence_options import sequence_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.models.tree import Choice, Counter, Entity, Tree

LABELS = '''\
def labels(of: type[enum.Enum]) -> list[str]:
    """Return the labels of an enum, which are the database's."""
    return [str(one.value) for one in of]
'''
# A type that SQLAlchemy has no class for.
TYPE = f'''\
class {TYPE_CLASS}(sa.types.UserDefinedType[Any]):
    """A type by its SQL."""

    cache_ok = True

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def get_col_spec(self, **_: Any) -> str:
        return self.sql
'''
# Names of the module's own, which no class of a table has.
OWN = frozenset(("Base", "metadata", "labels", TYPE_CLASS))


def expression(value: Any) -> str:
    """Return the source of a value or a call."""
    return source(value, set())


def validated(annotation: str) -> str:
    """Return an annotation that Pydantic can check: it knows no types of SQLAlchemy."""
    return "Any" if "postgresql." in annotation else annotation


def comment(text: str | None) -> str:
    """Return a docstring of a class, on lines of its own."""
    if text is None or not text.strip():
        return ""
    return indented(docstring(text.strip())) + "\n"


def indented(text: str) -> str:
    """Return a statement inside of a class; lines within a string stay as they are."""
    return f"    {text}"


def class_(
    name: str,
    bases: Iterable[str],
    attributes: Iterable[str],
    doc: str | None = None,
    head: Iterable[str] = (),
) -> str:
    """Return a class: its docstring, what is said of the whole, its attributes."""
    top = "".join(indented(one) + "\n" for one in head)
    body = "".join(indented(one) + "\n" for one in attributes)
    parts = [one for one in (comment(doc), top, body) if one]
    inside = "\n".join(parts) or "    pass\n"
    within = f"({', '.join(bases)})"
    return f"class {name}{within if within != '()' else ''}:\n{inside}"


def enums(tree: Tree) -> Iterator[str]:
    """Yield the classes of enums that are not the user's own."""
    for one in tree.choices:
        if one.class_ is not None and not one.is_own:
            members = [
                f"{key} = {expression(label)}" for key, label in one.members.items()
            ]
            yield class_(one.class_, ["enum.StrEnum"], members, one.comment)


def enum_types(tree: Tree, metadata: str) -> Iterator[str]:
    """Yield the types of enums, each of which is created once with the MetaData."""
    for one in tree.choices:
        yield f"{one.variable} = {expression(enum_type(one, metadata))}\n"


def enum_type(value: Choice, metadata: str) -> Call:
    classes = () if value.class_ is None else (Word(value.class_),)
    named = said(name=value.name.name, schema=value.name.schema)
    how = {} if value.class_ is None else {"values_callable": Word("labels")}
    return Call("postgresql.ENUM", classes, named | {"metadata": Word(metadata)} | how)


def externals(tree: Tree) -> Iterator[str]:
    """Yield the tables of others."""
    for one in tree.externals:
        yield f"{one.variable} = {expression(one.call)}\n"


def sequences(tree: Tree, metadata: str) -> Iterator[str]:
    """Yield the sequences."""
    for one in tree.sequences:
        yield f"{expression(sequence(one, metadata))}\n"


INTEGERS = {"bigint": "sa.BigInteger", "smallint": "sa.SmallInteger"}
WORDS = {"minimum": "minvalue", "maximum": "maxvalue"}


def sequence(value: Counter, metadata: str) -> Call:
    given = sequence_options(value.options, value.type)
    options = {WORDS.get(key, key): getattr(value.options, key) for key in given}
    of = call(INTEGERS.get(value.type, "sa.Integer"))
    found = said(schema=value.name.schema) | options
    return Call(
        "sa.Sequence",
        (value.name.name,),
        {**found, "data_type": of, "metadata": Word(metadata)},
    )


def table(value: Entity, metadata: str) -> str:
    """Return a table as a `Table`."""
    columns = [
        Call(
            "sa.Column",
            (*field.call.arguments, *field.keys),
            key(field.call, field.is_key),
        )
        for field in value.fields.values()
    ]
    whole = Call(
        "sa.Table",
        (value.table.name, Word(metadata), *columns, *value.arguments),
        value.options,
    )
    return f"{value.variable} = {expression(whole)}\n"


def key(of: Call, is_key: bool) -> dict[str, Any]:
    """Return the keywords of a column, which says whether it is a part of the key."""
    return {**({"primary_key": True} if is_key else {}), **of.keywords}
