"""Default privileges: `ALTER DEFAULT PRIVILEGES`, what roles may do with objects to come.

Their name says what they are for: objects of a kind, in a schema or in all, that a role creates, or
else whoever runs the revision. In a schema they only add to what there is by itself; in all, they
take its place. They are made last, since they are about what is created later. What is created by
the revision gets what those without a role say: a role that they name is another one's.
Source: the manual, ALTER DEFAULT PRIVILEGES.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import Key
from gen_migration.kinds.kind import Kind
from gen_migration.postgres import privileges
from gen_migration.postgres.names import quote_name, spell_part, split_name
from gen_migration.sql import grants

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.access import Grants
    from gen_migration.postgres.privileges import Granting

# By the letters of pg_default_acl.defaclobjtype.
OBJECTS = {
    "r": privileges.RELATION._replace(of_columns=()),
    "S": privileges.SEQUENCE,
    "f": privileges.FUNCTION,
    "T": privileges.TYPE,
    "n": privileges.SCHEMA,
    "L": privileges.LARGE_OBJECT,
}
WORDS = {one.later: one for one in OBJECTS.values() if one.later is not None}
# What is in no schema, and the PostgreSQL that has these.
ALONE, LARGE = frozenset(("schemas", "large objects")), 18
PART = r'("(?:[^"]|"")+"|[^\s"]+)'
NAME = re.compile(
    rf"({'|'.join(WORDS)})(?: in schema {PART})?(?: for role {PART})?", re.DOTALL
)


class Scope(NamedTuple):
    """What default privileges are for; the name of them is its text."""

    objects: str
    schema: str | None = None
    role: str | None = None

    @classmethod
    def of(cls, text: str) -> Scope:
        """Return the scope that a text says. Raises ValueError."""
        match = NAME.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(
            match[1], *(one and split_name(one)[0] for one in match.groups()[1:])
        )

    def __str__(self) -> str:
        schema = f" in schema {spelled(self.schema)}" if self.schema else ""
        return (
            self.objects
            + schema
            + (f" for role {spelled(self.role)}" if self.role else "")
        )

    @property
    def given(self) -> grants.Given:
        """What there is by itself, to which they are compared."""
        granting = WORDS[self.objects]
        if self.schema is not None:
            return grants.Given(granting, (), None)
        return grants.Given(granting, granting.public, self.role)

    @property
    def start(self) -> str:
        """How the statements begin."""
        role = "" if self.role is None else f" FOR ROLE {quote_name(self.role)}"
        schema = "" if self.schema is None else f" IN SCHEMA {quote_name(self.schema)}"
        return f"ALTER DEFAULT PRIVILEGES{role}{schema} "


def scope_of(row: Any) -> Scope:
    """Return what a row of the catalog is for."""
    objects = OBJECTS[row.objects].later
    assert objects is not None  # noqa: S101 - all of `OBJECTS` have it
    return Scope(objects, row.schema, row.role)


def spelled(part: str) -> str:
    return spell_part(part) if " " not in part else f'"{part}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultPrivileges:
    """`ALTER DEFAULT PRIVILEGES`: the grants on what is created later."""

    given: Grants
    comment: str | None = None


class DefaultPrivilegesKind(Kind):
    """Default privileges of a database."""

    word = "default privileges"
    key = "default_privileges"
    about = (
        "What roles may do with objects that are created later: `tables`, `tables in schema app`,"
        " `functions for role deploy`; without a role, with what the role creates that runs the"
        " revision."
    )
    about_one = "Privileges that objects get when they are created."
    keys = (Key("grants", "Grants", None, ...),)
    value = DefaultPrivileges
    called = "DEFAULT PRIVILEGES"
    object = "DEFACL"
    in_schema = False
    is_of_later = True
    creates = "alter_default_privileges_stmt"
    groups = (("given",),)

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return next(statements(name, None, value.given))

    def after(self, name: Any, value: Any) -> Iterator[str]:
        _, *rest = statements(name, None, value.given)
        yield from rest

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [*statements(name, old.given, new.given)]

    def dropped(self, name: Any, value: Any) -> Iterator[str]:
        yield from statements(name, value.given, None)

    def before_drop(self, name: Any, value: Any) -> Iterator[str]:
        *found, _ = self.dropped(name, value)
        yield from found

    # The spec.

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        try:
            found = Scope.of(text)
        except ValueError:
            hint = (
                f"write {', '.join(WORDS)}, with in schema NAME, for role NAME, or both"
            )
            at.wrong(f"{quoted(text)} is no default privileges", hint, at_key=at_key)
            return None
        if found.schema is not None and found.objects in ALONE:
            hint = "leave the schema out"
            at.wrong(f"{found.objects} are in no schema", hint, at_key=at_key)
            return None
        if found.objects == "large objects":
            at.need(LARGE, "default privileges on large objects")
        parts = (one for one in found[1:] if one is not None)
        is_right = all([at.identifier(one, at_key=at_key) for one in parts])  # noqa: C419 - all are told
        return str(found) if is_right else None

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        if shape.comment:
            (at / "comment").wrong_key(
                "default privileges have no comment", "remove it"
            )
        if name is None:
            return None
        found = at.grants(Scope.of(name).given, shape.grants)
        if found is None:
            (at / "grants").wrong(
                "this is what PostgreSQL gives by itself",
                "remove the default privileges",
            )
            return None
        return DefaultPrivileges(given=found)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {"grants": writer.grants(value.given)}

    # The catalog.

    def name_of(self, reading: Any, row: Any) -> Any:
        return str(scope_of(row))

    def from_row(self, reading: Any, row: Any) -> Any:
        scope = scope_of(row)
        found: dict[str, dict[Any, bool]] = {role: {} for role in scope.given.roles}
        for one in row.rights:
            held = found.setdefault(one["grantee"] or grants.PUBLIC, {})
            if one["is_owner"] and row.role is None:
                del found[one["grantee"]]
                continue
            held[one["privilege"], None] = one["grantable"] and not one["is_owner"]
        granting = scope.given.granting
        whole = {
            role: grants.whole(granting, held, reading.version)
            for role, held in found.items()
        }
        given = scope.given.but(whole)
        return None if given is None else DefaultPrivileges(given=given)

    def roles_of(self, name: Any, value: Any) -> Collection[str]:
        role = Scope.of(name).role
        found = [one for one in value.given if one not in grants.ROLES]
        return found if role is None else [*found, role]

    def granted(
        self, name: Any, value: Any, of: Granting, schema: str | None
    ) -> tuple[bool, Grants] | None:
        scope = Scope.of(name)
        is_meant = scope.role is None and scope.objects == of.later
        if not is_meant or scope.schema not in {None, schema}:
            return None
        return scope.schema is None, value.given

    # Renames, order and words.

    def name_in_renamed_schema(self, name: Any, old: str, new: str) -> Any:
        scope = Scope.of(name)
        return str(scope._replace(schema=new)) if scope.schema == old else name

    def place(self, name: Any) -> set[Reference]:
        schema = Scope.of(name).schema
        return set() if schema is None else {("schema", schema)}

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return set()

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name)}

    def definition(self, value: Any) -> str:
        return ""

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if old.given != new.given:
            before, after = (grants.words(OF_WORDS, one.given) for one in (old, new))
            yield "grants", before, after


# All privileges that there are, for words about some of them.
OF_WORDS = privileges.Granting(
    "", "", tuple(dict.fromkeys(one for of in WORDS.values() for one in of.words))
)


def statements(name: str, old: Grants | None, new: Grants | None) -> Iterator[str]:
    """Yield what leads from default privileges to others."""
    scope = Scope.of(name)
    for one in grants.statements(scope.objects.upper(), scope.given, old, new):
        yield scope.start + one
