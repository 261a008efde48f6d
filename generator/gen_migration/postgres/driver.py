"""The driver of PostgreSQL, where it is installed."""

from __future__ import annotations

from typing import Any

from gen_migration.base.errors import Error


def driver() -> Any:
    """Return the module psycopg. Raises Error when it is not installed."""
    try:
        import psycopg
    except ImportError:
        raise Error(
            "psycopg is not installed", hint='pip install "gen-migration[postgres]"'
        ) from None
    return psycopg
