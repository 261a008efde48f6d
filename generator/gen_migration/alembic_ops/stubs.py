"""Stand-ins for what the names in a revision mean while it is read.

Nothing here is an object of Alembic, SQLAlchemy or Python's library: `sa.String` is a Reference,
`sa.String(50)` a Call. All of them stay as they are once they are made, so that the size of a
value is known when it is made.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping


# Where SQLAlchemy keeps things that it also gives from its top.
INNER = re.compile(r"^sqlalchemy(\.(types|sql|schema|sqltypes|elements|expression))*\.")
POSTGRESQL = "sqlalchemy.dialects.postgresql."


@dataclass(frozen=True, slots=True)
class Reference:
    """Something of another package by its dotted path: `sqlalchemy.String`."""

    path: str

    @property
    def name(self) -> str:
        """The name as our own revisions write it: `sa.Column`, `postgresql.UUID`."""
        return short_name(self.path)


@lru_cache(maxsize=1_000)
def short_name(path: str) -> str:
    """Return the name of something of another package as our own revisions write it."""
    if path.startswith(POSTGRESQL):
        return f"postgresql.{path.rpartition('.')[2]}"
    return INNER.sub("sa.", path)


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


def described(value: Any) -> str:
    """Return what a value is, in a few words."""
    if isinstance(value, Reference | Call):
        return value.name
    if isinstance(value, Function):
        return f"{value.node.name}()"
    if isinstance(value, Builtin | Helper | Directive):
        return f"{'op.' if isinstance(value, Directive) else ''}{value.name}"
    return type(value).__name__
