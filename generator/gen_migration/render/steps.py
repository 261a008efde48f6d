"""Numbers of the statements that Alembic makes of directives, for what is said while they run.

Source: Alembic, `DefaultImpl.create_table`, `DefaultImpl.alter_column` and `PostgresqlImpl`;
a test counts what runs.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from gen_migration.alembic_ops.calls import Call
from gen_migration.postgres.secret_values import Secretive
from gen_migration.render.helpers import STATEMENTS, builds_beside_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.render.create import Part

# What `op.alter_column` has a statement for, each.
ALTERED = frozenset(
    ("type_", "nullable", "server_default", "new_column_name", "comment")
)


def count(part: Part) -> int:
    """Return how many statements are executed for a part of a revision's body.

    What holds a secret is told to nobody.
    """
    if isinstance(part, str):
        return 0 if isinstance(part, Secretive) else 1
    match part.name:
        case "op.create_table" | "op.add_column":
            columns = (one for one in part.arguments if isinstance(one, Call))
            return 1 + sum("comment" in one.keywords for one in (part, *columns))
        case "op.alter_column":
            return len(ALTERED & part.keywords.keys())
        case name if name == STATEMENTS:
            return len(part.arguments[0])
        case _ if builds_beside_others(part):
            return 2  # what has its name goes, or stays
        case _:
            return 1


def numbered(counts: Sequence[int]) -> Iterator[dict[str, str]]:
    """Yield, for each block of a revision, the option that says which of its statements it has.

    A single one needs none.
    """
    *_, whole = ends = [*accumulate(counts)]
    for number, end in zip(counts, ends, strict=True):
        first = end - number + 1
        named = f"{first}-{end}" if end > first else f"{first}"
        yield {"steps": f"{named} of {whole}"} if whole > 1 else {}
