"""From one random schema to another: the plan, the second revision, and what replay can see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gen_migration import casts
from gen_migration.alterations import RefuseValues
from gen_migration.column_operations import Backfill, SetColumnType
from gen_migration.load import load
from gen_migration.plan import plan
from gen_migration.render import Header, render
from gen_migration.revision import UNMARKED
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.operations import Operation
    from gen_migration.plan import Plan
    from gen_migration.schema import Schema, Spec

Pair = tuple[dict[str, Any], dict[str, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Two specs, and how the first becomes the second."""

    old: Spec
    new: Spec
    plan: Plan

    @property
    def text(self) -> str:
        return second_revision(self.plan, "first")


def transition(pair: Pair) -> Transition:
    old, new = (load(yaml_text(one), "spec.yaml") for one in pair[:2])
    return Transition(old=old, new=new, plan=answered(old.schema, new))


def answered(old: Schema, new: Spec) -> Plan:
    """Return a plan in which each question has an answer that PostgreSQL accepts."""
    made = plan(old, new.schema, new.hints, postgresql=new.postgresql)
    if not made.questions:
        return made
    using = {
        (one.table, one.column): f"NULL::{casts.target(one.new)}"
        for one in made.questions
    }
    hints = replace(new.hints, using=using)
    return plan(old, new.schema, hints, postgresql=new.postgresql)


def second_revision(made: Plan, following: str) -> str:
    header = Header(message="m", revision="second", spec="s", down_revision=following)
    return render(header, made.upgrade, made.downgrade, UNMARKED)


def visible(operations: Iterable[Operation]) -> list[Operation]:
    """Return the operations that replay can see: not what they do to rows."""
    return [
        replace(one, undo=None) if isinstance(one, SetColumnType) else one
        for one in operations
        if not isinstance(one, Backfill | RefuseValues)
    ]
