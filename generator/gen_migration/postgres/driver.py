"""The driver of PostgreSQL, where it is installed."""

from __future__ import annotations

from typing import Any

from gen_migration.base.errors import Error


def driver() -> Any:
    """Return the module psycopg. Raises Error when it is not installed, or cannot be loaded."""
    try:
        import psycopg
    except ImportError as error:
        what = "is not installed"
        if error.name != "psycopg":
            what = f"cannot be loaded: {error.msg.splitlines()[0]}"
        raise Error(
            f"psycopg {what}", hint='pip install "gen-migration[postgres]"'
        ) from None
    return psycopg
