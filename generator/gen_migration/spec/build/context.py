"""What the parts of a build share: the shapes, the mistakes so far, the tables by name."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import MAX_PROBLEMS, Problem, TooManyError
from gen_migration.postgres.hidden import unseen
from gen_migration.postgres.names import MAX_NAME_BYTES, UNQUOTED, Name, split_name
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Enum, Own
    from gen_migration.postgres.expressions import SqlMistake
    from gen_migration.spec.shapes import BodyShape, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A table or a partition that is being built: its shape, where it stands, its columns.

    `own` is what a partition has otherwise of its parent's columns.
    """

    name: Name
    shape: BodyShape
    path: Place
    columns: Mapping[str, Column]
    parent: Name | None = None
    own: Mapping[str, Own] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Build:
    """What the parts of a build share; `broken` are the places whose shape is wrong."""

    shape: Document
    broken: frozenset[Place] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    objects: dict[str, dict[Any, Any]] = field(default_factory=dict)
    # The types of the spec: schema, name and `Type.kind`.
    type_names: frozenset[tuple[str | None, str, str]] = frozenset()
    external: dict[Name, dict[str, Type]] = field(default_factory=dict)
    bodies: dict[Name, Body] = field(default_factory=dict)
    # Where each constraint and index stands, for errors that are found later.
    places: dict[tuple[Name, str], Place] = field(default_factory=dict)

    @property
    def enums(self) -> dict[Name, Enum]:
        """The enums that literals are values of."""
        return self.objects.get("enum", {})

    def shapes(self, kind: Kind) -> Any:
        """Return the shapes of a kind's objects by name, or a list of names."""
        return getattr(self.shape, kind.key)

    def problem(
        self,
        message: str,
        *path: str | int,
        hint: str = "",
        offset: int | None = None,
        at_key: bool = False,
    ) -> None:
        if len(self.problems) > MAX_PROBLEMS:
            raise TooManyError
        self.problems.append(
            Problem(message=message, path=path, hint=hint, offset=offset, at_key=at_key)
        )

    def sql_problem(self, mistake: SqlMistake, *path: str | int) -> None:
        self.problem(mistake.message, *path, hint=mistake.hint, offset=mistake.offset)

    def need(self, version: int, what: str, *path: str | int) -> None:
        """Report a feature that is younger than the oldest PostgreSQL of the spec."""
        if self.shape.postgresql < version:
            self.problem(
                f"{what} needs PostgreSQL {version}; the spec is for {self.shape.postgresql}",
                *path,
                hint=f'write "postgresql: {version}" at the top of the spec',
                at_key=True,
            )

    def identifier(self, text: str, *path: str | int, at_key: bool = True) -> bool:
        """Report a name that PostgreSQL cannot hold; True when it can."""
        if not text:
            self.problem("a name is empty", *path, hint="write the name", at_key=at_key)
        elif (found := unseen(text)) is not None:
            self.problem(
                f"the name {text!a} holds {found}",
                *path,
                hint="remove it: nobody sees such a name as it is",
                at_key=at_key,
            )
        elif text in UNQUOTED:
            self.problem(
                f'the name "{text}" is a word of SQL that SQLAlchemy does not quote',
                *path,
                hint="choose another one, or an upper-case letter in it",
                at_key=at_key,
            )
        elif (size := len(text.encode(errors="surrogatepass"))) > MAX_NAME_BYTES:
            self.problem(
                f'the name "{text}" has {size} bytes',
                *path,
                hint=f"PostgreSQL keeps {MAX_NAME_BYTES}; shorten it",
                at_key=at_key,
            )
        else:
            return True
        return False

    def name(self, text: str, *path: str | int, at_key: bool = True) -> Name | None:
        """Return a dotted name with the spec's default schema; None when it is reported."""
        try:
            parts = split_name(text) if text else [""]
        except ValueError:
            parts = []
        if len(parts) not in {1, 2}:
            self.problem(
                f'"{text}" is not a name',
                *path,
                hint="write name or schema.name; a name with a dot or a quote is written in"
                " double quotes inside of single quotes: '\"a.b\"'",
                at_key=at_key,
            )
            return None
        if not all(self.identifier(part, *path, at_key=at_key) for part in parts):
            return None
        schema = parts[0] if parts[1:] else self.shape.schema_
        return Name(schema, parts[-1])

    def text_name(self, text: str, *path: str | int) -> Name | None:
        """Return a dotted name that the default schema does not concern (a collation)."""
        try:
            parts = split_name(text)
        except ValueError:
            parts = []
        if len(parts) not in {1, 2}:
            self.problem(
                f'"{text}" is not a name', *path, hint="write name or schema.name"
            )
            return None
        if not all(self.identifier(part, *path, at_key=False) for part in parts):
            return None
        return Name(parts[0] if parts[1:] else None, parts[-1])

    def is_broken(self, path: Place) -> bool:
        """Tell whether something at or below a path has the wrong shape and was left out."""
        return any(place[: len(path)] == path for place in self.broken)


# Stands for a type that has been reported already; nothing more is said about its column.
UNKNOWN = Type(name="?", kind="other")
