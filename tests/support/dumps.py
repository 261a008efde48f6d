"""A database as `pg_dump` has it."""

from __future__ import annotations

import re
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
    own = urls.parse(url).user
    return re.sub(
        rf"\b(gm_[0-9]+_[0-9a-f]{{32}}|{re.escape(own)})\b", "owner", done.stdout
    )
