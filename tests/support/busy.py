"""A table that others use, an edit of it, and a project that upgrades it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from environment import Done, Environment, environment, forked

if TYPE_CHECKING:
    from pathlib import Path

OLD = """\
name: shop
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      email: {type: text, nullable: true}
      team: {type: text, nullable: true}
"""


COLUMN = OLD + "      name: {type: text, nullable: true}\n"


def project_of(
    path: Path,
    database: str,
    template: str = "generic",
    driver: str = "psycopg",
    spec: str = OLD,
) -> Environment:
    """Return a project whose database has the tables of a spec."""
    project = environment(path, template)
    url = database.replace("postgresql://", f"postgresql+{driver}://")
    given = "sqlalchemy.url = driver://user:pass@localhost/dbname"
    project.edit(project.ini, given, f"sqlalchemy.url = {url.replace('%', '%%')}")
    assert project.generate(spec=spec).status == 0
    assert alembic(project, "upgrade", "head").status == 0
    return project


def alembic(project: Environment, *arguments: str) -> Done:
    return forked(["alembic", *arguments], project.root)
