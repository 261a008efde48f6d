"""Laws 6 and 13 over random objects of superusers, which stand on each other."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import databases
from both_ways import equal, of_spec, read, unordered
from catalog import expected
from edges import missing
from edits_of_superusers import is_refused, superuser_pairs
from environment import as_superuser
from gen_migration.history.drafts import first_revision
from hypothesis import assume, given, seed
from loaded import Loaded
from random_examples import EXAMPLES, SEED, live
from round_trips import down, up
from transitions import Pair, later_revisions, transition, write


def laws(version: int, pair: Pair) -> None:
    found = transition(pair)
    assume(not is_refused(found))
    old, new = found.old, replace(found.new, schema=found.plan.schema)
    with tempfile.TemporaryDirectory() as name, databases.database(version) as own:
        url, directory = as_superuser(own), Path(name)
        connection = databases.connection(url)
        given = read(url)
        draft = first_revision(old)
        (directory / "first.py").write_text(draft.text(draft.header), encoding="utf-8")
        up(url, Loaded(directory))
        before = read(url)
        assert missing(old.schema, connection) == []
        texts = later_revisions(found.plan, new, draft.header.revision)
        write(texts, directory)
        every, text = Loaded(directory), "\n".join(texts)
        table = {key: one for key, one in before.items() if "alembic_version" in key}
        up(url, every)
        after = given | table | unordered(expected(new, connection))
        equal(of_spec(url, new, after), after, "upgrade", text)
        assert missing(new.schema, connection) == []
        if "raise NotImplementedError" in text:  # an enum keeps its values
            return
        down(url, every, draft.header.revision)
        equal(read(url), before, "downgrade", text)
        up(url, every)
        equal(of_spec(url, new, after), after, "second upgrade", text)
        down(url, every)
        equal(read(url), given | table, "downgrade to base", text)


@live()
@seed(SEED)
@given(superuser_pairs())
def test_laws(pair: Pair) -> None:
    laws(18, pair)


@live(EXAMPLES // 3)
@seed(SEED)
@given(superuser_pairs())
def test_laws_on_postgresql_16(pair: Pair) -> None:
    laws(16, pair)
