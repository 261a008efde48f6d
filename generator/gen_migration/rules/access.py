"""Rules about who may do what. Source: the manual, 5.8 (Privileges), and CREATE FUNCTION."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD, access
from gen_migration.operations import every as op
from gen_migration.rules.finding import NOTE, WARNING
from gen_migration.rules.rule import rule
from gen_migration.sql.grants import PUBLIC, privileges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.rules.contexts import Edit, Hit

# Roles that may do anything, or nearly so, on servers and in the clouds.
POWERFUL = frozenset(
    (
        *("postgres", "rds_superuser", "cloudsqlsuperuser", "azure_pg_admin"),
        *("supabase_admin", "neon_superuser", "rdsadmin"),
    )
)


@rule(
    "GM141",
    WARNING,
    op.SetGrants,
    op.CreateObject,
    instead="grant it to a role, of which those who need it are members",
)
def granted_to_public(edit: Edit, one: op.SetGrants | op.CreateObject) -> Iterator[Hit]:
    """A privilege is granted to PUBLIC: to each role of the server, those to come as well.

    Whoever can connect to the database has it, and it cannot be taken from a single role. What
    PostgreSQL gives to all roles by itself (EXECUTE on functions, USAGE on types) is not meant.
    """
    before, after = grants_of(one)
    held, had = after.get(PUBLIC, {}), before.get(PUBLIC, {})
    new = [key for key in held if key not in had]
    granting = access.granting(one.kind)
    if new and granting is not None:
        what = privileges(granting, new)
        yield edit.hit(f"{one.kind} {one.name}: all roles get {what}")


def grants_of(one: op.SetGrants | op.CreateObject) -> tuple[Any, Any]:
    """Return the grants on an object before and after an operation."""
    if isinstance(one, op.SetGrants):
        return one.old or {}, one.new or {}
    return {}, getattr(one.new, "grants", None) or {}


@rule(
    "GM142",
    WARNING,
    op.SetOwner,
    op.CreateObject,
    op.AlterObject,
    instead="give it an owner that may do just what it needs",
)
def definer_may_do_anything(
    edit: Edit, one: op.SetOwner | op.CreateObject | op.AlterObject
) -> Iterator[Hit]:
    """A function that runs with the rights of its owner belongs to a role that may do anything.

    Whoever may call it does what it does as that role: a mistake in its body, or a `search_path`
    that others can write to, makes a superuser of them.
    """
    value: Any = edit.spec.schema.of(one.kind).get(one.name)
    if getattr(value, "security_definer", False) and value.owner in POWERFUL:
        called = BY_WORD[one.kind].word
        yield edit.hit(f"{called} {one.name} runs with the rights of {value.owner}")


@rule(
    "GM143",
    NOTE,
    op.CreateTable,
    instead="write grants: at the table, be it {} where nobody else needs it",
)
def without_its_neighbours_grants(edit: Edit, one: op.CreateTable) -> Iterator[Hit]:
    """A new table says nothing of grants, while all other tables of its schema do.

    Roles that read and write the tables beside it can do nothing with this one. Where default
    privileges of the spec give it grants, it has some.
    """
    tables = edit.spec.schema.tables
    neighbours = [
        value
        for name, value in tables.items()
        if name.schema == one.name.schema and name != one.name and value.parent is None
    ]
    value = tables.get(one.name)
    said = [value.grants for value in neighbours if value.grants is not None]
    roles = {role for grants in said for role in grants}
    is_alone = value is not None and value.grants is None and value.parent is None
    is_alone = is_alone and one.new.grants is None
    if is_alone and roles and len(said) == len(neighbours):
        whom = ", ".join(sorted(roles))
        yield edit.hit(
            f"table {one.name} says nothing of grants, as its neighbours do: {whom}"
        )
