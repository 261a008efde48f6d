"""What the parts of a build share: the shapes, the mistakes so far, the tables by name."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import MAX_PROBLEMS, Problem, TooManyError, quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.kinds import BY_WORD
from gen_migration.model.convention import ALEMBIC, Convention
from gen_migration.postgres.hidden import unseen
from gen_migration.postgres.names import MAX_NAME_BYTES, UNQUOTED, Name, split_name
from gen_migration.postgres.types import Type
from gen_migration.spec.left_out import NO_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Self

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Enum, Own
    from gen_migration.postgres.parser import SqlMistake
    from gen_migration.spec.shapes import Document
    from gen_migration.spec.table_shapes import BodyShape

# Stands for a type that has been reported already; nothing more is said about its column.
UNKNOWN = Type(name=NO_TYPE, kind="other")


@dataclass(slots=True, kw_only=True)
class Build:
    """What the parts of a build share; `broken` are the places whose shape is wrong.

    `words` are all keys in the document: what none of them says, nobody has to look for.
    """

    shape: Document
    words: frozenset[str]
    broken: frozenset[Place] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    objects: dict[str, dict[Any, Any]] = field(default_factory=dict)
    # The types of the spec: schema, name and `Type.kind`.
    type_names: frozenset[tuple[str | None, str, str]] = frozenset()
    # With those of the rows of its tables.
    row_types: frozenset[tuple[str | None, str, str]] = frozenset()
    external: dict[Name, dict[str, Type]] = field(default_factory=dict)
    bodies: dict[Name, Body] = field(default_factory=dict)
    # Where each constraint and index stands, for errors that are found later; and the shapes of
    # those that have one of their own: at a column, they have none.
    spots: dict[tuple[Name, str], Spot] = field(default_factory=dict)
    parts: dict[tuple[Name, str], Any] = field(default_factory=dict)
    # Columns that are no more than a type, by its text and whether they may hold NULL.
    plain_columns: dict[tuple[str | None, bool], Column] = field(default_factory=dict)
    # What gives names to the constraints and indexes of tables.
    naming: Convention = ALEMBIC

    @property
    def enums(self) -> dict[Name, Enum]:
        """The enums that literals are values of."""
        return self.objects.get("enum", {})

    def shapes(self, kind: Kind) -> Any:
        """Return the shapes of a kind's objects by name, or a list of names."""
        return self.shape.held(kind.key)

    @property
    def table_names(self) -> Iterator[Name]:
        """The names of the tables, partitions but for those."""
        for text in self.shape.tables:
            name = self.silent_name(text)
            if name is not None:
                yield name

    def members(self, kind: Kind) -> Iterator[tuple[Name, str, Place, Any]]:
        """Yield what stands on relations: the relation, the own name, the place, the shape."""
        if kind.key not in self.words:
            return
        for body in self.bodies.values():
            for key, shape in body.shape.held(kind.key).items():
                yield body.name, key, (*body.at.path, kind.key, key), shape
        for of in (BY_WORD[word] for word in kind.holders if word in BY_WORD):
            for text, whole in self.shapes(of).items():
                held = whole.held(kind.key)
                holder = self.silent_name(text) if held else None
                if holder is not None:
                    for key, shape in held.items():
                        yield holder, key, (of.key, text, kind.key, key), shape

    def at(self, *path: str | int) -> Spot:
        """Return a place of the document."""
        return Spot(self, path)

    def is_broken(self, path: Place) -> bool:
        """Tell whether something at or below a path has the wrong shape and was left out."""
        return any(place[: len(path)] == path for place in self.broken)

    def silent(self) -> Build:
        """Return a build that throws its problems away: they are reported elsewhere."""
        return replace(self, problems=[])

    def silent_name(self, text: str) -> Name | None:
        """Return a name whose mistakes are reported elsewhere."""
        return self.silent().at().name(text)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the document; what is wrong there goes to the problems of the build."""

    build: Build
    path: Place

    def __truediv__(self, key: str | int) -> Self:
        """Return the place below a key, or of an item of a list."""
        return type(self)(self.build, (*self.path, key))

    def under(self, *keys: str | int) -> Self:
        """Return the place below keys, one after the other."""
        return type(self)(self.build, (*self.path, *keys))

    @property
    def above(self) -> Self:
        """The place of what it is a key or an item of."""
        return type(self)(self.build, self.path[:-1])

    def wrong(
        self,
        message: str,
        hint: str = "",
        *,
        offset: int | None = None,
        at_key: bool = False,
    ) -> None:
        """Report the value; `offset` counts characters into it."""
        if len(self.build.problems) > MAX_PROBLEMS:
            raise TooManyError
        self.build.problems.append(
            Problem(
                message=message, path=self.path, hint=hint, offset=offset, at_key=at_key
            )
        )

    def wrong_key(self, message: str, hint: str) -> None:
        """Report that the key stands here, whatever its value."""
        self.wrong(message, hint, at_key=True)

    def wrong_sql(self, mistake: SqlMistake) -> None:
        """Report SQL that is none."""
        self.wrong(mistake.message, mistake.hint, offset=mistake.offset)

    def need(self, version: int, what: str) -> None:
        """Report a feature that is younger than the oldest PostgreSQL of the spec."""
        oldest = self.build.shape.postgresql
        if oldest < version:
            self.wrong_key(
                f"{what} needs PostgreSQL {version}; the spec is for {oldest}",
                f'write "postgresql: {version}" at the top of the spec',
            )

    def identifier(self, text: str, *, at_key: bool = True) -> bool:
        """Report a name that PostgreSQL cannot hold; True when it can."""
        found = fault(text)
        if found is not None:
            self.wrong(*found, at_key=at_key)
        return found is None

    def name(self, text: str, *, at_key: bool = True) -> Name | None:
        """Return a dotted name with the spec's default schema; None when it is reported."""
        hint = (
            "write name or schema.name; a name with a dot or a quote is written in"
            " double quotes inside of single quotes: '\"a.b\"'"
        )
        found = self._dotted(text, hint, at_key=at_key)
        if found is None or found.schema is not None:
            return found
        return found._replace(schema=self.build.shape.schema)

    def text_name(self, text: str) -> Name | None:
        """Return a dotted name that the default schema does not concern (a collation)."""
        if self.is_call(text):
            return None
        return self._dotted(text, "write name or schema.name", at_key=False)

    def is_call(self, text: str) -> bool:
        """Tell whether a text has brackets behind a name, and report it."""
        is_call = text.endswith("()")
        if is_call:
            hint = f"write it without its brackets: {in_yaml(text.removesuffix('()'))}"
            self.wrong(f"{quoted(text)} is not a name", hint)
        return is_call

    def _dotted(self, text: str, hint: str, *, at_key: bool) -> Name | None:
        try:
            parts = split_name(text) if text else [""]
        except ValueError:
            parts = []
        if len(parts) not in {1, 2}:
            self.wrong(f"{quoted(text)} is not a name", hint, at_key=at_key)
            return None
        if not all(self.identifier(part, at_key=at_key) for part in parts):
            return None
        return Name(parts[0] if parts[1:] else None, parts[-1])


@lru_cache(maxsize=10_000)
def fault(name: str) -> tuple[str, str] | None:
    """Return why PostgreSQL cannot hold a name, and a hint; None when it can."""
    if not name:
        return "a name is empty", "write the name"
    if (found := unseen(name)) is not None:
        message = f"the name {name!a} holds {found}"
        return message, "remove it: nobody sees such a name as it is"
    if name in UNQUOTED:
        message = (
            f"the name {quoted(name)} is a word of SQL that SQLAlchemy does not quote"
        )
        return message, "choose another one, or an upper-case letter in it"
    if (size := len(name.encode(errors="surrogatepass"))) > MAX_NAME_BYTES:
        message = f"the name {quoted(name)} has {size} bytes"
        return message, f"PostgreSQL keeps {MAX_NAME_BYTES}; shorten it"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A table or a partition that is being built: its shape, where it stands, its columns.

    `columns` are all of them, `declared` those that it says itself, and `own` is what it has
    otherwise of those that it is given: as a partition, a child or a typed table.
    """

    name: Name
    shape: BodyShape
    at: Spot
    columns: Mapping[str, Column]
    declared: Mapping[str, Column] = field(default_factory=dict)
    parent: Name | None = None
    inherits: tuple[Name, ...] = ()
    of_type: Name | None = None
    own: Mapping[str, Own] = field(default_factory=dict)

    @property
    def build(self) -> Build:
        """What it is a part of."""
        return self.at.build

    @property
    def naming(self) -> Convention:
        """What gives names to its constraints and indexes."""
        return self.build.naming


def items(value: Mapping[str, Any] | Iterable[str]) -> Iterable[tuple[Any, str, Any]]:
    """Yield (key or position, name, shape or None) of a mapping, or of a list of names."""
    if isinstance(value, dict):
        yield from ((key, key, shape) for key, shape in value.items())
    else:
        yield from ((index, name, None) for index, name in enumerate(value))
