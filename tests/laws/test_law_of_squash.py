"""A law: a squash of random revisions builds what they have built, up and down."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from databases import Shared
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.drafts import first_revision
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import marked
from gen_migration.verify import same_history
from gen_migration.verify.workbench import Workbench
from gen_migration.workflows.squash import Asked, squash
from hypothesis import given, seed
from random_examples import EXAMPLES, SEED, live
from strategies import pairs
from transitions import Pair, later_revisions, transition
from yaml_text import yaml_text

pytestmark = pytest.mark.fuzz


def law(version: int, pair: Pair) -> None:
    found = transition(pair)
    first = first_revision(found.old)
    texts = [first.text(first.header)]
    texts += later_revisions(found.plan, found.new, first.header.revision)
    if not texts[1:]:
        return
    name = found.new.name
    with tempfile.TemporaryDirectory() as root:
        path, versions = Path(root) / "spec.yaml", Path(root) / "versions"
        path.write_text(yaml_text(pair[1]), encoding="utf-8")
        versions.mkdir()
        for number, text in enumerate(texts):
            file = versions / f"r{number}.py"
            file.write_text(marked(text, name, checksum(text)), encoding="utf-8")
        directory = OutputDirectory(versions)
        ids = tuple(one.id for one in directory.revisions())
        asked = Asked(force=True, drop_data=ids)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(same_history, "databases", Shared(version))
            done = squash(path, directory, asked, Workbench())
        assert done.sameness is not None
        assert done.sameness.is_good, ("\n".join(texts), done.sameness)
        assert [one.id for one in directory.revisions()] == [ids[-1]]


@live(EXAMPLES // 5)
@seed(SEED)
@given(pairs())
def test_squash(pair: Pair) -> None:
    law(18, pair)


@live(EXAMPLES // 15)
@seed(SEED)
@given(pairs(16))
def test_squash_on_postgresql_16(pair: Pair) -> None:
    law(16, pair)
