"""The sequence of a serial column of an unlogged table, which PostgreSQL 15 makes unlogged as well.

Before 15, all sequences are logged. Source: release notes of 15, E.17.3.3; ALTER SEQUENCE.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.postgres.names import quote_text
from gen_migration.sql import do_block

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name

START = "IF current_setting('server_version_num')::integer >= 150000 THEN"
BODY = re.compile(
    rf"\s*BEGIN\s+{re.escape(START)}\s+EXECUTE 'ALTER SEQUENCE (\S.*) SET UNLOGGED';"
    r"\s+END IF;\s+END\s*"
)


def unlogged(sequence: Name) -> str:
    """Return a statement that makes a sequence unlogged where PostgreSQL can."""
    alter = quote_text(f"ALTER SEQUENCE {sequence.sql} SET UNLOGGED")
    return do_block.block((f"    {START}", f"        EXECUTE {alter};", "    END IF;"))


def read(body: str) -> str | None:
    """Return the sequence that such a block is about; None for any other one."""
    found = BODY.fullmatch(body)
    return None if found is None else found[1]
