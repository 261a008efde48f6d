"""Law 6: on PostgreSQL, with rows in the tables, a change leads where it says, and back.

A run is the same for everybody; GEN_MIGRATION_SEED=… is another, GEN_MIGRATION_EXAMPLES a long one.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import databases
from both_ways import (
    catalog,
    comes_back,
    equal,
    nothing,
    unordered,
)
from environment import as_superuser
from expected_catalog import expected
from gen_migration.history.drafts import first_revision
from gen_migration.scratch.prerequisites import make_roles
from hypothesis import given, seed
from loaded import Loaded
from names_of_parts import misnamed, other_parts
from random_examples import EXAMPLES, SEED, live
from round_trips import down, stays, up
from rows import insert, kept, rows
from strategies import pairs
from transitions import Pair, later_revisions, transition, write


def law_6(version: int, pair: Pair) -> None:
    # Nobody says that the values of a strange schema mean anything in this one.
    related = pair[2]
    found = transition(pair)
    old, new, made = found.old, found.new, found.plan
    given_facts = nothing(version)
    with tempfile.TemporaryDirectory() as name, databases.database(version) as url:
        connection = databases.connection(url)
        administrator = databases.connection(as_superuser(url))
        for one in (*make_roles(old.schema), *make_roles(new.schema)):
            connection.execute(one)
        directory = Path(name)
        draft = first_revision(old)
        first = draft.text(draft.header)
        (directory / "first.py").write_text(first, encoding="utf-8")
        up(url, Loaded(directory))
        before = catalog(connection)
        full = related and comes_back(made, old.schema)
        filled = insert(administrator, old, new) if full else set()
        texts = later_revisions(made, new, draft.header.revision)
        write(texts, directory)
        every = Loaded(directory)
        text = "\n".join(texts)
        touched = kept(found, filled)
        # It has the owners and the grants that it does not say.
        new = replace(new, schema=made.schema)
        held = rows(administrator, touched)
        up(url, every)
        after = given_facts | unordered(expected(new, connection))
        assert misnamed(new.schema, connection) == {}, text
        assert other_parts(new.schema, connection) == {}, text
        equal(catalog(connection), after, "upgrade", text)
        assert rows(administrator, touched) == held
        if "raise NotImplementedError" in text:
            # It stops before it has changed anything.
            stays(url, every, draft.header.revision)
            equal(catalog(connection), after, "downgrade", text)
            assert rows(administrator, touched) == held
            return
        down(url, every, draft.header.revision)
        equal(catalog(connection), before, "downgrade", text)
        assert misnamed(old.schema, connection) == {}, text
        assert other_parts(old.schema, connection) == {}, text
        assert rows(administrator, touched) == held
        up(url, every)
        equal(catalog(connection), after, "second upgrade", text)
        assert rows(administrator, touched) == held


@live()
@seed(SEED)
@given(pairs())
def test_6(pair: Pair) -> None:
    law_6(18, pair)


@live(EXAMPLES // 3)
@seed(SEED)
@given(pairs(16))
def test_6_on_postgresql_16(pair: Pair) -> None:
    law_6(16, pair)
