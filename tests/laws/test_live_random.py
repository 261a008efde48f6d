"""Random specs do on PostgreSQL what they say, up, down without a trace, and offline as well."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import databases
from dumps import dump
from gen_migration.history import offline_sql
from gen_migration.history.migrate import upgrade_to
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from hypothesis import given
from random_examples import live
from round_trips import build, revision, round_trip
from strategies import documents
from yaml_text import yaml_text


@live
@given(documents())
def test_random_specs(document: dict[str, Any]) -> None:
    text = yaml_text(document)
    spec = load(text, "spec.yaml")
    with tempfile.TemporaryDirectory() as name, databases.database() as url:
        round_trip(build(url, spec, revision(text), Path(name)))


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
