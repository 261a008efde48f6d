"""What a spec may say of a column."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from gen_migration.kinds.python_shapes import PythonOfColumnShape
from gen_migration.kinds.shape import Rule, Shape
from gen_migration.kinds.shape_base import (
    SQL,
    Action,
    Comment,
    Compression,
    Distinct,
    Ignore,
    NotValid,
    RenamedFrom,
    SequenceOptionsShape,
    Storage,
    Text,
    flag,
    key,
    mapping,
    one_of,
    optional,
)
from gen_migration.spec.shape_constraints import TargetShape

Expand = Annotated[
    Any,
    Rule(
        "Two revisions in time make this rename, or this change of type, so that old and new code"
        " run meanwhile: `true` where a cast or a copy says how the values go over, else"
        " `{up: SQL, down: SQL}`. `--contract` writes the second.",
        json=lambda found: (
            found
            | {
                "anyOf": [
                    {"type": "boolean"},
                    {
                        "type": "object",
                        "properties": {
                            "up": {
                                "type": "string",
                                "description": "The value, as SQL over the old column.",
                            },
                            "down": {
                                "type": "string",
                                "description": "The old column's value, as SQL over the new ones.",
                            },
                        },
                        "additionalProperties": False,
                    },
                    {"type": "null"},
                ],
                "default": None,
            }
        ),
    ),
]


class IdentityShape(SequenceOptionsShape):
    """`GENERATED … AS IDENTITY`; in short, `always` or `by default`."""

    short = "generated"
    generated: Literal["always", "by default"] = key(
        "Whether an INSERT may give a value of its own (`by default`)."
    )
    sequence: Text | None = optional(
        "The name of its sequence; left out, `<table>_<column>_seq`."
    )


class GeneratedShape(Shape):
    """`GENERATED ALWAYS AS (…)`; exactly one of the two keys."""

    stored: SQL | None = optional("Computed when the row is written.")
    virtual: SQL | None = optional("PostgreSQL 18: computed when the row is read.")

    contradiction = one_of(
        'write either "stored" or "virtual"', ("stored",), ("virtual",)
    )


class NotNullShape(Shape):
    """A NOT NULL constraint of PostgreSQL 18; in short, its name."""

    short = "name"
    name: Text | None = optional(
        "Its name; left out, `<table>_<column>_not_null`, as PostgreSQL calls it."
    )
    no_inherit: bool = flag("Tables that inherit may hold NULL (`NO INHERIT`).")
    not_valid: NotValid = False
    comment: Comment = optional()


class ColumnShape(Shape):
    """A column; in short, its type. A column is NOT NULL unless it says `nullable: true`."""

    short = "type"
    type: Text | None = optional(
        "`varchar(50)`, `timestamptz`, `numeric(10,2)[]`, an enum of the spec, or any"
        " other type with its schema (`public.my_domain`). A column that the table has"
        " from a parent or from its type is written without one."
    )
    nullable: bool = flag("The column may hold NULL.")
    not_null: NotNullShape | None = optional(
        "PostgreSQL 18: its NOT NULL constraint; left out, whatever name there is."
        " Earlier ones have no such constraints."
    )
    default: Any = optional(
        "A literal in YAML's own type, quoted for the column's type, or"
        " `{sql: now()}` for an expression."
    )
    primary_key: bool = flag("This column is the primary key.")
    unique: bool = flag("A unique constraint on this column alone.")
    references: TargetShape | None = optional(
        "A foreign key of this column: `table.column`."
    )
    on_delete: Action | None = optional(
        "What `references` does when the row there is deleted."
    )
    on_update: Action | None = optional(
        "What `references` does when the key there changes."
    )
    check: SQL | None = optional("A check of this column.")
    generated: GeneratedShape | None = optional(
        "The value is computed from other columns."
    )
    identity: IdentityShape | None = optional("The value comes from a sequence.")
    collation: Text | None = optional("The collation, such as `C`.")
    storage: Storage | None = optional(
        "How large values are kept; left out, the type decides."
    )
    compression: Compression | None = optional("How large values are compressed.")
    statistics_target: int | None = optional(
        "How much ANALYZE samples of the column; left out, `default_statistics_target`.",
        least=0,
        most=10_000,
    )
    n_distinct: Distinct | None = optional(
        "How many values the column has, for ANALYZE; negative, their number for each"
        " row: `-0.5` where each value is in two rows."
    )
    n_distinct_inherited: Distinct | None = optional(
        "As `n_distinct`, of the table together with its partitions."
    )
    renamed_from: RenamedFrom = None
    using: SQL | None = optional(
        "How a new type gets the values of the old one, as SQL."
    )
    rewrite: bool = flag(
        "That the type may change although the table is rewritten or scanned for"
        " it, while readers and writers wait."
    )
    backfill: Any = optional(
        "What rows get that hold NULL when the column becomes NOT NULL, or is"
        " added: a literal, or `{sql: …}`, which may name other columns; `{rows: none}` where"
        " the table is known to have no rows."
    )
    python: PythonOfColumnShape | None = optional("Its attribute in models.")
    expansion: Expand = key(default=None, word="expand")
    ignore: Ignore = mapping()
    comment: Comment = None


ColumnMapping = dict[str, ColumnShape]
