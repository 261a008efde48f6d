"""Mistakes among the types that a spec defines, and names that are PostgreSQL's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import quoted
from gen_migration.kinds import KINDS
from gen_migration.postgres.own_relations import is_own
from gen_migration.postgres.type_names import ALIASES, BUILTIN

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Build


def type_names(build: Build, spec: Spec) -> None:
    """Report two types of one name, and types that are called as PostgreSQL's own."""
    seen: dict[Name, Kind] = {}
    brought = {
        one: name
        for kind in KINDS
        if kind.space == "types"
        for name, value in spec.schema.of(kind.word).items()
        for one in kind.brings(name, value)
    }
    types = [
        (kind, key)
        for kind in KINDS
        if kind.space == "types"
        for key in build.shapes(kind)
    ]
    rows = row_types(build, spec)
    for kind, key in types:
        name, at = build.silent_name(key), build.at(kind.key, key)
        if name is None:
            continue
        if seen.setdefault(name, kind) is not kind:
            at.wrong_key(
                f"the name {quoted(name)} is taken by another type",
                f"types share their names; rename the {kind.word}",
            )
        if name in brought:
            at.wrong_key(
                f"the name {quoted(name)} is taken by what {quoted(brought[name])} brings",
                f"types share their names; rename the {kind.word}",
            )
        if name in rows:
            at.wrong_key(
                f"the name {quoted(name)} is taken by a {rows[name]}",
                f"a {rows[name]} is a type as well; rename the {kind.word}",
            )
        if name.schema is None and (name.name in BUILTIN or name.name in ALIASES):
            at.wrong_key(
                f"{quoted(name)} is a built-in type",
                f"rename the {kind.word}, or write its schema: public.{name.name}",
            )


def row_types(build: Build, spec: Spec) -> dict[Name, str]:
    """Return the relations whose rows are a type of the same name, with their words.

    CREATE TABLE and CREATE VIEW in PostgreSQL's reference say so of names.
    """
    found = dict.fromkeys(spec.schema.tables, "table")
    for kind in (one for one in KINDS if one.also_in == "types"):
        for key in build.shapes(kind):
            if (name := build.silent_name(key)) is not None:
                found.setdefault(name, kind.word)
    return found


def own_names(build: Build) -> None:
    """Report tables, other relations and types that are called as relations of PostgreSQL's own."""
    called = [("table", body.at, body.name) for body in build.bodies.values()]
    called += [
        (kind.word, build.at(kind.key, key), name)
        for kind in KINDS
        if kind.space in {"types", "relations"}
        for key in build.shapes(kind)
        if (name := build.silent_name(key)) is not None
    ]
    for word, at, name in called:
        if name.schema is None and is_own(name.name):
            at.wrong_key(
                f"{quoted(name)} is a table, a view or an index of PostgreSQL itself",
                f"rename the {word}, or write its schema: public.{name.name}",
            )
