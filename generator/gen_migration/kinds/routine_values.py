"""Functions and procedures as values."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal

from gen_migration.base.data_class import dataclass
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

Mode = Literal["in", "out", "inout", "variadic", "table"]
INPUTS = frozenset(("in", "inout", "variadic"))
OUTPUTS = frozenset(("out", "inout", "table"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument of a routine; those of the mode `table` are the columns that it returns."""

    type: Type
    name: str | None = None
    mode: Mode = "in"
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine(Granted):
    """What functions and procedures have.

    `body` is what is compared of the body, and `written` how it is written; `library` is the file
    of one that is written in C, and `transforms` are the types of TRANSFORM. A setting is a list
    where PostgreSQL's is one.
    """

    arguments: tuple[Argument, ...] = ()
    language: str
    body: str
    written: str = field(compare=False)
    library: str | None = None
    security_definer: bool = False
    transforms: tuple[Type, ...] = ()
    settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comment: str | None = None

    @property
    def inputs(self) -> tuple[Argument, ...]:
        """The arguments whose types belong to the name."""
        return tuple(one for one in self.arguments if one.mode in INPUTS)

    @property
    def arguments_in_brackets(self) -> tuple[Argument, ...]:
        """The arguments that stand behind the name, and not behind RETURNS TABLE."""
        return tuple(one for one in self.arguments if one.mode != "table")

    @property
    def outputs(self) -> tuple[Argument, ...]:
        """The arguments that make the result."""
        return tuple(one for one in self.arguments if one.mode in OUTPUTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Routine):
    """`CREATE FUNCTION`; it `returns` nothing of its own where outputs make the result."""

    returns: Type | None = None
    setof: bool = False
    window: bool = False
    volatility: Literal["volatile", "stable", "immutable"] = "volatile"
    strict: bool = False
    leakproof: bool = False
    parallel: Literal["unsafe", "restricted", "safe"] = "unsafe"
    cost: str | None = None
    rows: str | None = None
    support: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure(Routine):
    """`CREATE PROCEDURE`."""


hold(Function, arguments=(Argument,))
hold(Procedure, arguments=(Argument,))
