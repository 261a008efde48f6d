"""Keys, constraints, indexes and partition keys, as a spec writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from gen_migration.kinds.python_shapes import PythonOfKeyShape
from gen_migration.kinds.shape import Rule, Shape
from gen_migration.kinds.shape_base import (
    SQL,
    Action,
    Columns,
    Comment,
    Deferrable,
    Ignore,
    InitiallyDeferred,
    Method,
    NotEnforced,
    NotValid,
    Parameters,
    PlainIndexShape,
    RenamedFrom,
    Text,
    flag,
    key,
    mapping,
    one_of,
    optional,
)
from gen_migration.kinds.shape_base import (
    ElementShape as ElementShape,  # noqa: PLC0414 - for those that build it
)


class TargetShape(Shape):
    """What a foreign key refers to; in short, `table.column`."""

    short = "column"
    column: Text | None = optional("`table.column`.")
    table: Text | None = optional("The table.")
    columns: Columns | None = optional("Its columns, in the order of those that refer.")

    contradiction = one_of(
        'write "table.column", or "table" and "columns"',
        ("column",),
        ("table", "columns"),
    )


class IndexedShape(Shape):
    """What a constraint has that an index keeps."""

    storage_parameters: Parameters = mapping()
    tablespace: Text | None = optional("The tablespace of its index.")
    index_comment: Text | None = optional("`COMMENT ON` its index.")


class KeyShape(IndexedShape):
    """What a primary key and a unique constraint have in common."""

    short = "columns"
    columns: Columns = key("The columns of the key.")
    include: list[str] = mapping("Columns that the index carries beside its key.")
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    without_overlaps: bool = flag(
        "PostgreSQL 18: the last column, a range, must not overlap."
    )
    renamed_from: RenamedFrom = None
    ignore: Ignore = mapping()
    comment: Comment = None


class PrimaryKeyShape(KeyShape):
    """The primary key; in short, the list of its columns."""

    name: Text | None = optional("Left out: `pk_<table>`.")


class UniqueShape(KeyShape):
    """A unique constraint; in short, the list of its columns."""

    nulls_not_distinct: bool = flag("PostgreSQL 15: two NULLs are equal.")


class ForeignKeyShape(Shape):
    """A foreign key."""

    columns: Columns = key("The columns that refer.")
    references: TargetShape = key("`table.column`, or `{table: …, columns: […]}`.")
    on_delete: Action | None = optional("What happens when the row there is deleted.")
    on_update: Action | None = optional("What happens when the key there changes.")
    match: Literal["simple", "full"] = key(
        "`full`: the columns are all NULL or none is.", "simple"
    )
    period: bool = flag(
        "PostgreSQL 18: the last column is a `PERIOD` that must be covered."
    )
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    not_valid: NotValid = False
    not_enforced: NotEnforced = False
    python: PythonOfKeyShape | None = optional("Its relationships in models.")
    renamed_from: RenamedFrom = None
    ignore: Ignore = mapping()
    comment: Comment = None


class CheckShape(Shape):
    """A check; in short, its expression."""

    short = "expression"
    expression: SQL = key("What must not be false, as SQL.")
    no_inherit: bool = flag("Not for tables that inherit.")
    not_valid: NotValid = False
    not_enforced: NotEnforced = False
    renamed_from: RenamedFrom = None
    ignore: Ignore = mapping()
    comment: Comment = None


class ExcludeElementShape(ElementShape):
    """An element and its operator; in short, SQL such as `room with =`."""

    with_: Text | None = optional("The operator, such as `&&`.", word="with")


class ExcludeShape(IndexedShape):
    """An exclusion constraint."""

    method: Method = "gist"
    elements: list[ExcludeElementShape] = key(
        "What is compared: `room with =`, `during with &&`.", least=1
    )
    include: list[str] = mapping("Columns that the index carries beside its key.")
    where: SQL | None = optional("The rows it holds for.")
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    renamed_from: RenamedFrom = None
    ignore: Ignore = mapping()
    comment: Comment = None


class IndexPartShape(Shape):
    """The index of a partition that is a part of another; in short, its name."""

    short = "name"
    name: Text = key("Its name.")
    only: dict[str, IndexPartShape] | None = optional(
        "As of the whole, where the partition has some of its own."
    )


class IndexShape(PlainIndexShape):
    """An index; in short, the list of its columns."""

    only: dict[str, IndexPartShape] | None = optional(
        "It is ON ONLY a partitioned table, and invalid: the partitions that have a part of it,"
        " each with the name of that."
    )

    renamed_from: RenamedFrom = None
    ignore: Ignore = mapping()


Elements = Annotated[list[ElementShape], Rule(least=1)]


class PartitionByShape(Shape):
    """How a table is partitioned: exactly one of the three keys."""

    range: Elements | None = optional("By ranges of these columns.")
    list: Elements | None = optional("By values of this column.")
    hash: Elements | None = optional("By the hash of these columns.")

    contradiction = one_of(
        'write one of "range", "list" and "hash"', ("range",), ("list",), ("hash",)
    )
