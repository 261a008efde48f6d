"""The one model: what a database schema is, whatever it was read from.

Every value is frozen and in canonical form, so that two schemas are equal when `==` says so.
Mappings compare without regard to their order: PostgreSQL cannot reorder the columns of a
table, and the order of tables means nothing.

Expressions are SQL as PostgreSQL's parser prints it (see `postgres.expressions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from gen_migration.base.data_class import dataclass, replace, set_early
from gen_migration.model.access import Granted
from gen_migration.model.convention import ALEMBIC, Convention
from gen_migration.model.hints import Hints
from gen_migration.postgres.settings import Safety
from gen_migration.postgres.type_names import INTEGERS

if TYPE_CHECKING:
    from gen_migration.base.errors import Place
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

Parameters = Mapping[str, str]
# What a column has of its own, by the fields of `Column`.
Own = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceOptions:
    """What a sequence and an identity column have in common; every value is resolved."""

    start: int
    increment: int
    minimum: int
    maximum: int
    cache: int = 1
    cycle: bool = False

    @classmethod
    def of(
        cls,
        integer: str,
        *,
        increment: int = 1,
        minimum: int | None = None,
        maximum: int | None = None,
        start: int | None = None,
        cache: int = 1,
        cycle: bool = False,
    ) -> SequenceOptions:
        """Return options with PostgreSQL's defaults filled in (manual, CREATE SEQUENCE)."""
        up, held = increment > 0, INTEGERS.get(integer, INTEGERS["bigint"])
        if minimum is None:
            minimum = 1 if up else held[0]
        if maximum is None:
            maximum = held[-1] if up else -1
        if start is None:
            start = minimum if up else maximum
        return cls(
            start=start,
            increment=increment,
            minimum=minimum,
            maximum=maximum,
            cache=cache,
            cycle=cycle,
        )

    def standard(self, integer: str) -> SequenceOptions:
        """Return the options that a sequence of this type and direction has by itself."""
        start = self.minimum if self.increment > 0 else self.maximum
        found = self.of(integer, increment=self.increment, start=start)
        return replace(found, increment=1)

    def unlike(self, other: SequenceOptions) -> dict[str, int]:
        """Return the values in which it differs from others, by their fields."""
        every = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            key: value for key, value in every.items() if value != getattr(other, key)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`GENERATED … AS IDENTITY`; `sequence` is the name of its sequence, where a name is given."""

    always: bool
    options: SequenceOptions
    sequence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """`GENERATED ALWAYS AS (…)`."""

    expression: str
    stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotNullState:
    """What a NOT NULL constraint has beside its name (PostgreSQL 18)."""

    no_inherit: bool = False
    not_valid: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column, without its name and without the constraints that it is part of.

    `not_null` is the name of its NOT NULL constraint, which PostgreSQL keeps from 18 on; None is
    whatever name there is. One that is not plain (`not_null_state`) always has its name. What
    ANALYZE is told (`statistics_target`, and `n_distinct` with the text of its number) is of one
    table, and partitions have none of it from theirs.
    """

    word: ClassVar[str] = "column"
    type: Type
    nullable: bool = False
    not_null: str | None = None
    not_null_state: NotNullState | None = None
    default: str | None = None
    generated: Generated | None = None
    identity: Identity | None = None
    collation: Name | None = None
    storage: str | None = None
    compression: str | None = None
    statistics_target: int | None = None
    n_distinct: str | None = None
    n_distinct_inherited: str | None = None
    comment: str | None = None

    @property
    def has_sequence(self) -> bool:
        """Whether PostgreSQL makes a sequence for it by itself."""
        return self.type.is_serial or self.identity is not None

    @property
    def has_value(self) -> bool:
        """Whether it gets a value where an INSERT leaves it out."""
        return bool(self.default or self.generated or self.has_sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """When a constraint is checked."""

    deferrable: bool = False
    initially_deferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed(Deferral):
    """What a constraint has that an index keeps: settings and the comment of that index."""

    storage_parameters: Parameters = field(default_factory=dict)
    tablespace: str | None = None
    index_comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryKey(Indexed):
    """`PRIMARY KEY`."""

    word: ClassVar[str] = "primary key"
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    without_overlaps: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique(Indexed):
    """`UNIQUE`."""

    word: ClassVar[str] = "unique"
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    without_overlaps: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey(Deferral):
    """`FOREIGN KEY`; `on_delete` and `on_update` are None for NO ACTION."""

    word: ClassVar[str] = "foreign key"
    columns: tuple[str, ...]
    referred_table: Name
    referred_columns: tuple[str, ...]
    on_delete: str | None = None
    on_delete_columns: tuple[str, ...] = ()
    on_update: str | None = None
    match_full: bool = False
    period: bool = False
    not_valid: bool = False
    not_enforced: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`CHECK`."""

    word: ClassVar[str] = "check"
    expression: str
    no_inherit: bool = False
    not_valid: bool = False
    not_enforced: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A column or an expression of an index, an exclusion constraint or a partition key."""

    column: str | None = None
    expression: str | None = None
    collation: Name | None = None
    opclass: Name | None = None
    opclass_parameters: Parameters = field(default_factory=dict)
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludeElement:
    """An element and the operator (as SQL) that two rows are compared with."""

    element: Element
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclude(Indexed):
    """`EXCLUDE`."""

    word: ClassVar[str] = "exclusion"
    method: str
    elements: tuple[ExcludeElement, ...]
    include: tuple[str, ...] = ()
    where: str | None = None
    comment: str | None = None


Constraint = PrimaryKey | Unique | ForeignKey | Check | Exclude


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPart:
    """The index of a partition that is a part of one ON ONLY: its name, and its own parts."""

    name: str
    only: Mapping[Name, IndexPart] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index that no constraint owns; it lives in its table's schema.

    `only` are the partitions that have a part of one that is ON ONLY its table, with their parts.
    """

    word: ClassVar[str] = "index"
    elements: tuple[Element, ...]
    unique: bool = False
    nulls_not_distinct: bool = False
    method: str = "btree"
    where: str | None = None
    include: tuple[str, ...] = ()
    storage_parameters: Parameters = field(default_factory=dict)
    tablespace: str | None = None
    comment: str | None = None
    only: Mapping[Name, IndexPart] | None = None


Strategy = Literal["range", "list", "hash"]
# Whether policies hold; `forced`: for the owner, too. What is forced but disabled holds for nobody
# until it is enabled.
RowSecurity = Literal["enabled", "forced", "forced but disabled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionBy:
    """How a table is partitioned."""

    strategy: Strategy
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Which rows a partition holds; all fields empty for the default partition.

    `lower`, `upper` and `values` are SQL literals, or MINVALUE and MAXVALUE.
    """

    lower: tuple[str, ...] = ()
    upper: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    modulus: int | None = None
    remainder: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionOf:
    """The table that a partition belongs to, and its bound there."""

    parent: Name
    bound: Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What a partition has otherwise of an index or a constraint of a table above it.

    An index and a key have a `name`; checks and foreign keys are called as there. None are
    storage parameters as there.
    """

    name: str | None = None
    storage_parameters: Parameters | None = None
    tablespace: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaIdentity:
    """What logical replication knows an old row by: all of it, nothing, or an `index`."""

    rows: Literal["full", "nothing", "index"]
    index: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Granted):
    """A table; some of its columns, or all of them, it may have from others.

    A partition has those of its parent, a child (`inherits`, INHERITS) those of its parents, and a
    typed table the attributes of its type (`of_type`, OF). `columns` are those that it declares
    itself; a child may declare what its parents have as well. `own` is what it has otherwise of
    the rest: a default, a storage, a compression, an identity, a comment, what
    ANALYZE is told, and `nullable` (False) where it says NOT NULL itself, with
    `not_null` where it gives a name. `access_method` is None for `heap`, and `replica_identity`
    for the primary key. An index that is named (CLUSTER `cluster_on`) may be that of a key.
    `inherited` is what it has otherwise of indexes and constraints, by what they are called at
    the table above it that has them.
    """

    columns: Mapping[str, Column]
    own: Mapping[str, Own] = field(default_factory=dict)
    inherited: Mapping[str, Inherited] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    partition_by: PartitionBy | None = None
    partition_of: PartitionOf | None = None
    inherits: tuple[Name, ...] = ()
    of_type: Name | None = None
    unlogged: bool = False
    storage_parameters: Parameters = field(default_factory=dict)
    tablespace: str | None = None
    row_security: RowSecurity | None = None
    access_method: str | None = None
    replica_identity: ReplicaIdentity | None = None
    cluster_on: str | None = None
    comment: str | None = None

    @property
    def parent(self) -> Name | None:
        """The table that a partition belongs to."""
        return None if self.partition_of is None else self.partition_of.parent

    @property
    def parents(self) -> tuple[Name, ...]:
        """The tables that it has columns and checks from, as a partition or as a child."""
        return (
            self.inherits if self.partition_of is None else (self.partition_of.parent,)
        )

    @property
    def is_heir(self) -> bool:
        """Whether it is a child or a typed table."""
        return bool(self.inherits) or self.of_type is not None

    @property
    def has_given(self) -> bool:
        """Whether it may have columns that it does not declare itself."""
        return self.of_type is not None or bool(self.parents)

    @property
    def foreign_keys(self) -> dict[str, ForeignKey]:
        """Its foreign keys by name."""
        found = self.constraints.items()
        return {key: one for key, one in found if isinstance(one, ForeignKey)}

    @property
    def related(self) -> set[Name]:
        """The tables that it belongs to, or refers to."""
        found = {
            one.referred_table
            for one in self.constraints.values()
            if isinstance(one, ForeignKey)
        }
        return found.union(self.parents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Granted):
    """`CREATE TYPE … AS ENUM`."""

    values: tuple[str, ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Granted):
    """A sequence of its own; `owned_by` is a table and its column."""

    type: str
    options: SequenceOptions
    unlogged: bool = False
    owned_by: tuple[Name, str] | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Everything that a spec describes, a history has built or a database holds.

    `objects` are those that are no tables, by the word of their kind (see `kinds`) and name. `kept`
    are names of NOT NULL by table and column, which are no part of what a schema is (`kept_names`).
    """

    objects: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    tables: Mapping[Name, Table] = field(default_factory=dict)
    kept: Mapping[tuple[Name, str], str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Hold no empty mappings, so that schemas with the same objects are equal."""
        if not all(self.objects.values()):
            held = {word: found for word, found in self.objects.items() if found}
            set_early(self, "objects", held)

    def of(self, word: str) -> Mapping[Any, Any]:
        """Return the objects of a kind by name; "table" is one as well."""
        return self.tables if word == "table" else self.objects.get(word, {})

    def with_(self, word: str, found: Mapping[Any, Any]) -> Schema:
        """Return a schema with these objects of a kind."""
        if word == "table":
            return replace(self, tables=found)
        return replace(self, objects={**self.objects, word: found})

    @property
    def names(self) -> list[Name]:
        """The names of all that is in a schema."""
        every = (self.tables, *self.objects.values())
        return [name for found in every for name in found if hasattr(name, "schema")]

    @property
    def enums(self) -> Mapping[Name, Enum]:
        """The enums, which types of columns name."""
        return self.of("enum")

    @property
    def sequences(self) -> Mapping[Name, Sequence]:
        """The sequences, which belong to columns."""
        return self.of("sequence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A spec: a schema, its name, and what it takes for given.

    `external` are tables of others that foreign keys point at: their columns and types.
    `postgresql` is the oldest major version that the schema must work on. `places` are the paths
    in the document of all objects but columns, by kind ("table", "part", "enum", …) and name.
    """

    name: str
    schema: Schema
    description: str | None = None
    postgresql: int = 14
    online: bool = True
    safety: Safety = field(default_factory=Safety)
    default_schema: str | None = None
    naming: Convention = ALEMBIC
    external: Mapping[Name, Mapping[str, Type]] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)
    places: Mapping[tuple[str, Any], Place] = field(default_factory=dict, compare=False)
