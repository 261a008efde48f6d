"""Several commands of Alembic in one process."""

from __future__ import annotations

# Runs several commands of the real command line in one process: the start is what costs.
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


def driver_url(url: str, driver: str) -> str:
    """Return a scratch database's URL as SQLAlchemy's driver takes it, escaped for an ini file."""
    return url.replace("://", f"+{driver}://", 1).replace("%", "%%")
