"""Expressions that another process parses, while a spec is checked that has them.

It finds what this process would find; what it does not know, or refuses, is parsed here.
"""

from __future__ import annotations

import contextlib
import marshal
from typing import TYPE_CHECKING, Any

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

AT_ONCE = 50  # expressions in an answer


def parsed(texts: Iterable[str]) -> Iterator[bytes]:
    """Yield answers: the texts, and then some of them at a time with what makes an expression.

    That is None where a text is none.
    """
    every = [*texts]
    yield marshal.dumps(every)
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        yield marshal.dumps([(text, parsed_values(text)) for text in some])


def parsed_values(text: str) -> tuple[Any, ...] | None:
    with contextlib.suppress(SqlMistake):
        return values(parse_expression(text))
    return None


@contextlib.contextmanager
def parsed_elsewhere(answers: Iterator[bytes]) -> Iterator[None]:
    """Have expressions taken from the answers of another process, which `parsed` makes."""
    texts = next(answers, None)
    if texts is not None:
        PARSED.expect(marshal.loads(texts), map(read, answers))  # noqa: S302 - a fork's
    try:
        yield
    finally:
        PARSED.expect((), iter(()))


def read(data: bytes) -> dict[str, Expression | None]:
    """Return the expressions of an answer by their texts."""
    return {
        text: None if held is None else made(*held)
        for text, held in marshal.loads(data)  # noqa: S302 - a fork of this process wrote it
    }


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
