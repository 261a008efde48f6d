"""Random specs do on PostgreSQL what they say, up, down without a trace, and offline as well."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
from gen_migration.history import offline_sql
from gen_migration.history.migrate import upgrade_to
from gen_migration.postgres import urls
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from hypothesis import Phase, given, settings
from strategies import documents
from test_live import build, revision, round_trip
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable

# A long run sets this; shrinking over live databases would take minutes.
EXAMPLES = int(os.environ.get("GEN_MIGRATION_EXAMPLES", "25"))
live: Callable[[Any], Any] = settings(
    max_examples=EXAMPLES, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)


@live
@given(documents())
def test_random_specs(document: dict[str, Any]) -> None:
    text = yaml_text(document)
    spec = load(text, "spec.yaml")
    with tempfile.TemporaryDirectory() as name, databases.database() as url:
        round_trip(build(url, spec, revision(text), Path(name)))


def dump(url: str) -> str:
    command = [
        str(scratch.program("pg_dump")),
        "--schema-only",
        "--restrict-key=x",
        "-d",
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    # Each scratch database has an owner of its own.
    return done.stdout.replace(urls.parse(url).user, "owner")


@live
@given(documents())
def test_offline_sql_does_the_same(document: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as directory, databases.database() as one:
        versions = Path(directory)
        text = revision(yaml_text(document))
        (versions / "revision.py").write_text(text, encoding="utf-8")
        offline_sql.upgrade(one, versions)
        with databases.database() as other:
            with scratch.connect(other) as connection:
                connection.execute(
                    offline_sql.offline_sql(versions, upgrade_to("heads"), ())
                )
            assert dump(one) == dump(other)
