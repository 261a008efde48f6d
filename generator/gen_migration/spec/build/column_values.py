"""Where the values of a spec's columns come from: defaults, other columns, sequences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.kinds import base_of
from gen_migration.model import schema as model
from gen_migration.postgres.names_in_texts import as_name
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.expressions import expression, is_sql
from gen_migration.sql.literals import LiteralMistake, is_endless, literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.kinds.shape_base import SequenceOptionsShape
    from gen_migration.postgres.types import Type
    from gen_migration.spec.build.context import Spot
    from gen_migration.spec.column_shapes import ColumnShape


def is_null(default: Any) -> bool:
    """Tell whether a default that is written is null."""
    if is_sql(default):
        return str(default["sql"]).strip().upper() == "NULL"
    return default is None


def sources_of_values(
    at: Spot, shape: ColumnShape, of: Type, written: Collection[str]
) -> None:
    """Report a column whose values come from two places."""
    sources = [key for key in ("default", "generated", "identity") if key in written]
    if of.is_serial:
        for key in sources:
            (at / key).wrong_key(
                f"{shape.type} brings its own default",
                f"remove {quoted(key)}, or write an integer type",
            )
        if shape.nullable:
            (at / "nullable").wrong_key(f"{shape.type} is never null", "remove it")
    elif len(sources) > 1:
        (at / sources[1]).wrong_key(
            f"a column has either {quoted(sources[0])} or {quoted(sources[1])}",
            "remove one of the two",
        )


# What is meant as an expression, where it is no value of the column's type.
CALL = re.compile(
    r"\w+\(.*\)|current_(date|time|timestamp)|localtime(stamp)?", re.IGNORECASE
)


def default(at: Spot, value: Any, of: Type, what: str = "default") -> str | None:
    """Return a default as SQL: a literal of the column's type, or an expression."""
    if value is None:
        return None
    if is_sql(value):
        found = default_expression(at / "sql", value["sql"])
        return found and as_name(found, of)
    if of is UNKNOWN or of.is_serial:
        return None  # reported
    build = at.build
    try:
        base = of
        if of.kind != "builtin":
            base = base_of(model.Schema(objects=build.objects), of)
        sql = as_name(literal(value, base, build.enums), base)
    except LiteralMistake as mistake:
        message, hint = mistake.args
        if isinstance(value, str) and CALL.fullmatch(value):
            hint = f"write SQL as an expression: {{sql: {in_yaml(value)}}}"
        at.wrong(message.replace("the default", f"the {what}"), hint)
        return None
    if is_endless(sql, of):
        at.need(17, "an infinite interval")
    return sql


def default_expression(at: Spot, text: Any) -> str | None:
    """Return the expression of a default; None for NULL, or when it is reported."""
    if not isinstance(text, str):
        at.wrong("expected SQL as text", "put it in quotes")
        return None
    found = expression(at, text)
    if found is None:
        return None
    if found.references:
        first = found.references[0]
        at.wrong(
            f"a default cannot use the column {quoted('.'.join(first.parts))}",
            "a text literal in SQL stands in single quotes",
            offset=first.offset,
        )
    return None if found.sql.upper() == "NULL" else found.sql


def generated(
    at: Spot, shape: ColumnShape, siblings: Mapping[str, ColumnShape], table: str
) -> model.Generated | None:
    """Return how a column is computed from others."""
    assert shape.generated is not None  # noqa: S101 - it is written
    stored = shape.generated.stored is not None
    text = shape.generated.stored or shape.generated.virtual or ""
    at /= "stored" if stored else "virtual"
    if not stored:
        at.need(18, "a virtual generated column")
    found = expression(at, text, siblings, table)
    if found is None:
        return None
    for reference in found.references:
        source = siblings.get(reference.parts[-1])
        if source is not None and source.generated is not None:
            at.wrong(
                f"a generated column cannot use the generated column {quoted(reference.parts[0])}",
                "repeat its expression",
                offset=reference.offset,
            )
    return model.Generated(expression=found.sql, stored=stored)


def identity(at: Spot, shape: ColumnShape, of: Type) -> model.Identity | None:
    """Return how a sequence gives the values of a column."""
    assert shape.identity is not None  # noqa: S101 - it is written
    is_integer = of.name in INTEGERS and not of.array and of.kind == "builtin"
    if of is not UNKNOWN and not is_integer:
        at.wrong_key(
            f"an identity column is smallint, integer or bigint, not {of}",
            'write "type: bigint"',
        )
        return None
    if shape.nullable:
        (at.above / "nullable").wrong_key(
            "an identity column is never null", 'remove "nullable"'
        )
    options = sequence_options(at, shape.identity, of.name)
    always, name = shape.identity.generated == "always", shape.identity.sequence
    if name is not None:
        (at / "sequence").identifier(name, at_key=False)
    return model.Identity(always=always, options=options, sequence=name)


def sequence_options(
    at: Spot, shape: SequenceOptionsShape, integer: str
) -> model.SequenceOptions:
    """Return the options with PostgreSQL's defaults filled in (manual, CREATE SEQUENCE)."""
    held = INTEGERS.get(integer, INTEGERS["bigint"])
    options = model.SequenceOptions.of(
        integer,
        increment=1 if shape.increment is None else shape.increment,
        minimum=shape.min_value,
        maximum=shape.max_value,
        start=shape.start,
        cache=1 if shape.cache is None else shape.cache,
        cycle=shape.cycle,
    )
    minimum, maximum, start = options.minimum, options.maximum, options.start
    if options.increment == 0 or options.increment not in INTEGERS["bigint"]:
        (at / "increment").wrong("the increment is zero or too large", "write 1")
    if not held[0] <= minimum < maximum <= held[-1]:
        (at / ("min_value" if shape.max_value is None else "max_value")).wrong(
            f"min_value {minimum} and max_value {maximum} are no range of {integer}",
            f"{integer} holds {held[0]} to {held[-1]}",
        )
    elif not minimum <= start <= maximum:
        (at / "start").wrong(
            f"start {start} is outside of {minimum} to {maximum}",
            "start lies between min_value and max_value",
        )
    return options
