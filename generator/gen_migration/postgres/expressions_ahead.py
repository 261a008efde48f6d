"""Expressions that another process parses, while a spec is checked that has many of them.

It finds what this process would find; what it does not know, or refuses, is parsed here.
"""

from __future__ import annotations

import contextlib
import marshal
from typing import TYPE_CHECKING, Any

from gen_migration.base.meanwhile import answered
from gen_migration.postgres.expressions import (
    PARSED,
    Expression,
    Reference,
    parse_expression,
)
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import SqlMistake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@contextlib.contextmanager
def parsing(texts: Iterable[str]) -> Iterator[None]:
    """Let another process parse expressions while the body runs."""
    with answered(lambda: marshal.dumps([*parsed(texts)])) as answer:
        PARSED.ask(lambda: read(answer()))
        try:
            yield
        finally:
            PARSED.ask(None)


def parsed(texts: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield those of some texts that are expressions, each with the values that make it."""
    for text in texts:
        with contextlib.suppress(SqlMistake):
            yield text, values(parse_expression(text))


def read(data: bytes) -> dict[str, Expression]:
    """Return expressions by their texts; none where there is no answer."""
    found = marshal.loads(data) if data else ()  # noqa: S302 - a fork of this process wrote it
    return {text: made(*held) for text, held in found}


def values(found: Expression) -> tuple[Any, ...]:
    """Return an expression as plain values."""
    return (
        found.sql,
        tuple((one.parts, one.offset) for one in found.references),
        found.simple,
        found.call,
        found.column,
        None if found.collation is None else tuple(found.collation),
        tuple((one.parts, one.offset) for one in found.session),
    )


def made(
    sql: str,
    references: Iterable[Any],
    simple: bool,
    call: bool,
    column: tuple[str, ...] | None,
    collation: tuple[Any, ...] | None,
    session: Iterable[Any],
) -> Expression:
    """Return the expression of plain values."""
    return Expression(
        sql,
        tuple(Reference(*one) for one in references),
        simple,
        call,
        column,
        None if collation is None else Name(*collation),
        tuple(Reference(*one) for one in session),
    )
