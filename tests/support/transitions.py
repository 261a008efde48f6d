"""From one random schema to another: the plan, the second revision, and what replay can see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gen_migration.diff.access import completed
from gen_migration.diff.columns import Question
from gen_migration.model.schema import Schema
from gen_migration.operations.columns import SetColumnType
from gen_migration.operations.enum_values import RefuseValues
from gen_migration.operations.rows import Backfill, CheckRows
from gen_migration.plan.planner import plan
from gen_migration.postgres.expressions import parse_expression
from gen_migration.render.docstring import Header
from gen_migration.render.revision import render
from gen_migration.spec.load import load
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Spec
    from gen_migration.operations.base import Operation
    from gen_migration.plan.link import Plan

Pair = tuple[dict[str, Any], dict[str, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Two specs, and how the first becomes the second."""

    old: Spec
    new: Spec
    plan: Plan

    @property
    def texts(self) -> list[str]:
        return later_revisions(self.plan, self.new, "first")


def transition(pair: Pair) -> Transition:
    old, new = (load(yaml_text(one), "spec.yaml") for one in pair[:2])
    # What the new one leaves as it was, the plan's schema has as well.
    old = replace(old, schema=completed(Schema(), old.schema))
    made = answered(old.schema, new)
    assert completed(made.schema, new.schema) == made.schema
    return Transition(old=old, new=new, plan=made)


def answered(old: Schema, new: Spec) -> Plan:
    """Return a plan in which each question has an answer that PostgreSQL accepts."""
    made = plan_of(old, new, new.hints)
    if not made.questions:
        return made
    using = {
        (one.table, one.column): parse_expression(f"NULL::{one.new.plain.sql}").sql
        for one in made.questions
        if isinstance(one, Question)
    }
    hints = replace(new.hints, using=using)
    return plan_of(old, new, hints)


def plan_of(old: Schema, new: Spec, hints: Hints) -> Plan:
    return plan(old, new.schema, hints, postgresql=new.postgresql, online=new.online)


def headers(made: Plan, following: str) -> list[Header]:
    ids = [following, *(f"later{n}" for n in range(1, len(made.links) + 1))]
    return [
        Header(message="m", revision=id_, spec="s", down_revision=before)
        for before, id_ in pairwise(ids)
    ]


def later_revisions(made: Plan, new: Spec, following: str) -> list[str]:
    """Return the texts of the revisions of a plan, unformatted."""
    return [
        render(header, link, new)
        for header, link in zip(headers(made, following), made.links, strict=True)
    ]


def write(texts: list[str], directory: Path) -> None:
    for number, text in enumerate(texts, 1):
        (directory / f"later{number}.py").write_text(text, encoding="utf-8")


def visible(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that replay can see: not what they do to rows."""
    return [
        replace(one, undo=None) if isinstance(one, SetColumnType) else one
        for one in operations
        if not isinstance(one, Backfill | CheckRows | RefuseValues)
    ]
