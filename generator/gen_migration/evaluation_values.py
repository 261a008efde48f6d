"""What the names in a revision stand for while it is read: constants, and what is written down.

Nothing here is an object of Alembic, SQLAlchemy or Python's library: `sa.String` is a Reference,
`sa.String(50)` a Call. All of them stay as they are once they are made, so that the size of a
value is known when it is made.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.data_class import dataclass
from gen_migration.errors import Error
from gen_migration.python_code import Call

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

# Where SQLAlchemy keeps things that it also gives from its top.
INNER = re.compile(r"^sqlalchemy(\.(types|sql|schema|sqltypes|elements|expression))*\.")
POSTGRESQL = "sqlalchemy.dialects.postgresql."
WAY_OUT = (
    "write it with Alembic's directives or as SQL, or move it to a revision of its own"
    " (alembic revision)"
)
STEPS = 200_000  # of work, beside one for each character of the file
CHARACTERS = 64  # of a text that are one step
MAX_BITS = 256  # of a number that is computed with
MAX_DEPTH = 100  # of expressions and calls within each other


@dataclass(frozen=True, slots=True)
class Reference:
    """Something of another package by its dotted path: `sqlalchemy.String`."""

    path: str

    @property
    def name(self) -> str:
        """The name as our own revisions write it: `sa.Column`, `postgresql.UUID`."""
        if self.path.startswith(POSTGRESQL):
            return f"postgresql.{self.path.rpartition('.')[2]}"
        return INNER.sub("sa.", self.path)


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of Python's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a constant: `", ".join`."""

    of: Any
    name: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What `with op.batch_alter_table(…)` gives: directives without their table."""

    table: str
    schema: str | None


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive of Alembic's, perhaps one of a batch."""

    name: str
    batch: Batch | None = None


@dataclass(frozen=True, slots=True)
class Helper:
    """What gen-migration has written into the file: a context, or the class of a type.

    What is in its `with` is what runs.
    """

    name: str
    is_class: bool = False


@dataclass(frozen=True, slots=True)
class Transparent:
    """A context that changes nothing of what is in it; `value` is what `as` gets."""

    value: Any = None


@dataclass(eq=False, slots=True)
class Scope:
    """Names and their values; `own` are the names that a function assigns anywhere in it."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: Scope | None = None
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, slots=True)
class Function:
    """A function of the file, with the values of its defaults."""

    node: ast.FunctionDef
    scope: Scope
    defaults: tuple[Any, ...]
    keyword_defaults: Mapping[str, Any]


# What an operator or a method may be applied to.
CONSTANT = (str, int, float, bool, type(None))


class UnknownError(Exception):
    """What cannot be evaluated, in words; who evaluates adds the line."""


class Place:
    """Where the reading of a file is, and how much work it may still cost."""

    def __init__(self, path: str, length: int) -> None:
        self.path = path
        self.line = 0
        self.left = length + STEPS

    def spend(self, steps: int = 1) -> None:
        """Count work before it is done. Raises Error where it is too much."""
        self.left -= steps
        if self.left < 0:
            raise self.error(
                f"the revision takes more than {STEPS:,} steps to read",
                "write out what it does, without loops that are so long",
            )

    def text(self, length: int) -> None:
        """Count the making of a text. Raises Error where it is too long."""
        self.spend(1 + length // CHARACTERS)

    def error(self, message: str, hint: str = WAY_OUT) -> Error:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return Error(message, where=where, hint=hint)

    def unknown(self, what: str) -> Error:
        return self.error(f"the revision cannot be replayed: {what}")


def weight(value: Any) -> int:
    """Return the size of a value, in steps."""
    if isinstance(value, str):
        return 1 + len(value) // CHARACTERS
    if isinstance(value, tuple | list | frozenset):
        return 1 + sum(map(weight, value))
    if isinstance(value, dict):
        return 1 + sum(map(weight, value)) + sum(map(weight, value.values()))
    if isinstance(value, Call):
        return 1 + sum(map(weight, value.arguments)) + weight(dict(value.keywords))
    return 1


def described(value: Any) -> str:
    """Return what a value is, in a few words."""
    if isinstance(value, Reference | Call):
        return value.name
    if isinstance(value, Function):
        return f"{value.node.name}()"
    if isinstance(value, Builtin | Helper | Directive):
        return f"{'op.' if isinstance(value, Directive) else ''}{value.name}"
    return type(value).__name__


def is_true(value: Any) -> bool:
    """Tell whether a constant counts as true. Raises UnknownError for all else."""
    if isinstance(value, Reference) and value.path == "typing.TYPE_CHECKING":
        return False
    if isinstance(value, (*CONSTANT, tuple, list, dict, frozenset, range)):
        return bool(value)
    raise UnknownError(f"whether {described(value)} is true")


def items_of(value: Any, place: Place) -> list[Any]:
    """Return what a loop over a value goes over. Raises UnknownError or Error."""
    if isinstance(value, range):
        place.spend(len(value))
        return list(value)
    if isinstance(value, str | tuple | list | dict):
        place.spend(len(value))
        return list(value)
    if isinstance(value, frozenset):
        raise UnknownError("a loop over a set, whose order is not known")
    raise UnknownError(f"a loop over {described(value)}")


def what(node: ast.AST) -> str:
    """Return how Python calls a part of a text."""
    name = type(node).__name__
    return NAMES.get(name, name)


NAMES = {
    "Lambda": "a lambda",
    "NamedExpr": "an assignment inside of an expression",
    "Await": "await",
    "Yield": "yield",
    "YieldFrom": "yield",
    "Starred": "a starred expression",
    "Try": "try",
    "TryStar": "try",
    "Delete": "del",
    "Global": "global",
    "Nonlocal": "nonlocal",
    "Match": "match",
    "AsyncFunctionDef": "an async function",
    "ClassDef": "a class",
    "Attribute": "an attribute",
    "Subscript": "a part of a value",
}
