"""Where a database is in the history of a directory, and what of it is half done."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error
from gen_migration.diff.expansions import opened
from gen_migration.diff.stand_ins import standing
from gen_migration.history.state import replayed
from gen_migration.render.helpers import ONE_BY_ONE
from gen_migration.replay.evaluation.values import Position as Place
from gen_migration.replay.replay import read_upgrade, replay, tree_of
from gen_migration.status.position import position
from gen_migration.status.read import read
from gen_migration.status.report import Status
from gen_migration.status.steps import steps
from gen_migration.workflows.amend import is_adopting
from gen_migration.workflows.contract import since
from gen_migration.workflows.stats import database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.diff.expansions import Expansion
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.history.revision import Directory, Revision
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.status.position import Position
    from gen_migration.status.steps import Step


# What is around statements that commit one by one; in the revisions of before, it was Alembic's.
COMMITTING = {ONE_BY_ONE, "autocommit_block"}


def status(url: str, directory: Directory, version_table: str | None = None) -> Status:
    """Return where the database of a URL is among the revisions of a directory.

    `version_table` is Alembic's, where it has another name. Raises Error where the revisions or
    the database cannot be read.
    """
    revisions = directory.revisions()
    found: dict[str, tuple[Step, ...]] = {}

    def of(versions: tuple[str, ...]) -> list[Step]:
        at = position(revisions, versions)
        for one in at.next:
            found[one.id] = traced(at, one)
        return [step for each in found.values() for step in each]

    answers = read(database(url), version_table, of)
    at = position(revisions, answers.versions)
    there = list(built(at))
    return Status(
        position=at,
        answers=answers,
        steps=found,
        committing=frozenset(
            one.id for one in at.next if one.id in found and commits(one)
        ),
        meant=frozenset(name for _, schema in there for name in unvalidated(schema)),
        expansions=tuple(
            words for own, schema in there for words in open_(own, schema)
        ),
    )


def traced(at: Position, revision: Revision) -> tuple[Step, ...]:
    """Return the steps of a revision that leave a trace; none of one written by hand.

    Nor does one have any that declares what is there.
    """
    if revision.mark is None:
        return ()
    try:
        if is_adopting(revision):
            return ()
        before = replayed(at.before(revision)).schema
        path = str(revision.path)
        operations, _ = replay(revision.text, path, before)
        statements = executed(revision.text, path)
    except Error:  # a hand edit: what it does is seen when it runs
        return ()
    return tuple(steps(operations, statements, before))


def commits(revision: Revision) -> bool:
    """Tell whether the statements of a revision's upgrade commit one by one."""
    try:
        tree = tree_of(revision.text, str(revision.path))
    except Error:
        return True
    return any(
        isinstance(node, ast.Name | ast.Attribute)
        and getattr(node, "id", getattr(node, "attr", "")) in COMMITTING
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name == "upgrade"
        for node in ast.walk(function)
    )


def executed(text: str, path: str) -> list[str]:
    """Return the SQL that a revision's upgrade gives to `op.execute`. Raises Error."""
    found: list[str] = []

    def record(name: str, given: tuple[Any, ...], _: dict[str, Any]) -> None:
        if name == "execute" and given and isinstance(given[0], str):
            found.append(given[0])

    read_upgrade(text, Place(path, len(text)), record)
    return found


def built(at: Position) -> Iterator[tuple[list[Revision], Schema]]:
    """Yield the revisions of each spec that the database has run, and what they have built."""
    waiting = {one.id for one in at.waiting}
    run = [one for one in at.revisions if one.id not in waiting]
    for spec in dict.fromkeys(one.spec for one in run if one.spec is not None):
        own = [one for one in run if one.spec == spec]
        yield own, replayed(own).schema


def open_(own: list[Revision], schema: Schema) -> Iterator[str]:
    """Yield in words what waits for its contract, in what some revisions have built."""
    found: list[Expansion | StandIn] = [*opened(schema).values(), *standing(schema)]
    for one in found:
        yield f"{one.place}{since(one, own)}"


def unvalidated(schema: Schema) -> Iterator[tuple[Name, str]]:
    """Yield the constraints that the history leaves not validated."""
    for table, value in schema.tables.items():
        for name, key in value.constraints.items():
            if getattr(key, "not_valid", False):
                yield table, name
