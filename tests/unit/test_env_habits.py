"""What a doctor reads in an `env.py`, which is not run."""

from __future__ import annotations

import ast
from pathlib import Path

import alembic
import pytest
from gen_migration.history.env_habits import (
    IF_FALSE,
    KEYWORDS,
    LOOP,
    MANY,
    NO_TRANSACTION,
    OWN_SQL,
    habits,
)

TEMPLATES = Path(alembic.__file__).parent / "templates"
RUN = "with context.begin_transaction():\n    context.run_migrations()\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RUN, []),
        ("context.run_migrations()\n", [(1, NO_TRANSACTION)]),
        ("c.begin()\ncontext.run_migrations()\n", []),
        (
            (
                "for schema in tenants():\n    with context.begin_transaction():\n"
                "        context.run_migrations()\n"
            ),
            [(1, LOOP)],
        ),
        (RUN + "c.execute(text('CREATE SCHEMA app'))\nc.scalar(x)\n", [(3, OWN_SQL)]),
        (
            (
                "context.configure(\n    include_object=f,\n    include_name=None,\n"
                "    transaction_per_migration=True,\n    transactional_ddl=False,\n)\n"
            ),
            [(2, KEYWORDS["include_object"]), (5, IF_FALSE["transactional_ddl"])],
        ),
    ],
)
def test_habits(text: str, found: list[tuple[int, tuple[str, str]]]) -> None:
    said = [(one.line, (one.words, one.hint)) for one in habits(ast.parse(text))]
    assert said == found


def test_alembic_s_own_templates_have_none_but_that_for_many_databases() -> None:
    said = {}
    for path in sorted(TEMPLATES.glob("*/env.py")):
        found = habits(ast.parse(path.read_bytes()))
        said[path.parent.name] = [(one.level, one.words) for one in found]
    assert said.pop("multidb") == [("error", MANY[0])]
    assert len(said) >= 3
    assert not any(said.values())
