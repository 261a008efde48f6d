"""Policies of row level security: `CREATE POLICY`.

Roles and both conditions are altered in place; whether there is one, what a policy is for and
whether it is restrictive, PostgreSQL cannot alter. Whether policies hold at all is a property of
the table. Source: the manual, CREATE POLICY, ALTER POLICY, and 5.9 (Row Security Policies).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.members import Members
from gen_migration.postgres.names import member, quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.unknown_columns import Names
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Member, Name
    from gen_migration.sql.unknown_columns import Unknown

PUBLIC = ("public",)
# Roles that are a word of SQL; the parser's ROLESPEC_….
WORDS = ("public", "current_user", "current_role", "session_user")
# Those that PostgreSQL keeps the name of the role for that runs the statement.
CREATORS = frozenset(WORDS) - {"public"}
COMMANDS = ("all", "select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`CREATE POLICY`; `roles` are in the order of their names."""

    command: str = "all"
    roles: tuple[str, ...] = PUBLIC
    using: str | None = None
    with_check: str | None = None
    restrictive: bool = False
    comment: str | None = None


class Policies(Members):
    """Policies, which say who may see and write which rows."""

    word = "policy"
    key = "policies"
    about = "Policies by name: who may see and write which rows, once `row_security` is enabled."
    about_one = "A policy of row level security."
    keys = (
        Key(
            "for",
            f"Literal[{', '.join(map(repr, COMMANDS))}]",
            "The command that it is about; left out, each.",
            "all",
        ),
        Key(
            "to",
            "Text | list[Text]",
            "The role that it is about, or a list of them; left out, all (`public`). Roles are of"
            " the whole server, and are never created.",
            "public",
        ),
        Key("using", "SQL | None", "Which of the rows that are there it concerns."),
        Key("with_check", "SQL | None", "Which rows may be written."),
        Key(
            "restrictive",
            "bool",
            "Rows have to meet this one as well as one that is not.",
            False,
        ),
        RENAMED_FROM,
    )
    value = Policy
    called = "POLICY"
    holders = ("table",)
    creates = "create_policy_stmt"
    alters = "alter_policy_stmt"
    groups = (("roles", "using", "with_check"),)

    # SQL out.

    def create(self, name: Member, value: Policy) -> str:
        return f"CREATE {self.sql(name)}{''.join(kind_of(value))}{conditions(value)}"

    def definition(self, value: Policy) -> str:
        found = "".join((*kind_of(value), conditions(value)))
        return " ".join(found.split("\n    ")).strip()

    def alter(self, name: Member, old: Policy, new: Policy) -> list[str]:
        to = "" if old.roles == new.roles else f" TO {roles(new)}"
        changed = replace(
            new,
            using=None if old.using == new.using else new.using,
            with_check=None if old.with_check == new.with_check else new.with_check,
        )
        return [f"ALTER {self.sql(name)}{to}{conditions(changed)}"]

    def is_replaced(self, old: Policy, new: Policy) -> bool:
        before, after = (
            (one.command, one.restrictive, one.using is None, one.with_check is None)
            for one in (old, new)
        )
        return before != after

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Member, Policy]:
        from gen_migration.sql import tree

        value = Policy(command=node.cmd_name, restrictive=not node.permissive)
        return member(tree.relation(node.table), node.policy_name), read(value, node)

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Member, Policy] | None:
        from gen_migration.sql import tree

        name = member(tree.relation(node.table), node.policy_name)
        old = objects.get(name)
        return None if old is None else (name, read(old, node))

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Policy:
        command, to = getattr(shape, "for"), shape.to
        for key, unfit in UNFIT.items():
            if command in unfit and getattr(shape, key) is not None:
                (at / key).wrong_key(
                    f"a policy for {command} has no {quoted(key)}",
                    f"write {unfit[command]}",
                )
        named = [to] if isinstance(to, str) else to
        if not named:
            (at / "to").wrong(
                "nothing is here", "write at least one role, or leave it out"
            )
        for number, one in enumerate(named):
            (at / "to" / number if to is named else at / "to").identifier(
                one, at_key=False
            )
        if len(set(named)) < len(named) or (len(named) > 1 and "public" in named):
            (at / "to").wrong(
                "a role stands here twice, or beside public",
                "public are all roles: write each once, or public alone",
            )
        holder = None if name is None else name.holder
        return Policy(
            command=command,
            roles=tuple(sorted(set(named))) or PUBLIC,
            using=(at / "using").condition(shape.using, holder),
            with_check=(at / "with_check").condition(shape.with_check, holder),
            restrictive=shape.restrictive,
        )

    def dump(self, writer: Any, name: Member, value: Policy) -> dict[str, Any]:
        to: Any = None if value.roles == PUBLIC else [*value.roles]
        return {
            "for": None if value.command == "all" else value.command,
            "to": to[0] if to is not None and len(to) == 1 else to,
            "using": value.using,
            "with_check": value.with_check,
            "restrictive": value.restrictive or None,
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Policy:
        return Policy(
            command=row.command,
            roles=tuple(sorted(row.roles)),
            using=reading.condition(row.using, row.table_oid),
            with_check=reading.condition(row.with_check, row.table_oid),
            restrictive=not row.permissive,
        )

    def roles_of(self, name: Member, value: Policy) -> list[str]:
        return [one for one in value.roles if one not in WORDS]

    def left_open(self, found: Policy, wanted: Policy) -> Policy:
        """Return a policy for the spec's roles where those are the one that has created it."""
        is_open = not CREATORS.isdisjoint(wanted.roles)
        return replace(found, roles=wanted.roles) if is_open else found

    def unknown_columns(
        self, name: Member, value: Policy, names: Names
    ) -> Iterator[Unknown]:
        for text in (value.using, value.with_check):
            if text is not None:
                yield from names.of_condition(text, name.holder)

    # Order and words.

    def names(self, holder: Name, value: Policy, find: Finder) -> set[Reference]:
        return find.expression(holder, value.using, value.with_check)

    def changes(self, old: Policy, new: Policy) -> Iterator[tuple[str, Any, Any]]:
        if old.command != new.command:
            yield "command", old.command, new.command
        if old.restrictive != new.restrictive:
            yield "restrictive", old.restrictive, new.restrictive
        if old.roles != new.roles:
            yield "roles", roles(old), roles(new)
        for field in ("using", "with_check"):
            before, after = getattr(old, field), getattr(new, field)
            if before != after:
                yield field.replace("_", " "), before, after


# What policies for a command have not, and what says it instead.
UNFIT = {
    "using": {"insert": "with_check: it is about rows that come"},
    "with_check": {
        "select": "using: nothing is written",
        "delete": "using: nothing is written",
    },
}


def kind_of(value: Policy) -> Iterator[str]:
    """Yield what a policy is about, as clauses."""
    if value.restrictive:
        yield " AS RESTRICTIVE"
    if value.command != "all":
        yield f" FOR {value.command.upper()}"
    if value.roles != PUBLIC:
        yield f" TO {roles(value)}"


def roles(value: Policy) -> str:
    """Return the roles of a policy as SQL."""
    return ", ".join(one if one in WORDS else quote_name(one) for one in value.roles)


def conditions(value: Policy) -> str:
    """Return the conditions of a policy as clauses, each on a line of its own."""
    found = {"USING": value.using, "WITH CHECK": value.with_check}
    return "".join(f"\n    {word} ({one})" for word, one in found.items() if one)


def read(value: Policy, node: Any) -> Policy:
    """Return a policy with what a statement says of it; what that leaves out stays."""
    from gen_migration.sql import tree

    given: dict[str, Any] = {}
    if node.roles:
        found = (one.role_spec for one in node.roles)
        given["roles"] = tuple(sorted(role(one) for one in found))
    for field, key in {"qual": "using", "with_check": "with_check"}.items():
        if node.HasField(field):
            given[key] = tree.condition(getattr(node, field))
    return replace(value, **given)


def role(node: Any) -> str:
    """Return the name of a role in a tree."""
    from gen_migration.sql import tree

    word = tree.word(node, "roletype", "ROLESPEC_")
    return str(node.rolename) if word == "CSTRING" else word.lower()
