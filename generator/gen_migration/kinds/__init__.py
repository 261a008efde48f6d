"""The kinds of objects that a schema has beside its tables, each declared once.

In goes a name and a value of one kind; out come SQL, words, and what follows a rename. Whatever
concerns all objects walks over `KINDS`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.kinds.aggregates import Aggregates
from gen_migration.kinds.collations import Collations
from gen_migration.kinds.composite_types import CompositeTypes
from gen_migration.kinds.domains import Domains
from gen_migration.kinds.enums import Enums
from gen_migration.kinds.event_triggers import EventTriggers
from gen_migration.kinds.extensions import Extensions
from gen_migration.kinds.functions import Functions
from gen_migration.kinds.materialized_views import MaterializedViews
from gen_migration.kinds.policies import Policies
from gen_migration.kinds.procedures import Procedures
from gen_migration.kinds.range_types import RangeTypes
from gen_migration.kinds.rules import Rules
from gen_migration.kinds.schemas import Schemas
from gen_migration.kinds.sequences import Sequences
from gen_migration.kinds.statistics import StatisticsKind
from gen_migration.kinds.triggers import Triggers
from gen_migration.kinds.views import Views
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

# In the order in which a spec has them, and in which they are created.
KINDS: tuple[Kind, ...] = (
    Schemas(),
    Extensions(),
    Enums(),
    Collations(),
    CompositeTypes(),
    RangeTypes(),
    Sequences(),
    Domains(),
    Functions(),
    Procedures(),
    Aggregates(),
    Views(),
    MaterializedViews(),
    Policies(),
    Triggers(),
    Rules(),
    StatisticsKind(),
    EventTriggers(),
)
BY_WORD = {kind.word: kind for kind in KINDS}
BY_VALUE: dict[type[Any], Kind] = {kind.value: kind for kind in KINDS}


def called_so(schema: Schema, called: str, name: Any) -> Kind | None:
    """Return the kind of the object that a statement calls so: `TYPE app.mood`.

    Several kinds are called alike; of an object that the schema has not, it is None.
    """
    for kind in KINDS:
        if kind.parsed == called and (
            name in schema.of(kind.word) or name in kind.given
        ):
            return kind
    return None


def of_part(called: str) -> Kind | None:
    """Return the kind whose objects have parts that a statement calls so: `DOMCONSTRAINT`."""
    return next((kind for kind in KINDS if kind.part == called), None)


def type_of(schema: Schema, of: Type) -> tuple[Kind, Any] | None:
    """Return the kind and the value of a type that is an object of the schema."""
    if of.kind != "builtin":
        for kind in KINDS:
            value = schema.of(kind.word).get(Name(of.schema, of.name))
            if value is not None and kind.space == "types":
                return kind, value
    return None


def base_of(schema: Schema, of: Type) -> Type:
    """Return the type whose values a type has: that of a domain, or itself."""
    found = type_of(schema, of)
    base = None if found is None else found[0].base(found[1])
    if base is None:
        return of
    return base_of(schema, replace(base, array=of.array or base.array))
