"""Several commands of Alembic in one process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from environment import forked

if TYPE_CHECKING:
    from environment import Environment

# Runs several commands of the real command line in one process.
BATCH = """
import json, sys
import psycopg
from alembic.config import main

url, commands = sys.argv[1], json.loads(sys.argv[2])
for command in commands:
    print(">>>", " ".join(command), flush=True)
    if command == ["relations"]:
        with psycopg.connect(url) as connection:
            query = (
                "SELECT relname FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')"
                " ORDER BY 1"
            )
            print(*(row[0] for row in connection.execute(query)))
    else:
        main(argv=command, prog="alembic")
    sys.stdout.flush()
"""


def batch(project: Environment, url: str, *commands: list[str]) -> list[str]:
    """Return what each command says; `relations` are those of the schema public."""
    command = ["python", "-c", BATCH, url, json.dumps(commands)]
    done = forked(command, project.root)
    assert done.status == 0, done.stderr
    return [part.partition("\n")[2].strip() for part in done.stdout.split(">>> ")[1:]]


def driver_url(url: str, driver: str) -> str:
    """Return a scratch database's URL as SQLAlchemy's driver takes it, escaped for an ini file."""
    return url.replace("://", f"+{driver}://", 1).replace("%", "%%")
