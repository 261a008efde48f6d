"""Who may do what: each kind declares what it needs to, and statements lead there and back."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

import pytest
from gen_migration.kinds import KINDS
from gen_migration.model.access import Granted

if TYPE_CHECKING:
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
