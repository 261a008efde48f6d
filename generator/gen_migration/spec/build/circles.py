"""Objects that stand on themselves: types that are made so, and views that select so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import quoted
from gen_migration.kinds import KINDS
from gen_migration.kinds.references import EVERY
from gen_migration.kinds.walk import leads_to

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Build

# By what holds the names of kinds: what is said of one, and what of PostgreSQL is the reason.
CIRCLES = {
    "types": (
        "is made of",
        "PostgreSQL needs each type that another is made of to be there before",
    ),
    "relations": (
        "selects from",
        "PostgreSQL makes a view after all that it selects from; one of them has to do without",
    ),
}


def circles(build: Build, spec: Spec) -> None:
    """Report types that are made of themselves, and views that select from themselves."""
    for space, (verb, hint) in CIRCLES.items():
        made: dict[Name, set[Name]] = {}
        keys: dict[Name, tuple[Kind, str]] = {}
        for kind in KINDS:
            if kind.space != space:
                continue
            for key in build.shapes(kind):
                name = build.silent_name(key)
                value = None if name is None else spec.schema.of(kind.word).get(name)
                if name is not None and value is not None:
                    refers = kind.refers(value, EVERY)
                    made[name] = {
                        one[1] for one in refers if one[0] == space and one[1]
                    }
                    keys[name] = kind, key
        for name, (kind, key) in keys.items():
            if not leads_to(name, {name}, made):
                continue
            others = sorted(
                f"{quoted(one)}, and that in turn {verb} it"
                for one in made[name] & made.keys()
                if leads_to(one, {name}, made)
            )
            what = "itself" if name in made[name] else others[0]
            build.at(kind.key, key).wrong_key(f"it {verb} {what}", hint)
