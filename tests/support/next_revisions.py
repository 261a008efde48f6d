"""The next revision of a spec that is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from environment import Environment, written
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from environment import Done


def upgrade(text: str) -> str:
    """Return what a revision does on the way up."""
    return text.partition("def upgrade")[2].partition("def downgrade")[0]


def next_text(project: Environment, spec: str, *arguments: str) -> str:
    """Return the text of the revision that a run has written."""
    path = written(project.generate(*arguments, spec=spec))
    return (project.root / path).read_text(encoding="utf-8")


def up_to_date(done: Done) -> None:
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr.splitlines()[-1].startswith("up to date: ")


def columns(url: str, table: str) -> list[tuple[str, str]]:
    query = (
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1"
    )
    with databases.connect(url) as connection:
        return list(connection.execute(query, [table]))
