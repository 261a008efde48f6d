"""The statement that gives a NOT NULL the name that PostgreSQL chooses, there and back."""

from __future__ import annotations

import pytest
from gen_migration.model import not_null_names as names
from gen_migration.postgres.names import Name

TABLE = Name("app", "t")


@pytest.mark.parametrize("name", [None, "x"])
def test_a_statement_is_read_as_it_was_written(name: str | None) -> None:
    body = names.rename(TABLE, "a", name).removeprefix("DO $$").removesuffix("$$")
    assert names.renamed(body) == (TABLE, "a", name)


def test_what_earlier_versions_wrote_is_read() -> None:
    body = names.rename(TABLE, "a", None).removeprefix("DO $$").removesuffix("$$")
    former = body.replace("WITH ORDINALITY AS choice (free, place)", "AS free")
    former = former.replace("ORDER BY place ", "")
    assert former != body
    assert names.renamed(former) == names.renamed(body)
