"""A database as `pg_dump` has it."""

from __future__ import annotations

import subprocess

from gen_migration.postgres import urls
from gen_migration.scratch import databases as scratch


def dump(url: str) -> str:
    """Return the schema of a database as pg_dump prints it."""
    command = [
        str(scratch.program("pg_dump")),
        "--schema-only",
        "--restrict-key=x",
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # Each scratch database has an owner of its own.
    return done.stdout.replace(urls.parse(url).user, "owner")
