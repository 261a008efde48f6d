"""How long statements of a revision may wait and run, as SQL.

A setting comes back as it was: a database, its env.py or the next revision may have set it. Its
value meanwhile is kept in a setting of our own (PostgreSQL manual, 19.16, "Customized Options").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.sql import quote_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def begin(
    settings: Mapping[str, str], *, local: bool, saved: Iterable[str] | None = None
) -> list[str]:
    """Return what keeps settings and gives them other values; local ones end with a transaction."""
    kept = ", ".join(
        f"set_config('gen_migration.{name}', current_setting('{name}'), {word(local=local)})"
        for name in saved or settings
    )
    changed = [set_to(name, value, local=local) for name, value in settings.items()]
    return [f"SELECT {kept}", *changed]


def set_to(name: str, value: str, *, local: bool = False) -> str:
    """Return what gives a setting a value."""
    return f"SET {'LOCAL ' if local else ''}{name} = {quote_text(value)}"


def end(names: Iterable[str], *, local: bool) -> str:
    """Return what gives settings their values of before."""
    back = ", ".join(
        f"set_config('{name}', current_setting('gen_migration.{name}'), {word(local=local)})"
        for name in names
    )
    return f"SELECT {back}"


def word(*, local: bool) -> str:
    return "true" if local else "false"
