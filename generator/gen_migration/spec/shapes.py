"""The spec as it is written: which keys there are and what may stand behind them.

pydantic-core checks a document against these shapes, and `gen-migration schema` prints them as a
JSON Schema for editors. Short forms become long ones here; names, references, types and SQL
are looked at in `build`.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic_core import SchemaValidator

from gen_migration.kinds import KINDS, held
from gen_migration.kinds.python_shapes import PythonOfSpecShape
from gen_migration.kinds.shape import Later, Rule, Shape, Words, schema_of
from gen_migration.kinds.shape_base import (
    Duration,
    PostgreSQL,
    Text,
    key,
    mapping,
    optional,
)
from gen_migration.spec.column_shapes import ColumnMapping
from gen_migration.spec.table_shapes import TableShape, of_kind


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


class NamingShape(Shape):
    """How names that are left out are made; in short, whose way it is.

    A pattern has `{table}`, `{columns}` or `{column}`, the first of them, and of a foreign key
    `{referred}`, the table that it refers to.
    """

    short = "like"

    like: Literal["alembic", "postgresql"] = key(
        "`alembic`: as its documentation recommends, with all columns (`pk_t`, `uq_t_a_b`)."
        " `postgresql`: as it names what nobody has named (`t_pkey`, `t_a_b_key`).",
        "alembic",
    )
    primary_key: Text | None = optional("Of primary keys: `pk_{table}`.")
    unique: Text | None = optional("Of unique constraints: `uq_{table}_{columns}`.")
    foreign_key: Text | None = optional(
        "Of foreign keys: `fk_{table}_{columns}_{referred}`."
    )
    check: Text | None = optional(
        "Of checks: `ck_{table}_{columns}`, of the columns that it reads."
    )
    exclude: Text | None = optional("Of exclusion constraints: `ex_{table}_{columns}`.")
    index: Text | None = optional("Of indexes: `ix_{table}_{columns}`.")


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
    python: PythonOfSpecShape | None = optional("The models, in Python.")
    schema: Text | None = optional(
        "The schema of every name without one; left out, the search path decides.",
    )
    naming: NamingShape = key(
        "The names of constraints and indexes that are left out.", NamingShape
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
    vars().update({section: mapping() for section in sections})


def validator(document: Any, words: frozenset[str]) -> SchemaValidator:
    """Return what reads a document, and raises a ValidationError with all of its mistakes.

    `words` are those in it.
    """
    return validator_of(Words(frozenset(kinds_in(document, words)), words))


@lru_cache(maxsize=10)
def validator_of(words: Words) -> SchemaValidator:
    """Return what reads documents that have no other keys."""
    return SchemaValidator(schema_of(SpecShape, words))


def prepare() -> None:
    """Make what validators of tables are made of."""
    validator_of(Words(frozenset(), frozenset(TableShape.by_word())))


def kinds_in(document: Any, words: frozenset[str]) -> set[str]:
    """Return the keys of kinds in a document of these words, wherever such objects may stand."""
    found = {key for key in KEYS if key in document}
    waiting = [document.get(key) for key in HOLDERS if KEYS & words]
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
