"""Steps from one domain to another: as values, and as `ALTER DOMAIN`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.model import renaming
from gen_migration.postgres.names import quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Check


def check(name: str, value: Check) -> str:
    """Return a check with its name."""
    return f"CONSTRAINT {quote_name(name)} {ddl.constraint_body(value)}"


def words(value: Check | None) -> str | None:
    """Return a check as SQL; None where there is none."""
    return None if value is None else ddl.constraint_body(value)


def settled(old: Any, new: Any) -> Iterator[Any]:
    """Yield the values on the way to one that asks for no more than the new one does."""
    for key, one in old.checks.items():
        if key in new.checks and is_validated(one, new.checks[key]):
            continue
        alike = (to for to, found in new.checks.items() if found == one)
        target = next((to for to in alike if to not in old.checks), None)
        checks = {name: held for name, held in old.checks.items() if name != key}
        if target is not None:
            checks = renaming.rekeyed(old.checks, key, target)
        old = replace(old, checks=checks)
        yield old
    old = replace(old, default=new.default)
    yield old
    yield replace(old, nullable=old.nullable or new.nullable)


def grown(old: Any, new: Any) -> Iterator[Any]:
    """Yield the values on the way to the new one: checks come NOT VALID, and are then validated.

    What reads rows comes last.
    """
    for key, one in new.checks.items():
        if key not in old.checks:
            old = replace(old, checks={**old.checks, key: replace(one, not_valid=True)})
            yield old
    for key, one in new.checks.items():
        old = replace(old, checks={**old.checks, key: one})
        yield old
    yield replace(old, nullable=new.nullable)


def is_validated(old: Check, new: Check) -> bool:
    """Tell whether two checks are the same, whether they are valid or not."""
    return replace(old, not_valid=new.not_valid) == new


class Action(NamedTuple):
    """What `ALTER DOMAIN` does: as SQL, in words, and whether it reads rows of tables in use."""

    sql: str
    said: str = ""
    reads: bool = False


def actions(old: Any, new: Any) -> Iterator[Action]:
    """Yield what a step does."""
    gone = {key: one for key, one in old.checks.items() if key not in new.checks}
    come = {key: one for key, one in new.checks.items() if key not in old.checks}
    if gone and [*gone.values()] == [*come.values()]:
        (before,), (after,) = gone, come
        sql = f"RENAME CONSTRAINT {quote_name(before)} TO {quote_name(after)}"
        yield Action(sql, f"rename check {before} to {after}")
        return
    for key in gone:
        yield Action(f"DROP CONSTRAINT {quote_name(key)}", f"drop check {key}")
    for key, one in come.items():
        yield Action(f"ADD {check(key, one)}", f"add check {key}")
    for key, one in new.checks.items():
        # There is no way back to NOT VALID, and none is needed.
        if key in old.checks and old.checks[key].not_valid and not one.not_valid:
            sql = f"VALIDATE CONSTRAINT {quote_name(key)}"
            yield Action(sql, f"validate check {key}", reads=True)
    if old.default != new.default:
        yield Action(default_of(new))
    if old.nullable != new.nullable:
        verb, said = ("DROP", "allow") if new.nullable else ("SET", "forbid")
        yield Action(
            f"{verb} NOT NULL", f"{said} NULL in values", reads=not new.nullable
        )


def default_of(value: Any) -> str:
    """Return what sets the default of a domain, or takes it away."""
    if value.default is None:
        return "DROP DEFAULT"
    return f"SET DEFAULT {ddl.default(value.default)}"
