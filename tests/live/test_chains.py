"""Many edits in a row, a revision each, then down to nothing: the catalog is right at every step.

GEN_MIGRATION_SEED=… runs others, GEN_MIGRATION_CHAINS more of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import databases
import pytest
from both_ways import catalog, equal, nothing, unordered
from edits import edited
from expected_catalog import expected
from gen_migration.base.errors import Error
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.scratch import databases as scratch
from gen_migration.scratch.prerequisites import make_roles
from gen_migration.spec.load import load
from gen_migration.workflows.generate import generate
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from loaded import Loaded
from random_examples import SEED
from round_trips import down, up
from servers import is_all
from strategies import documents
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from catalog import Facts

pytestmark = pytest.mark.fuzz
LENGTH = 30 if is_all() else 10
CHAINS = int(os.environ.get("GEN_MIGRATION_CHAINS", "1"))


def documents_in_a_row(number: int) -> Iterator[dict[str, Any]]:
    """Yield a random document and what edits make of it, one after the other."""
    document = drawn(documents(16), number)
    yield document
    for step in range(1, LENGTH + 1):
        document = drawn(edited(document), number + step)
        yield document


def drawn(strategy: st.SearchStrategy[dict[str, Any]], number: int) -> dict[str, Any]:
    """Return an example of a strategy; the first that Hypothesis makes is the simplest."""
    made: list[dict[str, Any]] = []

    @settings(
        max_examples=2,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @seed(number)
    @given(strategy)
    def draw(document: dict[str, Any]) -> None:
        made.append(document)

    draw()
    return made[-1]


@pytest.mark.parametrize("chain", range(CHAINS))
@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_a_chain_of_edits(version: int, chain: int, tmp_path: Path) -> None:
    climb(version, SEED + chain, tmp_path)


def climb(version: int, number: int, tmp_path: Path) -> None:
    """Go up a chain of revisions, and down again."""
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    directory, request = OutputDirectory(output), Request(allow_data_loss=True)
    seen: list[tuple[str, Facts]] = []
    with databases.database(version) as url:
        connection = databases.connection(url)
        for document in documents_in_a_row(number):
            text = yaml_text(document)
            path.write_text(text, encoding="utf-8")
            try:
                result = generate(path, directory, request)
            except Error as error:
                # An edit may ask for a cast that nobody can know.
                assert "by itself" in str(error)  # noqa: PT017
                continue
            if not result.written:
                continue
            new = load(text, "spec.yaml")
            for statement in make_roles(new.schema):
                connection.execute(statement)
            up(url, Loaded(output))
            found = catalog(connection)
            wanted = nothing(version) | unordered(expected(new, connection))
            # Grants that a spec says no more stay as they are, and are compared no more.
            held = {
                key: value
                for key, value in found.items()
                if key in wanted or not key.startswith("access ")
            }
            texts = [path.read_text(encoding="utf-8") for path in result.paths]
            head = result.revisions[-1]
            equal(held, wanted, f"upgrade to {head}", "\n".join(texts))
            seen.append((head, found))
        assert len(seen) > LENGTH // 2
        every = Loaded(output)
        for revision, found in reversed(seen):
            down(url, every, revision)
            equal(catalog(connection), found, f"downgrade to {revision}", "")
        down(url, every)
        equal(catalog(connection), nothing(version), "downgrade to base", "")
