"""What a spec may say of a table, of a partition, and of what stands on them."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from gen_migration.kinds import held
from gen_migration.kinds.python_shapes import PythonOfTableShape  # noqa: TC001 - is evaluated
from gen_migration.kinds.shape import Later, Rule, Shape
from gen_migration.kinds.shape_base import (
    Comment,
    Compression,
    Distinct,
    Grants,
    Ignore,
    Owner,
    Parameters,
    RenamedFrom,
    Storage,
    Text,
    flag,
    key,
    mapping,
    named,
    one_of,
    optional,
)
from gen_migration.model.schema import RowSecurity
from gen_migration.spec.column_shapes import ColumnMapping, NotNullShape
from gen_migration.spec.shape_constraints import (
    CheckShape,
    ExcludeShape,
    ForeignKeyShape,
    IndexShape,
    PartitionByShape,
    PrimaryKeyShape,
    UniqueShape,
)

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind


class ReplicaIdentityShape(Shape):
    """What logical replication knows an old row by; in short, `full` or `nothing`."""

    short = "rows"
    rows: Literal["full", "nothing"] | None = optional(
        "`full`: all of it; `nothing`: nothing, so that none can change."
    )
    index: Text | None = optional(
        "A unique index, or a key, of columns that are never NULL."
    )

    contradiction = one_of(
        'write "full", "nothing", or the name of an "index"', ("rows",), ("index",)
    )


class BodyShape(Shape):
    """What a table and a partition have in common."""

    primary_key: PrimaryKeyShape | None = optional("The primary key.")
    uniques: named(UniqueShape, "Unique constraints") = mapping()  # type: ignore[valid-type]
    foreign_keys: named(ForeignKeyShape, "Foreign keys") = mapping()  # type: ignore[valid-type]
    checks: named(CheckShape, "Checks") = mapping()  # type: ignore[valid-type]
    excludes: named(ExcludeShape, "Exclusion constraints") = mapping()  # type: ignore[valid-type]
    indexes: named(IndexShape, "Indexes") = mapping()  # type: ignore[valid-type]
    partition_by: PartitionByShape | None = optional(
        "How the rows are spread over partitions."
    )
    partitions: dict[str, PartitionShape] = mapping("The partitions by name.")
    unlogged: bool = flag("Faster to write, and empty after a crash.")
    storage_parameters: Parameters = mapping()
    tablespace: Text | None = optional("The tablespace.")
    row_security: RowSecurity | None = optional(
        "Row level security: `enabled`, what no policy allows is denied to all but the owner;"
        " `forced`, to the owner as well. `forced but disabled` holds for nobody yet."
    )
    access_method: Text | None = optional(
        "PostgreSQL 15: how rows are kept, where that is not `heap`."
    )
    replica_identity: ReplicaIdentityShape | None = optional(
        "What logical replication knows an old row by; left out, the primary key."
    )
    cluster_on: Text | None = optional(
        "The index, or the key, by which CLUSTER orders the rows."
    )
    renamed_from: RenamedFrom = None
    expansion: bool = key(
        "A view has the old name until `--contract`, so that old and new code run meanwhile.",
        default=False,
        word="expand",
    )
    owner: Owner = None
    grants: Grants = None
    ignore: Ignore = mapping()
    comment: Comment = None


@cache
def of_kind(kind: Kind) -> Any:
    """Return the type of a kind's objects: by name, or a list of names where those are enough."""
    shape, description = with_members(kind.shape(), kind.word), kind.about
    needs_keys = any(one.default is ... for one in kind.keys)
    if kind.in_schema or needs_keys:
        return Annotated[dict[str, shape], Rule(description)]  # type: ignore[valid-type]
    return Annotated[dict[str, shape] | list[str], Rule(description)]  # type: ignore[valid-type]


def with_members(shape: type[Shape], word: str) -> type[Shape]:
    """Return a shape with the keys of what stands on such an object."""
    members = {kind.key: Later(partial(of_kind, kind)) for kind in held(word)}
    if not members:
        return shape
    body: dict[str, Any] = {"__doc__": shape.__doc__, "__module__": __name__}
    body |= {"__annotations__": members, **{key: mapping() for key in members}}
    return type(shape.__name__, (shape,), body)


if TYPE_CHECKING:
    HolderShape = BodyShape
else:
    HolderShape = with_members(BodyShape, "table")


Literals = Annotated[
    Any,
    Rule("One value, or one for each column; `minvalue` and `maxvalue` as well."),
]


class PartitionColumnShape(Shape):
    """What a partition has otherwise of a column of its table."""

    nullable: bool | None = optional("`false`: the partition says NOT NULL itself.")
    not_null: NotNullShape | None = optional("PostgreSQL 18: a NOT NULL of its own.")
    default: Any = optional(
        "As at a column; `null`: it has none, though its table has."
    )
    storage: Storage | None = optional(
        "How large values are kept; `null`: as the type has it."
    )
    compression: Compression | None = optional(
        "How large values are compressed; `null`: as the server does."
    )
    statistics_target: int | None = optional(
        "How much ANALYZE samples of the column; left out, `default_statistics_target`.",
        least=0,
        most=10_000,
    )
    n_distinct: Distinct | None = optional("As at a column, of this partition.")
    n_distinct_inherited: Distinct | None = optional(
        "As at a column, of this partition together with its own."
    )
    backfill: Any = optional(
        "As at a column: what its rows get that hold NULL when it says NOT NULL itself."
    )
    comment: Comment = None


class InheritedShape(Shape):
    """What a partition has otherwise of an index or a constraint of its table; in short, a name."""

    short = "name"
    name: Text | None = optional(
        "What an index or a key is called here; left out, as PostgreSQL chooses."
    )
    storage_parameters: Parameters | None = optional(
        "All storage parameters of an index, in place of its table's."
    )
    tablespace: Text | None = optional("The tablespace of an index.")
    comment: Comment = None


class PartitionShape(HolderShape):
    """A partition of a table; in short, `default`."""

    short = "bound"
    inherited: dict[str, InheritedShape] = mapping(
        "What it has otherwise of its table's indexes and constraints, by their"
        " names there."
    )
    columns: dict[str, PartitionColumnShape] = mapping(
        "What it has otherwise of its table's columns."
    )
    attached: bool = flag(
        "It was a table before: each NOT NULL that it shares with its parent has"
        " a name of its own (PostgreSQL 18)."
    )
    bound: Literal["default"] | None = optional(
        "Holds the rows that no other one takes."
    )
    from_: Literals = optional(word="from")
    to: Literals = None
    in_: list[Any] | None = optional("The values it holds.", word="in", least=1)
    modulus: int | None = optional("Into how many parts.", least=1)
    remainder: int | None = optional("Which of the parts.", least=0)

    def contradiction(self) -> str | None:
        """Insist on one complete way to say which rows it holds."""
        ways = [
            self.bound is not None,
            self.from_ is not None and self.to is not None,
            self.in_ is not None,
            self.modulus is not None and self.remainder is not None,
        ]
        halves = [(self.from_ is None) != (self.to is None)]
        halves.append((self.modulus is None) != (self.remainder is None))
        if ways.count(True) == 1 and not any(halves):
            return None
        return 'write one of "from" and "to", "in", "modulus" and "remainder", "bound: default"'


class TableShape(HolderShape):
    """A table."""

    inherits: list[Text] = key(
        "The parents whose columns and checks it has as well (INHERITS), in their order.",
        list,
    )
    of: Text | None = optional(
        "The composite type whose attributes are its columns (OF)."
    )
    columns: ColumnMapping = mapping(
        "The columns by name, in their order; of those that it has from parents or from"
        " its type, what it has otherwise."
    )
    group: Text | None = optional(
        "The group that it stands in, in diagrams and in the data dictionary; it changes"
        " nothing in the database."
    )
    python: PythonOfTableShape | None = optional("Its class in models.")
