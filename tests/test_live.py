"""Every golden case does on PostgreSQL what its spec says: up, down without a trace, up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import databases
import pytest
from cases import Case, all_cases, name_of
from catalog import difference, expected, facts, misnamed
from gen_migration import apply, given, scratch
from gen_migration.errors import Error
from gen_migration.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalog import Facts
    from gen_migration.schema import Spec

CASES = [
    case
    for case in all_cases()
    if "revision.py" in case.sections and "offline" not in case.sections
]


def prepare(spec: Spec, before: str, connection: Any) -> None:
    """Build what a spec takes for given, and what a case asks for."""
    connection.execute(before, prepare=False)
    for statement in given.statements(spec):
        connection.execute(statement, prepare=False)


def read(url: str, spec: Spec | None = None) -> tuple[Facts, Facts]:
    """Return what a database holds, and what it should hold of a spec."""
    connection = databases.connection(url)
    return facts(connection), expected(spec, connection) if spec else {}


def unnamed(url: str, spec: Spec) -> dict[tuple[str, str, str], str]:
    """Return the names of NOT NULL that a spec gives and a database has not."""
    return misnamed(spec.schema, databases.connection(url))


def compare(found: Facts, wanted: Facts, when: str) -> None:
    """Fail, with the difference alone, unless the two are equal."""
    if lines := difference(found, wanted):
        pytest.fail(f"after the {when}:\n{lines}", pytrace=False)


def migrate(step: Callable[[str, Path], None], url: str, directory: Path) -> None:
    """Run an upgrade or a downgrade; fail with the words of the error alone."""
    try:
        step(url, directory)
    except Error as error:
        pytest.fail(f"{step.__name__}: {error}", pytrace=False)


def round_trip(
    version: int, spec_text: str, revision: str, directory: Path, before: str = ""
) -> None:
    spec = load(spec_text, "spec.yaml")
    if spec.postgresql > version:
        pytest.skip(f"the spec is for PostgreSQL {spec.postgresql}")
    (directory / "revision.py").write_text(revision, encoding="utf-8")
    with databases.database(version) as url:
        prepare(spec, before, databases.connection(url))
        given, _ = read(url)
        migrate(apply.upgrade, url, directory)
        assert unnamed(url, spec) == {}
        found, own = read(url, spec)
        wanted = given | own
        compare(found, wanted, "upgrade")
        migrate(apply.downgrade, url, directory)
        compare(read(url)[0], given, "downgrade")
        migrate(apply.upgrade, url, directory)
        compare(read(url)[0], wanted, "second upgrade")
        assert unnamed(url, spec) == {}


@pytest.mark.parametrize("case", CASES, ids=name_of)
@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_round_trip(version: int, case: Case, tmp_path: Path) -> None:
    sections = case.sections
    before = sections.get("before.sql", "")
    round_trip(version, case.spec, sections["revision.py"], tmp_path, before)
