"""Steps from one domain to another: as values, and as `ALTER DOMAIN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.model import renaming
from gen_migration.postgres.names import quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Check
    from gen_migration.postgres.names import Name


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
        alike = (to for to, found in new.checks.items() if is_validated(one, found))
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
            come = replace(one, not_valid=True, comment=None)
            old = replace(old, checks={**old.checks, key: come})
            yield old
    for key, one in new.checks.items():
        valid = replace(old.checks[key], not_valid=one.not_valid)
        if one.not_valid and not old.checks[key].not_valid:  # it goes, and comes back
            valid = replace(valid, comment=None)
        old = replace(old, checks={**old.checks, key: valid})
        yield old
    yield replace(old, nullable=new.nullable)


def commented(old: Any, new: Any) -> Iterator[Any]:
    """Yield the values on the way to the comments of the new one's checks."""
    for key, one in new.checks.items():
        old = replace(old, checks={**old.checks, key: one})
        yield old


def is_validated(old: Check, new: Check) -> bool:
    """Tell whether two checks are the same, be they valid and commented on or not."""
    return old.expression == new.expression


def comments(
    name: Name, old: Mapping[str, Check], new: Mapping[str, Check]
) -> Iterator[str]:
    """Yield what gives checks their comments."""
    for key, one in new.items():
        before = old[key].comment if key in old else None
        if before != one.comment:
            what = f"CONSTRAINT {quote_name(key)} ON DOMAIN {name.sql}"
            yield ddl.comment(what, one.comment)


def gone(old: Any, new: Any) -> dict[str, Check]:
    """Return the checks that go, and those that come back NOT VALID: there is no other way."""
    return {
        key: one
        for key, one in old.checks.items()
        if key not in new.checks or (new.checks[key].not_valid and not one.not_valid)
    }


def renamed(old: Any, new: Any) -> tuple[str, str] | None:
    """Return the names of the check that gets another one, which is a step of its own."""
    come = {key: one for key, one in new.checks.items() if key not in old.checks}
    away = {key: one for key, one in old.checks.items() if key not in new.checks}
    if away and [*map(words, away.values())] == [*map(words, come.values())]:
        (before,), (after,) = away, come
        return before, after
    return None


def left(old: Any, new: Any) -> dict[str, Check]:
    """Return the checks that stay where they are with their comments, by their names then."""
    if (pair := renamed(old, new)) is not None:
        return renaming.rekeyed(old.checks, *pair)
    away = gone(old, new)
    return {key: one for key, one in old.checks.items() if key not in away}


class Action(NamedTuple):
    """What `ALTER DOMAIN` does: as SQL, in words, and whether it reads rows of tables in use.

    It may also drop a check.
    """

    sql: str
    said: str = ""
    reads: bool = False
    drops: bool = False


def actions(old: Any, new: Any) -> Iterator[Action]:
    """Yield what a step does, but for comments."""
    come = {key: one for key, one in new.checks.items() if key not in old.checks}
    away = gone(old, new)
    if (pair := renamed(old, new)) is not None:
        before, after = pair
        sql = f"RENAME CONSTRAINT {quote_name(before)} TO {quote_name(after)}"
        yield Action(sql, f"rename check {before} to {after}")
        return
    for key in away:
        said = "drop" if key not in new.checks else "no longer validate"
        sql = f"DROP CONSTRAINT {quote_name(key)}"
        yield Action(sql, f"{said} check {key}", drops=True)
    come |= {key: new.checks[key] for key in away if key in new.checks}
    for key, one in come.items():
        yield Action(f"ADD {check(key, one)}", f"add check {key}")
    for key, one in new.checks.items():
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
