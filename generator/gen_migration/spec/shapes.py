"""The spec as it is written: which keys there are and what may stand behind them.

pydantic-core checks a document against these shapes, and `gen-migration schema` prints them as a
JSON Schema for editors. Short forms become long ones here; names, references, types and SQL
are looked at in `build`.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic_core import SchemaValidator

from gen_migration.kinds import KINDS
from gen_migration.kinds.members import held
from gen_migration.kinds.shape import Later, Rule, Shape, schema_of
from gen_migration.kinds.shape_base import (
    SQL,
    Action,
    Comment,
    Compression,
    Distinct,
    Duration,
    Grants,
    Ignore,
    NotValid,
    Owner,
    Parameters,
    PostgreSQL,
    RenamedFrom,
    SequenceOptionsShape,
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
        "The type: `varchar(50)`, `timestamptz`, `numeric(10,2)[]`, an enum of"
        " the spec, or any other type with its schema (`public.my_domain`). A column"
        " that the table has from a parent or from its type is written without one."
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
    ignore: Ignore = mapping()
    comment: Comment = None


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


ColumnMapping = dict[str, ColumnShape]


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


class SafetyShape(Shape):
    """How revisions treat a database that is in use."""

    lock_timeout: Duration = key(
        "Such as `3s` or `500ms`: how long a statement may wait for a strong lock"
        " before the revision stops, so that nobody queues up behind it; `0s`: as long as"
        " it takes.",
        "3s",
    )
    lock_retries: int = key(
        "How often a statement that `lock_timeout` has stopped is tried again:"
        " after 1 s, 2 s, 4 s and so on up to a minute, less up to a half by chance. 0: never.",
        10,
        least=0,
        most=100,
    )
    statement_timeout: Duration = key(
        "Such as `30min`: how long a build of an index, a validation or a"
        " backfill may run; `0s`: as long as it takes.",
        "0s",
    )
    batch_rows: int = key(
        "Rows of a backfill's transaction.", 1000, least=1, most=1_000_000
    )
    batch_pause: Duration = key(
        "Such as `10ms`: what lies between two batches of a backfill.", "10ms"
    )


class Document(Shape):
    """What a spec has beside the objects of kinds."""

    name: str = key(
        "The name of the spec, in file names and in the history: letters,"
        " digits, `_` and `-`.",
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$",
    )
    description: Text | None = optional(
        "What the spec is for: the message of its first revision."
    )
    postgresql: PostgreSQL = key("The oldest major version that this must work on.", 14)
    online: bool = key(
        "Whether tables are in use while a revision runs. `false`: one revision"
        " with one transaction, in which readers and writers wait.",
        True,
    )
    safety: SafetyShape = key("Limits of time, and the size of batches.", SafetyShape)
    ignore: dict[str, Text] = mapping(
        "Findings to leave out about objects that are dropped, and so stand here"
        " no more: the code of each, and the reason."
    )
    schema: Text | None = optional(
        "The schema of every name without one; left out, the search path decides.",
    )
    external: dict[str, dict[str, Text]] = mapping(
        "Tables of others that foreign keys point at: column to type."
    )
    blocks: dict[str, ColumnMapping] = mapping(
        "Columns to share by anchors (`&name`) and merge keys (`<<: *name`)."
    )
    if TYPE_CHECKING:
        tables: dict[str, TableShape]


sections: dict[str, Any] = {
    kind.key: Later(partial(of_kind, kind)) for kind in KINDS if not kind.holders
}
sections["tables"] = Annotated[dict[str, TableShape], Rule("Tables by name.")]


class SpecShape(Document):
    """A database schema for gen-migration."""

    __annotations__ = sections


for section in sections:
    setattr(SpecShape, section, mapping())


def validator(document: Any) -> SchemaValidator:
    """Return what reads a document, and raises a ValidationError with all of its mistakes."""
    return validator_of(frozenset(words_of(document)))


@cache
def validator_of(words: frozenset[str]) -> SchemaValidator:
    """Return what reads documents that have no objects of kinds but those with these keys."""
    return SchemaValidator(schema_of(SpecShape, words))


def words_of(document: Any) -> set[str]:
    """Return the keys of kinds in a document, wherever such objects may stand."""
    found = {key for key in KEYS if key in document}
    waiting = [document.get(key) for key in HOLDERS]
    while waiting:
        held = waiting.pop()
        for body in held.values() if isinstance(held, dict) else ():
            if isinstance(body, dict):
                found |= KEYS & body.keys()
                waiting.append(body.get("partitions"))
    return found


KEYS = frozenset(kind.key for kind in KINDS)
# Where there are objects that others stand on.
HOLDERS = ("tables", *(kind.key for kind in KINDS if held(kind.word)))
