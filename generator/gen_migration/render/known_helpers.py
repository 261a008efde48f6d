"""The helpers that gen-migration has written into revisions, of this version and of older ones.

A helper is recognised by its syntax tree: one that was changed is a hand edit, and what it does
is not known. Whoever changes the text of a helper keeps the old one here.
"""

from __future__ import annotations

import ast
from functools import cache

from gen_migration.render import helpers

TEXTS = (
    '''
class PostgreSQLType(sa.types.UserDefinedType[object]):
    """A type as PostgreSQL spells it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: object) -> str:
        return self.name
''',
    '''
@contextmanager
def advised(query: str) -> Iterator[None]:
    """Say which rows a statement stops at."""
    try:
        yield
    except IntegrityError as error:
        raise CommandError(
            f"revision {revision}: {error.orig} -- find the rows: {query}"
            " -- then mend them and run the same command again: it goes on from here"
        ) from error
''',
)


def texts() -> tuple[str, ...]:
    """Return all that gen-migration has written, those of today first."""
    return *map(helpers.text, helpers.NAMES), *TEXTS


def is_known(node: ast.stmt) -> bool:
    """Tell whether a function or class of a revision is one that gen-migration has written."""
    return ast.dump(node) in trees()


@cache
def trees() -> frozenset[str]:
    return frozenset(ast.dump(ast.parse(text).body[0]) for text in texts())
