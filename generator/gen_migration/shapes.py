"""The spec as it is written: which keys there are and what may stand behind them.

Pydantic checks a document against these shapes, and `gen-migration schema` prints them as a
JSON Schema for editors. Short forms become long ones here; names, references, types and SQL
are looked at in `build`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    model_validator,
)
from pydantic_core import CoreSchema  # noqa: TC002 - Pydantic evaluates annotations

# Marks of the members of a union in Pydantic's error locations; no key of a spec holds NUL.
LIST, MAPPING, TEXT = "\0list", "\0mapping", "\0text"


def form(value: object) -> str | None:
    """Return which form of a union a value takes."""
    if isinstance(value, dict):
        return MAPPING
    return LIST if isinstance(value, list) else TEXT if isinstance(value, str) else None


class Shape(BaseModel):
    """Unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, defer_build=True
    )

    # The field that a value which is no mapping stands for, or None where there is none.
    short: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def expand(cls, value: Any) -> Any:
        """Write a short form out; nothing at all is an empty mapping."""
        if isinstance(value, dict):
            return value
        if value is None:
            return {}
        return value if cls.short is None else {cls.short: value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> Any:
        long = handler(core)
        resolved = handler.resolve_ref_schema(long)
        forms = [resolved.copy()]
        if cls.short is not None:
            forms.insert(0, resolved["properties"][cls.short])
        if not resolved.get("required"):
            forms.append({"type": "null", "description": "Nothing to add."})
        if forms[1:]:
            description = resolved.get("description", "")
            resolved.clear()
            resolved.update({"description": description, "anyOf": forms})
        return long


Text = Annotated[str, Field(min_length=1)]
SQL = Annotated[str, Field(min_length=1, description="A SQL expression.")]
Columns = Annotated[list[str], Field(min_length=1)]
Scalar = str | int | Decimal | bool
Parameters = Annotated[
    dict[str, Scalar],
    Field(description="Storage parameters, such as `fillfactor: 70`."),
]
PostgreSQL = Literal[14, 15, 16, 17, 18]

Comment = Annotated[str | None, Field(description="`COMMENT ON` this object.")]
Deferrable = Annotated[
    bool, Field(description="The check may be put off to the end of the transaction.")
]
InitiallyDeferred = Annotated[
    bool,
    Field(description="The check is put off unless asked for; implies `deferrable`."),
]
NotValid = Annotated[
    bool, Field(description="Rows that exist already are not checked (`NOT VALID`).")
]
NotEnforced = Annotated[
    bool,
    Field(description="PostgreSQL 18: declared, but not checked (`NOT ENFORCED`)."),
]
Action = Annotated[
    str,
    Field(
        pattern=r"(?i)^\s*(no\s+action|restrict|cascade|set\s+(null|default)\s*(\(.*\))?)\s*$",
        description="`no action`, `restrict`, `cascade`, `set null` or `set default`;"
        " PostgreSQL 15: `set null (column)`.",
    ),
]
Method = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Access method: `btree`, `hash`, `gist`, `spgist`, `gin`, `brin`, …",
    ),
]


class NamespaceShape(Shape):
    """A schema that the spec creates."""

    comment: Comment = None


class ExtensionShape(Shape):
    """An extension that the spec creates."""

    schema_: Annotated[
        Text | None,
        Field(alias="schema", description="The schema that takes its objects."),
    ] = None
    version: Annotated[
        Text | None, Field(description="Version to install, in quotes.")
    ] = None
    comment: Comment = None


class EnumShape(Shape):
    """An enum type; in short, the list of its values."""

    short = "values"
    values: Annotated[list[str], Field(description="The values, in their order.")]
    comment: Comment = None


class SequenceOptionsShape(Shape):
    """What a sequence and an identity column have in common."""

    start: Annotated[int | None, Field(description="The first value.")] = None
    increment: Annotated[
        int | None, Field(description="The step; negative counts down.")
    ] = None
    min_value: Annotated[int | None, Field(description="The smallest value.")] = None
    max_value: Annotated[int | None, Field(description="The largest value.")] = None
    cache: Annotated[
        int | None, Field(ge=1, description="How many values a session takes at once.")
    ] = None
    cycle: Annotated[bool, Field(description="Start again after the last value.")] = (
        False
    )


class SequenceShape(SequenceOptionsShape):
    """A sequence of its own."""

    type: Annotated[
        Literal["smallint", "integer", "bigint"],
        Field(description="The type of its values."),
    ] = "bigint"
    unlogged: Annotated[bool, Field(description="PostgreSQL 15: not crash-safe.")] = (
        False
    )
    owned_by: Annotated[
        Text | None,
        Field(description="`table.column`; the sequence is dropped with it."),
    ] = None
    comment: Comment = None


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
    comment: Comment = None


class KeyShape(Shape):
    """What a primary key and a unique constraint have in common."""

    short = "columns"
    columns: Annotated[Columns, Field(description="The columns of the key.")]
    include: Annotated[
        list[str], Field(description="Columns that the index carries beside its key.")
    ] = []
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
    without_overlaps: Annotated[
        bool,
        Field(description="PostgreSQL 18: the last column, a range, must not overlap."),
    ] = False
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
    ] = {}
    order: Annotated[Literal["asc", "desc"], Field(description="The sort order.")] = (
        "asc"
    )
    nulls: Annotated[
        Literal["first", "last"] | None,
        Field(description="Where NULLs sort; left out, as if they were largest."),
    ] = None

    @model_validator(mode="after")
    def one(self) -> ElementShape:
        """Insist on one of the three ways to say what is meant."""
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
    ] = []
    where: Annotated[SQL | None, Field(description="The rows it holds for.")] = None
    deferrable: Deferrable = False
    initially_deferred: InitiallyDeferred = False
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
        Field(description="PostgreSQL 15: for a unique index, two NULLs are equal."),
    ] = False
    method: Method = "btree"
    where: Annotated[
        SQL | None, Field(description="Only rows for which this is true.")
    ] = None
    include: Annotated[
        list[str], Field(description="Columns that the index carries beside its key.")
    ] = []
    storage_parameters: Parameters = {}
    tablespace: Annotated[Text | None, Field(description="The tablespace.")] = None
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


def named(shape: Any, noun: str) -> Any:
    """Return the type of named objects, or a list of objects named by the convention."""
    return Annotated[
        Annotated[dict[str, shape], Tag(MAPPING)] | Annotated[list[shape], Tag(LIST)],
        Discriminator(form),
        Field(
            description=f"{noun} by name; a list leaves the names to the naming convention."
        ),
    ]


class BodyShape(Shape):
    """What a table and a partition have in common."""

    primary_key: Annotated[
        PrimaryKeyShape | None, Field(description="The primary key.")
    ] = None
    uniques: named(UniqueShape, "Unique constraints") = {}  # type: ignore[valid-type]
    foreign_keys: named(ForeignKeyShape, "Foreign keys") = {}  # type: ignore[valid-type]
    checks: named(CheckShape, "Checks") = {}  # type: ignore[valid-type]
    excludes: named(ExcludeShape, "Exclusion constraints") = {}  # type: ignore[valid-type]
    indexes: named(IndexShape, "Indexes") = {}  # type: ignore[valid-type]
    partition_by: Annotated[
        PartitionByShape | None,
        Field(description="How the rows are spread over partitions."),
    ] = None
    partitions: Annotated[
        dict[str, PartitionShape], Field(description="The partitions by name.")
    ] = {}
    unlogged: Annotated[
        bool, Field(description="Faster to write, and empty after a crash.")
    ] = False
    storage_parameters: Parameters = {}
    tablespace: Annotated[Text | None, Field(description="The tablespace.")] = None
    comment: Comment = None


Literals = Annotated[
    Any,
    Field(
        description="One value, or one for each column; `minvalue` and `maxvalue` as well."
    ),
]


class PartitionShape(BodyShape):
    """A partition of a table; in short, `default`."""

    short = "bound"
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


Named = Annotated[
    Annotated[dict[str, NamespaceShape], Tag(MAPPING)]
    | Annotated[list[str], Tag(LIST)],
    Discriminator(form),
]


class SpecShape(Shape):
    """A database schema for gen-migration."""

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
    ] = {}
    blocks: Annotated[
        dict[str, ColumnMapping],
        Field(
            description="Columns to share by anchors (`&name`) and merge keys (`<<: *name`)."
        ),
    ] = {}
    schemas: Annotated[Named, Field(description="Schemas to create.")] = {}
    extensions: Annotated[
        Annotated[dict[str, ExtensionShape], Tag(MAPPING)]
        | Annotated[list[str], Tag(LIST)],
        Discriminator(form),
        Field(description="Extensions to create."),
    ] = {}
    enums: Annotated[
        dict[str, EnumShape], Field(description="Enum types by name.")
    ] = {}
    sequences: Annotated[
        dict[str, SequenceShape], Field(description="Sequences by name.")
    ] = {}
    tables: Annotated[dict[str, TableShape], Field(description="Tables by name.")] = {}
