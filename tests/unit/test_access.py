"""Who may do what: each kind declares what it needs to, and statements lead there and back."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest
from comparing import run
from gen_migration.kinds import KINDS
from gen_migration.model.access import Granted

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.kinds.kind import Kind

OWNED = [kind for kind in KINDS if kind.has_owner]


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.word)
def test_a_kind_with_owners_is_found_in_the_catalog(kind: Kind) -> None:
    """It says where it is kept, and its query gives the OIDs there."""
    granting = kind.granting
    catalog = kind.catalog if granting is None else granting.catalog
    queries = resources.files("gen_migration.catalog") / "queries"
    owners, own = (
        (queries / f"{name}.sql").read_text() for name in ("owners", kind.key)
    )
    assert f"'{catalog}'" in owners
    assert "oid,\n" in own.partition("SELECT")[2]
    assert issubclass(kind.value, Granted) == (granting is not None)
    if granting is not None:
        assert f"'{catalog}'" in (queries / "grants.sql").read_text()


def test_what_a_spec_says_no_more_of_grants_is_told(tmp_path: Path) -> None:
    """Nothing is revoked then; what is renamed is the same thing, and `{}` says something."""
    says = "owner: app, grants: {app: [select]}"
    files = {
        "old": f"u: {{columns: {{a: text}}, grants: {{}}}}, t: {{columns: {{a: text}}, {says}}}",
        "new": "u: {columns: {a: text}, grants: {}}, w: {columns: {a: text},"
        " renamed_from: t}",
    }
    for name, tables in files.items():
        (tmp_path / f"{name}.yaml").write_text(f"name: s\ntables: {{{tables}}}\n")
    old, new = (str(tmp_path / f"{name}.yaml") for name in files)
    assert [line for line in run(old, new).stderr.splitlines() if "said" in line] == [
        "note: said no more, and so no longer compared: grants of table w",
        "note: said no more, and so no longer compared: owner of table w",
    ]
    assert "said no more" not in run(new, old).stderr
