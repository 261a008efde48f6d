"""What SQLAlchemy's `text()` takes for a parameter is escaped, and comes back in a replay."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from gen_migration.alembic_ops.read_texts import statement
from gen_migration.alembic_ops.write import escape_text

# sqlalchemy.sql.compiler.BIND_PARAMS before 2.1, which is not at hand.
OLD = re.compile(r"(?<![:\w\$\x5c]):([\w\$]+)(?![:\w\$])")


@pytest.mark.parametrize("name", ["a:b", "a:$", ":$b", "a:b$", r"a\:b", "a::b", "a: b"])
def test_a_name(name: str) -> None:
    sql = f'SELECT 1 AS "{name}"'
    escaped = escape_text(sql)
    assert str(sa.text(escaped)) == sql
    assert statement(escaped) == sql
    assert OLD.search(escaped) is None
