"""`make run`: from the spec to tables in a real PostgreSQL, and a look at them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gen_migration.history import offline_sql
from gen_migration.scratch import built, databases, prerequisites
from gen_migration.spec.load import load_file

SPEC, OUTPUT = Path("spec/notifications.yaml"), Path("output")


def main() -> None:
    """Generate, upgrade an embedded PostgreSQL, and show what it reports."""
    print(f"$ gen-migration {SPEC}", flush=True)
    subprocess.run(
        [sys.executable, "-m", "gen_migration", str(SPEC), "--output", str(OUTPUT)],
        check=True,
    )
    spec = load_file(SPEC)
    with databases.database() as url:
        built.prepare(url, prerequisites.statements(spec))
        print("$ alembic upgrade head", flush=True)
        offline_sql.upgrade(url, OUTPUT)
        for name in spec.schema.tables:
            print(f"\n=# \\d {name.sql}", flush=True)
            subprocess.run(
                [
                    databases.program("psql"),
                    "-X",
                    "-q",
                    "-P",
                    "pager=off",
                    "-d",
                    url,
                    "-c",
                    f"\\d {name.sql}",
                ],
                check=True,
            )
        offline_sql.downgrade(url, OUTPUT)
        print("$ alembic downgrade base\nall tables are gone again", flush=True)


if __name__ == "__main__":
    main()
