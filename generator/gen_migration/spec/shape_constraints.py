"""Keys, constraints, indexes and partition keys, as a spec writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

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
    RenamedFrom,
    Scalar,
    Shape,
    Text,
)


class TargetShape(Shape):
    """What a foreign key refers to; in short, `table.column`."""

    short = "column"
    column: Annotated[Text | None, Field(description="`table.column`.")] = None
    table: Annotated[Text | None, Field(description="The table.")] = None
    columns: Annotated[
        Columns | None,
        Field(description="Its columns, in the order of those that refer."),
    ] = None

    @model_validator(mode="after")
    def one(self) -> TargetShape:
        """Insist on one of the two forms."""
        if (self.column is None) == (self.table is None or self.columns is None):
            raise ValueError('write "table.column", or "table" and "columns"')
        return self


class KeyShape(Shape):
    """What a primary key and a unique constraint have in common."""

    short = "columns"
    columns: Annotated[Columns, Field(description="The columns of the key.")]
    include: Annotated[
        list[str], Field(description="Columns that the index carries beside its key.")
    ] = Field(default_factory=list)
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    without_overlaps: Annotated[
        bool,
        Field(description="PostgreSQL 18: the last column, a range, must not overlap."),
    ] = False
    renamed_from: RenamedFrom = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


class PrimaryKeyShape(KeyShape):
    """The primary key; in short, the list of its columns."""

    name: Annotated[Text | None, Field(description="Left out: `pk_<table>`.")] = None


class UniqueShape(KeyShape):
    """A unique constraint; in short, the list of its columns."""

    nulls_not_distinct: Annotated[
        bool, Field(description="PostgreSQL 15: two NULLs are equal.")
    ] = False


class ForeignKeyShape(Shape):
    """A foreign key."""

    columns: Annotated[Columns, Field(description="The columns that refer.")]
    references: Annotated[
        TargetShape,
        Field(description="`table.column`, or `{table: …, columns: […]}`."),
    ]
    on_delete: Annotated[
        Action | None, Field(description="What happens when the row there is deleted.")
    ] = None
    on_update: Annotated[
        Action | None, Field(description="What happens when the key there changes.")
    ] = None
    match: Annotated[
        Literal["simple", "full"],
        Field(description="`full`: the columns are all NULL or none is."),
    ] = "simple"
    period: Annotated[
        bool,
        Field(
            description="PostgreSQL 18: the last column is a `PERIOD` that must be covered."
        ),
    ] = False
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    not_valid: NotValid = False
    not_enforced: NotEnforced = False
    renamed_from: RenamedFrom = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


class CheckShape(Shape):
    """A check; in short, its expression."""

    short = "expression"
    expression: Annotated[SQL, Field(description="What must not be false, as SQL.")]
    no_inherit: Annotated[bool, Field(description="Not for tables that inherit.")] = (
        False
    )
    not_valid: NotValid = False
    not_enforced: NotEnforced = False
    renamed_from: RenamedFrom = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


class ElementShape(Shape):
    """A column or an expression of an index; in short, SQL such as `created_at desc`."""

    short = "sql"
    sql: Annotated[
        Text | None,
        Field(description="A column's name, or an element in PostgreSQL's own syntax."),
    ] = None
    column: Annotated[Text | None, Field(description="A column.")] = None
    expression: Annotated[SQL | None, Field(description="An expression, as SQL.")] = (
        None
    )
    collation: Annotated[Text | None, Field(description="The collation.")] = None
    opclass: Annotated[Text | None, Field(description="The operator class.")] = None
    opclass_parameters: Annotated[
        dict[str, Scalar], Field(description="The operator class's parameters.")
    ] = Field(default_factory=dict)
    order: Annotated[Literal["asc", "desc"], Field(description="The sort order.")] = (
        "asc"
    )
    nulls: Annotated[
        Literal["first", "last"] | None,
        Field(description="Where NULLs sort; left out, as if they were largest."),
    ] = None

    @model_validator(mode="after")
    def one(self) -> ElementShape:
        """Insist on one way to say what is meant."""
        given = [v for v in (self.sql, self.column, self.expression) if v is not None]
        if len(given) != 1:
            raise ValueError('write either "column" or "expression"')
        return self


class ExcludeElementShape(ElementShape):
    """An element and its operator; in short, SQL such as `room with =`."""

    with_: Annotated[
        Text | None, Field(alias="with", description="The operator, such as `&&`.")
    ] = None


class ExcludeShape(Shape):
    """An exclusion constraint."""

    method: Method = "gist"
    elements: Annotated[
        list[ExcludeElementShape],
        Field(
            min_length=1,
            description="What is compared: `room with =`, `during with &&`.",
        ),
    ]
    include: Annotated[
        list[str], Field(description="Columns that the index carries beside its key.")
    ] = Field(default_factory=list)
    where: Annotated[SQL | None, Field(description="The rows it holds for.")] = None
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    renamed_from: RenamedFrom = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


class IndexShape(Shape):
    """An index; in short, the list of its columns."""

    short = "columns"
    columns: Annotated[
        list[ElementShape],
        Field(
            min_length=1,
            description="Columns and expressions: `user_id`, `created_at desc`, `lower(email)`.",
        ),
    ]
    unique: Annotated[bool, Field(description="No two rows with equal values.")] = False
    nulls_not_distinct: Annotated[
        bool,
        Field(
            description="PostgreSQL 15: for a unique index, two NULLs are equal; of any other,"
            " PostgreSQL keeps the words alone."
        ),
    ] = False
    method: Method = "btree"
    where: Annotated[
        SQL | None, Field(description="Only rows for which this is true.")
    ] = None
    include: Annotated[
        list[str], Field(description="Columns that the index carries beside its key.")
    ] = Field(default_factory=list)
    storage_parameters: Parameters = Field(default_factory=dict)
    tablespace: Annotated[Text | None, Field(description="The tablespace.")] = None
    renamed_from: RenamedFrom = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


Elements = Annotated[list[ElementShape], Field(min_length=1)]


class PartitionByShape(Shape):
    """How a table is partitioned: exactly one of the three keys."""

    range: Annotated[
        Elements | None, Field(description="By ranges of these columns.")
    ] = None
    list: Annotated[Elements | None, Field(description="By values of this column.")] = (
        None
    )
    hash: Annotated[
        Elements | None, Field(description="By the hash of these columns.")
    ] = None

    @model_validator(mode="after")
    def one(self) -> PartitionByShape:
        """Insist on one of the three strategies."""
        if len([v for v in (self.range, self.list, self.hash) if v is not None]) != 1:
            raise ValueError('write one of "range", "list" and "hash"')
        return self
