"""The spec as it is written: which keys there are and what may stand behind them.

Pydantic checks a document against these shapes, and `gen-migration schema` prints them as a
JSON Schema for editors. Short forms become long ones here; names, references, types and SQL
are looked at in `build`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, create_model, model_validator

from gen_migration.kinds import KINDS
from gen_migration.kinds.shape_base import (
    LIST,
    MAPPING,
    SQL,
    Action,
    Comment,
    Duration,
    Ignore,
    Parameters,
    PostgreSQL,
    RenamedFrom,
    SequenceOptionsShape,
    Shape,
    Text,
    form,
    named,
)
from gen_migration.spec.shape_constraints import (
    CheckShape,
    ExcludeShape,
    ForeignKeyShape,
    IndexShape,
    PartitionByShape,
    PrimaryKeyShape,
    TargetShape,
    UniqueShape,
)

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind


class IdentityShape(SequenceOptionsShape):
    """`GENERATED … AS IDENTITY`; in short, `always` or `by default`."""

    short = "generated"
    generated: Annotated[
        Literal["always", "by default"],
        Field(
            description="Whether an INSERT may give a value of its own (`by default`)."
        ),
    ]


class GeneratedShape(Shape):
    """`GENERATED ALWAYS AS (…)`; exactly one of the two keys."""

    stored: Annotated[
        SQL | None, Field(description="Computed when the row is written.")
    ] = None
    virtual: Annotated[
        SQL | None, Field(description="PostgreSQL 18: computed when the row is read.")
    ] = None

    @model_validator(mode="after")
    def one(self) -> GeneratedShape:
        """Insist on one of the two."""
        if (self.stored is None) == (self.virtual is None):
            raise ValueError('write either "stored" or "virtual"')
        return self


class ColumnShape(Shape):
    """A column; in short, its type. A column is NOT NULL unless it says `nullable: true`."""

    short = "type"
    type: Annotated[
        Text,
        Field(
            description="The type: `varchar(50)`, `timestamptz`, `numeric(10,2)[]`, an enum of"
            " the spec, or any other type with its schema (`public.my_domain`)."
        ),
    ]
    nullable: Annotated[bool, Field(description="The column may hold NULL.")] = False
    not_null: Annotated[
        Text | None,
        Field(
            description="PostgreSQL 18: the name of its NOT NULL constraint; left out, whatever"
            " name there is. Earlier ones have no such names."
        ),
    ] = None
    default: Annotated[
        Any,
        Field(
            description="A literal in YAML's own type, quoted for the column's type, or"
            " `{sql: now()}` for an expression."
        ),
    ] = None
    primary_key: Annotated[
        bool, Field(description="This column is the primary key.")
    ] = False
    unique: Annotated[
        bool, Field(description="A unique constraint on this column alone.")
    ] = False
    references: Annotated[
        TargetShape | None,
        Field(description="A foreign key of this column: `table.column`."),
    ] = None
    on_delete: Annotated[
        Action | None,
        Field(description="What `references` does when the row there is deleted."),
    ] = None
    on_update: Annotated[
        Action | None,
        Field(description="What `references` does when the key there changes."),
    ] = None
    check: Annotated[SQL | None, Field(description="A check of this column.")] = None
    generated: Annotated[
        GeneratedShape | None,
        Field(description="The value is computed from other columns."),
    ] = None
    identity: Annotated[
        IdentityShape | None, Field(description="The value comes from a sequence.")
    ] = None
    collation: Annotated[
        Text | None, Field(description="The collation, such as `C`.")
    ] = None
    storage: Annotated[
        Literal["plain", "external", "extended", "main"] | None,
        Field(description="How large values are kept; left out, the type decides."),
    ] = None
    compression: Annotated[
        Literal["pglz", "lz4"] | None,
        Field(description="How large values are compressed."),
    ] = None
    renamed_from: RenamedFrom = None
    using: Annotated[
        SQL | None,
        Field(description="How a new type gets the values of the old one, as SQL."),
    ] = None
    rewrite: Annotated[
        bool,
        Field(
            description="That the type may change although the table is rewritten or scanned for"
            " it, while readers and writers wait."
        ),
    ] = False
    backfill: Annotated[
        Any,
        Field(
            description="What rows get that hold NULL when the column becomes NOT NULL, or is"
            " added: a literal, or `{sql: …}`, which may name other columns; `{rows: none}` where"
            " the table is known to have no rows."
        ),
    ] = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


class BodyShape(Shape):
    """What a table and a partition have in common."""

    primary_key: Annotated[
        PrimaryKeyShape | None, Field(description="The primary key.")
    ] = None
    uniques: named(UniqueShape, "Unique constraints") = Field(default_factory=dict)  # type: ignore[valid-type]
    foreign_keys: named(ForeignKeyShape, "Foreign keys") = Field(default_factory=dict)  # type: ignore[valid-type]
    checks: named(CheckShape, "Checks") = Field(default_factory=dict)  # type: ignore[valid-type]
    excludes: named(ExcludeShape, "Exclusion constraints") = Field(default_factory=dict)  # type: ignore[valid-type]
    indexes: named(IndexShape, "Indexes") = Field(default_factory=dict)  # type: ignore[valid-type]
    partition_by: Annotated[
        PartitionByShape | None,
        Field(description="How the rows are spread over partitions."),
    ] = None
    partitions: Annotated[
        dict[str, PartitionShape], Field(description="The partitions by name.")
    ] = Field(default_factory=dict)
    unlogged: Annotated[
        bool, Field(description="Faster to write, and empty after a crash.")
    ] = False
    storage_parameters: Parameters = Field(default_factory=dict)
    tablespace: Annotated[Text | None, Field(description="The tablespace.")] = None
    renamed_from: RenamedFrom = None
    ignore: Ignore = Field(default_factory=dict)
    comment: Comment = None


Literals = Annotated[
    Any,
    Field(
        description="One value, or one for each column; `minvalue` and `maxvalue` as well."
    ),
]


class PartitionColumnShape(Shape):
    """What a partition has otherwise of a column of its table."""

    nullable: Annotated[
        bool | None,
        Field(description="`false`: the partition says NOT NULL itself."),
    ] = None
    not_null: Annotated[
        Text | None,
        Field(description="PostgreSQL 18: the name of a NOT NULL of its own."),
    ] = None
    default: Annotated[
        Any,
        Field(description="As at a column; `null`: it has none, though its table has."),
    ] = None
    storage: Annotated[
        Literal["plain", "external", "extended", "main"] | None,
        Field(description="How large values are kept; `null`: as the type has it."),
    ] = None
    compression: Annotated[
        Literal["pglz", "lz4"] | None,
        Field(
            description="How large values are compressed; `null`: as the server does."
        ),
    ] = None
    comment: Comment = None


class InheritedShape(Shape):
    """What a partition has otherwise of an index or a constraint of its table; in short, a name."""

    short = "name"
    name: Annotated[
        Text | None,
        Field(
            description="What an index or a key is called here; left out, as PostgreSQL chooses."
        ),
    ] = None
    storage_parameters: Annotated[
        Parameters | None,
        Field(
            description="All storage parameters of an index, in place of its table's."
        ),
    ] = None
    tablespace: Annotated[
        Text | None, Field(description="The tablespace of an index.")
    ] = None
    comment: Comment = None


class PartitionShape(BodyShape):
    """A partition of a table; in short, `default`."""

    short = "bound"
    inherited: Annotated[
        dict[str, InheritedShape],
        Field(
            description="What it has otherwise of its table's indexes and constraints, by their"
            " names there."
        ),
    ] = Field(default_factory=dict)
    columns: Annotated[
        dict[str, PartitionColumnShape],
        Field(description="What it has otherwise of its table's columns."),
    ] = Field(default_factory=dict)
    attached: Annotated[
        bool,
        Field(
            description="It was a table before: each NOT NULL that it shares with its parent has"
            " a name of its own (PostgreSQL 18)."
        ),
    ] = False
    bound: Annotated[
        Literal["default"] | None,
        Field(description="Holds the rows that no other one takes."),
    ] = None
    from_: Annotated[Literals, Field(alias="from")] = None
    to: Literals = None
    in_: Annotated[
        list[Any] | None,
        Field(alias="in", min_length=1, description="The values it holds."),
    ] = None
    modulus: Annotated[int | None, Field(ge=1, description="Into how many parts.")] = (
        None
    )
    remainder: Annotated[int | None, Field(ge=0, description="Which of the parts.")] = (
        None
    )

    @model_validator(mode="after")
    def one(self) -> PartitionShape:
        """Insist on one complete way to say which rows it holds."""
        ways = [
            self.bound is not None,
            self.from_ is not None and self.to is not None,
            self.in_ is not None,
            self.modulus is not None and self.remainder is not None,
        ]
        halves = [(self.from_ is None) != (self.to is None)]
        halves.append((self.modulus is None) != (self.remainder is None))
        if ways.count(True) != 1 or any(halves):
            raise ValueError(
                'write one of "from" and "to", "in", "modulus" and "remainder", "bound: default"'
            )
        return self


ColumnMapping = dict[str, ColumnShape]


class TableShape(BodyShape):
    """A table."""

    columns: Annotated[
        ColumnMapping, Field(description="The columns by name, in their order.")
    ]


class SafetyShape(Shape):
    """How revisions treat a database that is in use."""

    lock_timeout: Annotated[
        Duration,
        Field(
            description="Such as `3s` or `500ms`: how long a statement may wait for a strong lock"
            " before the revision stops, so that nobody queues up behind it; `0s`: as long as"
            " it takes."
        ),
    ] = "3s"
    lock_retries: Annotated[
        int,
        Field(
            ge=0,
            le=100,
            description="How often a statement that `lock_timeout` has stopped is tried again:"
            " after 1 s, 2 s, 4 s and so on up to a minute, less up to a half by chance. 0: never.",
        ),
    ] = 10
    statement_timeout: Annotated[
        Duration,
        Field(
            description="Such as `30min`: how long a build of an index, a validation or a"
            " backfill may run; `0s`: as long as it takes."
        ),
    ] = "0s"
    batch_rows: Annotated[
        int, Field(ge=1, le=1_000_000, description="Rows of a backfill's transaction.")
    ] = 1000
    batch_pause: Annotated[
        Duration,
        Field(
            description="Such as `10ms`: what lies between two batches of a backfill."
        ),
    ] = "10ms"


class Document(Shape):
    """What a spec has beside the objects of kinds."""

    name: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$",
            description="The name of the spec, in file names and in the history: letters,"
            " digits, `_` and `-`.",
        ),
    ]
    description: Annotated[
        Text | None,
        Field(description="What the spec is for: the message of its first revision."),
    ] = None
    postgresql: Annotated[
        PostgreSQL,
        Field(description="The oldest major version that this must work on."),
    ] = 14
    online: Annotated[
        bool,
        Field(
            description="Whether tables are in use while a revision runs. `false`: one revision"
            " with one transaction, in which readers and writers wait."
        ),
    ] = True
    safety: Annotated[
        SafetyShape, Field(description="Limits of time, and the size of batches.")
    ] = SafetyShape()
    ignore: Annotated[
        dict[str, Text],
        Field(
            description="Findings to leave out about objects that are dropped, and so stand here"
            " no more: the code of each, and the reason."
        ),
    ] = Field(default_factory=dict)
    schema_: Annotated[
        Text | None,
        Field(
            alias="schema",
            description="The schema of every name without one; left out, the search path decides.",
        ),
    ] = None
    external: Annotated[
        dict[str, dict[str, Text]],
        Field(
            description="Tables of others that foreign keys point at: column to type."
        ),
    ] = Field(default_factory=dict)
    blocks: Annotated[
        dict[str, ColumnMapping],
        Field(
            description="Columns to share by anchors (`&name`) and merge keys (`<<: *name`)."
        ),
    ] = Field(default_factory=dict)
    if TYPE_CHECKING:
        tables: dict[str, TableShape]


def of_kind(kind: Kind) -> Any:
    """Return the type of a kind's objects: by name, or a list of names where those are enough."""
    shape, description = kind.shape(), kind.about
    if kind.in_schema:
        return Annotated[dict[str, shape], Field(description=description)]  # type: ignore[valid-type]
    return Annotated[
        Annotated[dict[str, shape], Tag(MAPPING)] | Annotated[list[str], Tag(LIST)],  # type: ignore[valid-type]
        Discriminator(form),
        Field(description=description),
    ]


sections: dict[str, Any] = {kind.key: of_kind(kind) for kind in KINDS}
sections["tables"] = Annotated[
    dict[str, TableShape], Field(description="Tables by name.")
]
fields: dict[str, Any] = {
    key: (section, Field(default_factory=dict)) for key, section in sections.items()
}
SpecShape = create_model(
    "SpecShape",
    __base__=Document,
    __doc__="A database schema for gen-migration.",
    **fields,
)
