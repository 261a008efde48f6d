"""What --sql prints does to a database what the revision does, there and back."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import databases
from dumps import dump
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import databases as scratch
from gen_migration.scratch.prerequisites import make_roles
from gen_migration.spec.load import load
from hypothesis import given, seed
from random_examples import EXAMPLES, SEED, live
from strategies import pairs
from transitions import Pair, answered, headers, later_revisions, write
from yaml_text import yaml_text


def psql(url: str, sql: str) -> None:
    """Run SQL as a person would who is not allowed to run Alembic."""
    command = [
        str(scratch.program("psql")),
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        url,
    ]
    done = subprocess.run(
        [*command, "-f", "-"], input=sql, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stderr}\n{sql}"


@live(EXAMPLES // 3)
@seed(SEED)
@given(pairs())
def test_sql_does_what_the_revision_does(pair: Pair) -> None:
    *documents, _ = pair
    old, new = (load(yaml_text(one), "spec.yaml") for one in documents)
    draft = first_revision(old)
    first = draft.header.revision
    made = answered(old.schema, new)
    texts = later_revisions(made, new, first)
    both = (
        offline_sql.both_ways(texts, headers(made, first))
        if texts
        else "-- downgrade\n"
    )
    up, down = both.split("-- downgrade\n")
    with (
        tempfile.TemporaryDirectory() as name,
        databases.database() as one,
        databases.database() as other,
    ):
        versions = Path(name)
        (versions / "first.py").write_text(draft.text(draft.header), encoding="utf-8")
        for url in (one, other):
            for statement in (*make_roles(old.schema), *make_roles(new.schema)):
                databases.connection(url).execute(statement)
            offline_sql.upgrade(url, versions)
        write(texts, versions)
        offline_sql.upgrade(one, versions)
        psql(other, up)
        assert dump(one) == dump(other)
        offline_sql.downgrade(one, versions, first)
        psql(other, down)
        assert dump(one) == dump(other)
