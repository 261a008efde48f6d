"""Law 11: between two commits, nothing is missing that both sides have: keys, checks, policies.

Offline, over random edits of several things: each statement that autocommit runs is a commit, and
so is each revision that is one transaction. That the database does the same is law 6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from gen_migration.base.errors import Error
from gen_migration.history import offline_sql as apply_
from gen_migration.history.drafts import first_revision
from gen_migration.kinds import KINDS
from gen_migration.operations.base import apply
from gen_migration.operations.renames import MoveTable, Rename
from gen_migration.plan.planner import plan
from gen_migration.postgres.names import aside
from gen_migration.render.online import FormContext, of_all
from gen_migration.replay.evaluation.values import Position as Reading
from gen_migration.replay.state import Replay
from gen_migration.replay.statements import execute
from gen_migration.scratch import databases
from gen_migration.spec.load import load
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import pairs
from transitions import Pair, later_revisions, transition, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Direction
    from gen_migration.postgres.names import Name

Thing = tuple["Name", str]


def kept(schema: Schema) -> set[Thing]:
    """Return the constraints and unique indexes of a schema, by their names.

    So are its policies, triggers and rules.
    """
    members = {
        (name.holder, f"{kind.word} {name.name}")
        for kind in KINDS
        if kind.holders
        for name in schema.of(kind.word)
    }
    return members | {
        (table, name)
        for table, value in schema.tables.items()
        for name in (
            *value.constraints,
            *(key for key, one in value.indexes.items() if one.unique),
        )
    }


def commits(steps: Direction, spec: Spec) -> Iterator[tuple[str, Schema]]:
    """Yield the schema after each commit of a revision, with what was committed."""
    if not steps.autocommit:
        yield "a transaction", apply(steps.start, steps.operations)
        return
    state = Replay(steps.start, Reading("revision.py", 0))
    place = FormContext(steps.start, spec.safety, spec.postgresql)
    for one in of_all(steps.operations, place):
        for sql in (one.sql, *one.also):
            execute(state, sql)
            yield sql, state.schema


def missing(wanted: set[Thing], schema: Schema) -> set[Thing]:
    """Return what is not there, neither under its name nor under that of its making."""
    held = kept(schema)
    return {
        (table, name)
        for table, name in wanted
        if not {(table, name), (table, aside(name))} & held
    }


def obeys(pair: Pair) -> None:
    found = transition(pair)
    made, spec = found.plan, found.new
    # By another name, it is not the same thing for this test.
    assume(not any(isinstance(one, Rename | MoveTable) for one in made.operations))
    wanted = kept(found.old.schema) & kept(spec.schema)
    ways = [link.upgrade for link in made.links]
    ways += [link.downgrade for link in reversed(made.links)]
    for steps in ways:
        for what, schema in commits(steps, spec):
            gone = missing(wanted, schema)
            assert gone == set(), f"{what}\n{[one.summary for one in steps.operations]}"


@given(pairs())
def test_11_nothing_that_both_sides_have_is_missing(pair: Pair) -> None:
    obeys(pair)


NAMES = ("a", "b", "c")


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Return two tables, of which one refers to the other, with keys on few columns."""
    some = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)
    columns = {name: draw(column()) for name in NAMES}
    parent: dict[str, Any] = {
        "columns": columns,
        "indexes": {f"ix_{number}": draw(index(some)) for number in draw(numbers)},
        "uniques": {f"uq_{number}": draw(some) for number in draw(numbers)},
        "checks": {
            f"ck_{number}": f"{draw(st.sampled_from(NAMES))} > {number}"
            for number in draw(numbers)
        },
        "policies": {
            f"p_{number}": {
                "using": f"{draw(st.sampled_from(NAMES))} > {number}",
                "restrictive": draw(st.booleans()),
            }
            for number in draw(numbers)
        },
    }
    # What foreign keys refer to has to be unique.
    keys = [*parent["uniques"].values()]
    if draw(st.booleans()):
        primary = draw(some)
        parent["primary_key"] = {"name": "pk_parents", "columns": primary}
        for name in primary:
            columns[name].pop("nullable", None)
            columns[name].pop("backfill", None)
        keys.append(primary)
    child: dict[str, Any] = {"columns": {name: {"type": "integer"} for name in NAMES}}
    if keys:
        key = draw(st.sampled_from(keys))
        child["foreign_keys"] = {
            "fk_children": {
                "columns": list(NAMES[: len(key)]),
                "references": {"table": "parents", "columns": key},
            }
        }
        for mine, theirs in zip(NAMES, key, strict=False):
            child["columns"][mine]["type"] = columns[theirs]["type"]
    return {"name": "company", "tables": {"parents": parent, "children": child}}


numbers = st.lists(st.integers(0, 2), max_size=2, unique=True)


@st.composite
def column(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"type": draw(st.sampled_from(["integer", "bigint"]))}
    if draw(st.booleans()):
        found["default"] = draw(st.integers(0, 2))
    if draw(st.booleans()):
        found["nullable"] = True
    elif "default" not in found:
        found["backfill"] = draw(st.integers(0, 2))
    return found


@st.composite
def index(draw: st.DrawFn, some: st.SearchStrategy[list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"columns": draw(some), "unique": True}
    if draw(st.booleans()):
        found["where"] = f"{draw(st.sampled_from(NAMES))} > 0"
    return found


@given(tables(), tables())
def test_11_in_company(old: dict[str, Any], new: dict[str, Any]) -> None:
    obeys((old, new, True))


@st.composite
def partitioned(draw: st.DrawFn) -> dict[str, Any]:
    """Return a partitioned table, keys of which another table may refer to."""
    keys = {f"uq_{number}": draw(key()) for number in draw(numbers)}
    columns = {name: draw(column()) for name in NAMES} | {"a": {"type": "integer"}}
    parent: dict[str, Any] = {
        "columns": columns,
        "uniques": keys,
        "partition_by": {"list": ["a"]},
        "partitions": {
            "parents_1": {"in": [1]},
            "parents_2": {
                "in": [2],
                "partition_by": {"hash": ["a"]},
                "partitions": {"parents_2_0": {"modulus": 1, "remainder": 0}},
            },
        },
    }
    if draw(st.booleans()):
        primary = draw(key())
        primary.pop("nulls_not_distinct", None)
        parent["primary_key"] = {"name": "pk_parents", **primary}
        for name in primary["columns"]:
            columns[name].pop("nullable", None)
            columns[name].pop("backfill", None)
        keys = {**keys, "": primary}
    child: dict[str, Any] = {"columns": {name: {"type": "integer"} for name in NAMES}}
    # A foreign key takes none that is deferrable.
    firm = [one["columns"] for one in keys.values() if "deferrable" not in one]
    if draw(st.booleans()) and firm:
        referred = draw(st.sampled_from(firm))
        child["foreign_keys"] = {
            "fk_children": {
                "columns": list(NAMES[: len(referred)]),
                "references": {"table": "parents", "columns": referred},
            }
        }
        for mine, theirs in zip(NAMES, referred, strict=False):
            child["columns"][mine]["type"] = columns[theirs]["type"]
    return {
        "name": "partitioned",
        "postgresql": draw(st.sampled_from([15, 18])),
        "tables": {"parents": parent, "children": child},
    }


@st.composite
def key(draw: st.DrawFn) -> dict[str, Any]:
    """Return a key that holds the column by which its table is partitioned."""
    others = draw(st.lists(st.sampled_from(["b", "c"]), max_size=2, unique=True))
    found: dict[str, Any] = {"columns": draw(st.permutations(["a", *others]))}
    included = [name for name in NAMES if name not in found["columns"]]
    if draw(st.booleans()) and included:
        found["include"] = included
    for word in ("deferrable", "nulls_not_distinct"):
        if draw(st.integers(0, 3)) == 0:
            found[word] = True
    return found


@given(partitioned(), partitioned())
def test_11_of_partitions(old: dict[str, Any], new: dict[str, Any]) -> None:
    obeys((old, new, True))


UNIQUE = "{columns: [email], unique: true}"
OLD = f"""\
name: shop
tables:
  users:
    columns:
      id: {{type: bigint, primary_key: true}}
      email: text
      code: bigint
    indexes: {{ux_users_email: {UNIQUE}}}
"""
NEW = (
    OLD.replace(UNIQUE, "{columns: [lower(email)], unique: true}")
    + "    uniques: {uq_users_code: [code]}\n"
)


def test_11_where_an_upgrade_stops(database: str, tmp_path: Path) -> None:
    """Duplicates stop another key of the edit; what was unique is so all the time."""
    old, new = load(OLD, "old.yaml"), load(NEW, "new.yaml")
    draft = first_revision(old)
    (tmp_path / "first.py").write_text(draft.text(draft.header), encoding="utf-8")
    apply_.upgrade(database, tmp_path)
    made = plan(old.schema, new.schema)
    write(later_revisions(made, new, draft.header.revision), tmp_path)
    twice = "INSERT INTO users VALUES (1, 'a', 5), (2, 'b', 5)"
    with databases.connect(database) as connection:
        connection.execute(twice)
        with pytest.raises(Error, match="uq_users_code"):
            apply_.upgrade(database, tmp_path)
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO users VALUES (3, 'a', 6)")
        connection.execute("UPDATE users SET code = id")
        apply_.upgrade(database, tmp_path)
        with pytest.raises(psycopg.errors.UniqueViolation, match="ux_users_email"):
            connection.execute("INSERT INTO users VALUES (3, 'A', 6)")
