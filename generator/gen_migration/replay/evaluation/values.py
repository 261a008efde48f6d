"""Values while a revision is read, and a bound on the work that they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.stubs import Reference, described
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    import ast

WAY_OUT = (
    "write it with Alembic's directives or as SQL, or move it to a revision of its own"
    " (alembic revision)"
)
STEPS = 200_000  # of work, beside one for each character of the file
CHARACTERS = 64  # of a text that are one step
MAX_BITS = 256  # of a number that is computed with
MAX_DEPTH = 100  # of expressions and calls within each other


# What an operator or a method may be applied to.
CONSTANT = (str, int, float, bool, type(None))


class UnknownError(Exception):
    """What cannot be evaluated, in words; who evaluates adds the line."""


class Position:
    """Where the reading of a file is, and how much work it may still cost."""

    def __init__(self, path: str, length: int) -> None:
        self.path = path
        self.line = 0
        self.start = 0  # what lines count from
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
        line = self.start + self.line
        where = f"{self.path}:{line}" if line else self.path
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


def is_true(value: Any) -> bool:
    """Tell whether a constant counts as true. Raises UnknownError for all else."""
    if isinstance(value, Reference) and value.path == "typing.TYPE_CHECKING":
        return False
    if isinstance(value, (*CONSTANT, tuple, list, dict, frozenset, range)):
        return bool(value)
    raise UnknownError(f"whether {described(value)} is true")


def items_of(value: Any, place: Position) -> list[Any]:
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
