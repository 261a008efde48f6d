"""Domains: `CREATE DOMAIN`, a type with a default and checks of its own.

All but the type and the collation is altered in place. A check is added NOT VALID, and validated by
a step of its own. Source: the manual, CREATE DOMAIN and ALTER DOMAIN; what PostgreSQL refuses was
tried on 16 and 18.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import domain_steps as steps
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.kind_changes import PartRenamed
from gen_migration.kinds.kind_spec import shortened
from gen_migration.kinds.references import named, of_type
from gen_migration.model import renaming, type_renaming
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold
from gen_migration.model.schema import Check
from gen_migration.postgres import privileges
from gen_migration.postgres.names import Name
from gen_migration.sql import ddl, do_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gen_migration.kinds.kind_changes import Use
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain(Granted):
    """`CREATE DOMAIN`; in its checks, the value that is looked at is called `value`."""

    type: Type
    collation: Name | None = None
    default: str | None = None
    nullable: bool = True
    checks: Mapping[str, Check] = field(default_factory=dict)
    comment: str | None = None


hold(Domain, checks=(Check,))


class Domains(Kind):
    """Domains over any type."""

    word = "domain"
    key = "domains"
    about = "Domains by name: types with a default and checks of their own."
    about_one = "A domain; in short, its type."
    keys = (
        Key(
            "type",
            "Text",
            "Any type, a domain too.",
            ...,
        ),
        Key("collation", "Text | None", "The collation, such as `C`."),
        Key("default", "Any", "A literal, or `{sql: …}`, as at a column."),
        Key(
            "nullable",
            "bool",
            "`false`: no value may be NULL. Better said at columns: an outer join makes NULL of the"
            " domain all the same.",
            True,
        ),
        Key(
            "checks",
            "dict[str, DomainCheckShape]",
            "Checks by name; the value is called `VALUE`.",
            dict,
        ),
        RENAMED_FROM,
    )
    value = Domain
    called = "DOMAIN"
    granting = privileges.DOMAIN
    part = "DOMCONSTRAINT"
    space = "types"
    short = "type"
    creates = "create_domain_stmt"
    alters = "alter_domain_stmt"

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        # A new domain has no rows: what is NOT VALID is added to it, as `pg_dump` does.
        checks = (
            steps.check(key, one)
            for key, one in value.checks.items()
            if not one.not_valid
        )
        start = f"CREATE DOMAIN {name.sql} AS {self.body(value)}"
        return "\n    ".join((start, *checks))

    def body(self, value: Any) -> str:
        """Return what a domain is, but for its checks."""
        not_null = [] if value.nullable else ["NOT NULL"]
        return " ".join((*ddl.type_with_default(value), *not_null))

    def definition(self, value: Any) -> str:
        checks = [steps.check(key, one) for key, one in value.checks.items()]
        return " ".join((self.body(value), *checks))

    def after(self, name: Any, value: Any) -> Iterator[str]:
        for key, one in value.checks.items():
            if one.not_valid:
                yield f"ALTER {self.sql(name)} ADD {steps.check(key, one)}"
        yield from steps.comments(name, {}, value.checks)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        actions = [*steps.actions(old, new)]
        found = [f"ALTER {self.sql(name)} {one.sql}" for one in actions]
        if any(one.drops for one in actions):
            # PostgreSQL 16 and 18 refuse a savepoint after DROP CONSTRAINT ("unprocessed inval
            # messages") until something is written: here, the default that it has.
            found = [
                do_block.at_once(
                    [*found, f"ALTER {self.sql(name)} {steps.default_of(new)}"]
                )
            ]
        return [*found, *steps.comments(name, steps.left(old, new), new.checks)]

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        for part in (steps.settled, steps.grown, steps.commented):
            for step in part(old, new):
                if step != old:
                    yield step
                old = step

    def is_anew(self, old: Any, new: Any, use: Use) -> bool:
        """Tell whether a domain is made anew: its type changes, or others stand in the way.

        PostgreSQL does not look at elements of arrays and parts of other types, so that where
        columns have those it refuses to add a check or NOT NULL.
        """
        if (old.type, old.collation) != (new.type, new.collation):
            return True
        held = [one.expression for one in old.checks.values()]
        asks = old.nullable and not new.nullable
        return use.within and (
            asks or any(one.expression not in held for one in new.checks.values())
        )

    def let_go(self, value: Any, concerns: Callable[[str], bool]) -> Any:
        default = value.default
        return replace(
            value,
            default=None if default is None or concerns(default) else default,
            checks={
                key: one
                for key, one in value.checks.items()
                if not concerns(one.expression)
            },
        )

    def is_long(self, old: Any, new: Any) -> bool:
        return any(one.reads for one in steps.actions(old, new))

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        value = Domain(type=tree.column_type(node.type_name, schema.enums))
        if node.HasField("coll_clause"):
            value = replace(value, collation=tree.dotted(node.coll_clause.collname))
        for one in node.constraints:
            value = constrained(value, one.constraint)
        return tree.dotted(node.domainname), value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = tree.dotted(node.type_name)
        old = objects.get(name)
        return None if old is None else (name, altered(old, node))

    def read_rename(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = tree.object_name(node.object)
        old = objects.get(name)
        if old is None:
            return None
        checks = renaming.rekeyed(old.checks, node.subname, node.newname)
        return name, replace(old, checks=checks)

    def read_part_comment(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        of, key = node.object.list.items
        name = tree.dotted(of.type_name.names)
        if name not in objects:
            return None
        checks = objects[name].checks
        one = replace(checks[key.string.sval], comment=node.comment or None)
        return name, replace(objects[name], checks={**checks, key.string.sval: one})

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        of = (at / "type").type(shape.type)
        if of is None:
            return None
        if of.is_serial:
            (at / "type").wrong(f"a domain cannot be {of}", f"write {of.plain}")
        checks = {}
        for key, one in shape.checks.items():
            where = at / "checks" / key
            if where.identifier(key) and (
                found := (where / "expression").expression(one.expression, ("value",))
            ):
                checks[key] = Check(
                    expression=found,
                    not_valid=one.not_valid,
                    comment=one.comment or None,
                )
        return Domain(
            type=of,
            collation=(at / "collation").collation(shape, of),
            default=(at / "default").default(shape.default, of),
            nullable=shape.nullable,
            checks=checks,
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        default = value.default and writer.value(value.default, value.type)
        return {
            "type": writer.type(value.type),
            "collation": value.collation and str(value.collation),
            "default": default,
            "nullable": None if value.nullable else False,
            "checks": {
                key: shortened(
                    {
                        "expression": one.expression,
                        **({"not_valid": True} if one.not_valid else {}),
                        **({"comment": one.comment} if one.comment else {}),
                    },
                    "expression",
                )
                for key, one in value.checks.items()
            },
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        of = reading.type_of(row)
        found = zip(
            row.names, row.expressions, row.validated, row.comments, strict=True
        )
        return Domain(
            type=of,
            collation=Name(row.collation_schema, row.collation)
            if row.collation is not None
            else None,
            default=reading.default_of(row),
            nullable=not row.not_null,
            checks={
                key: Check(
                    expression=reading.expression(text, {"value": of}),
                    not_valid=not is_valid,
                    comment=comment,
                )
                for key, text, is_valid, comment in found
            },
        )

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return type_renaming.type_(schema, self.word, old, new)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        checks = (one.expression for one in value.checks.values())
        return {
            *of_type(value.type),
            *named("collations", value.collation),
            *find.expression(None, value.default, *checks),
        }

    def base(self, value: Any) -> Type:
        of: Type = value.type
        return of

    def is_asking(self, value: Any) -> bool:
        return bool(value.checks) or not value.nullable

    # Words.

    def parts_renamed(self, old: Any, new: Any) -> Iterator[PartRenamed]:
        if (pair := steps.renamed(old, new)) is not None:
            yield PartRenamed("check", "checks", *pair)

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for key in {**old.checks, **new.checks}:
            before, after = (steps.words(one.checks.get(key)) for one in (old, new))
            if before != after:
                yield f"check {key}", before, after
            before, after = (
                found and found.comment
                for found in (one.checks.get(key) for one in (old, new))
            )
            if before != after:
                yield f"comment of check {key}", before, after
        for word in ("type", "collation", "default", "nullable"):
            before, after = getattr(old, word), getattr(new, word)
            if before != after:
                yield word, before, after

    def line(self, name: Any, old: Any, new: Any) -> str | None:
        found = next(steps.actions(old, new), None)
        return (
            None
            if found is None or not found.said
            else f"{found.said} of domain {name}"
        )


def constrained(value: Domain, node: Any) -> Domain:
    """Return a domain with what a clause of `CREATE DOMAIN` gives it."""
    from gen_migration.sql import tree

    match tree.word(node, "contype", "CONSTR_"):
        case "CHECK":
            if not node.conname:
                raise ValueError("a check without a name: PostgreSQL would choose one")
            expression = tree.expression(node.raw_expr)
            one = Check(expression=expression, not_valid=node.skip_validation)
            return replace(value, checks={**value.checks, node.conname: one})
        case "DEFAULT":
            return replace(value, default=tree.default(node.raw_expr))
        case "NOTNULL":
            return replace(value, nullable=False)
    return value


def altered(value: Domain, node: Any) -> Domain:
    """Return a domain after `ALTER DOMAIN`. Raises KeyError where it has no such check."""
    from gen_migration.sql import tree

    given = getattr(node, "def")
    match node.subtype:
        case "T":
            has = given.WhichOneof("node") is not None
            return replace(value, default=tree.default(given) if has else None)
        case "N" | "O":
            return replace(value, nullable=node.subtype == "N")
        case "C":
            return constrained(value, given.constraint)
        case "V":
            one = replace(value.checks[node.name], not_valid=False)
            return replace(value, checks={**value.checks, node.name: one})
    checks = dict(value.checks)
    if node.name in checks or not node.missing_ok:
        del checks[node.name]
    return replace(value, checks=checks)
