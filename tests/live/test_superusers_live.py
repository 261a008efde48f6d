"""Laws 6 and 13 over random objects of superusers, which stand on each other."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import databases
import pytest
from both_ways import equal, of_spec, read, unordered
from edges import missing
from edits_of_superusers import is_refused, superuser_pairs
from expected_catalog import expected
from gen_migration.history import migrate
from gen_migration.history.drafts import first_revision
from hypothesis import assume, given, seed
from loaded import Loaded
from random_examples import EXAMPLES, SEED, live
from round_trips import down, up
from transitions import Pair, later_revisions, transition, write

WORD = {
    "base_types": {"word": {"input": "word_in", "output": "word_out"}},
    "functions": {
        name: {
            "returns": returns,
            "language": "internal",
            "immutable": True,
            "strict": True,
            "body": body,
        }
        for name, returns, body in (
            ("word_in(cstring)", "word", "textin"),
            ("word_out(word)", "cstring", "textout"),
        )
    },
}


def laws(version: int, pair: Pair) -> None:
    found = transition(pair)
    assume(not is_refused(found))
    old, new = found.old, replace(found.new, schema=found.plan.schema)
    with (
        tempfile.TemporaryDirectory() as name,
        databases.database(version, is_superuser=True) as url,
    ):
        directory = Path(name)
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


@live(EXAMPLES // 2)
@seed(SEED)
@given(superuser_pairs())
def test_laws(pair: Pair) -> None:
    laws(18, pair)


@live(EXAMPLES // 3)
@seed(SEED)
@given(superuser_pairs())
def test_laws_on_postgresql_16(pair: Pair) -> None:
    laws(16, pair)


def test_a_base_type_takes_nothing_along_that_is_not_ours(tmp_path: Path) -> None:
    found = transition(({"name": "s", **WORD}, {"name": "s"}, True))
    with databases.database(is_superuser=True) as url:
        draft = first_revision(found.old)
        (tmp_path / "first.py").write_text(draft.text(draft.header), encoding="utf-8")
        up(url, Loaded(tmp_path))
        write(later_revisions(found.plan, found.new, draft.header.revision), tmp_path)
        every = Loaded(tmp_path)
        connection = databases.connection(url)
        connection.execute("CREATE TABLE strange (w word[])")
        connection.execute("CREATE VIEW v AS SELECT word_out('a') IS NULL AS w")
        both = "type word is used by column w of table strange, rule _RETURN on view v"
        with pytest.raises(Exception, match=both):
            migrate.upgrade(url, every)
        connection.execute("DROP TABLE strange")
        connection.execute("DROP VIEW v")
        up(url, every)
        assert connection.execute("SELECT to_regtype('word')").fetchone() == (None,)
