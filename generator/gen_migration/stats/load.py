"""The file of sizes to its value, with all of its mistakes at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic_core import SchemaValidator, ValidationError

from gen_migration.base.errors import Error, Problem, quoted
from gen_migration.kinds.shape import schema_of
from gen_migration.postgres.names import Name, split_name
from gen_migration.spec.shape_errors import problems_of
from gen_migration.spec.texts import read_text
from gen_migration.spec.yaml_positions import located
from gen_migration.spec.yaml_reader import read
from gen_migration.stats import units
from gen_migration.stats.shapes import UNKNOWN, StatsShape
from gen_migration.stats.values import IndexStats, Stats, TableStats

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.stats.shapes import TableStatsShape

AGAIN = "gen-migration stats URL --output FILE writes it"


@cache
def validator() -> SchemaValidator:
    """Return what reads a document, and raises a ValidationError with all of its mistakes."""
    return SchemaValidator(schema_of(StatsShape))


def load_file(path: Path) -> Stats:
    """Return the sizes in a file. Raises Error or Errors with `path:line:column`."""
    return load(read_text(path, str(path)), str(path))


def load(text: str, source: str) -> Stats:
    """Return the sizes that a YAML text describes; `source` is its name in errors.

    Raises Error when it is no YAML, Errors with everything else that is wrong.
    """
    document = read(text, source)
    if not isinstance(document, dict):
        what = "the file is empty" if document is None else "the file is no mapping"
        raise Error(what, where=f"{source}:1:1", hint=AGAIN)
    try:
        shape = validator().validate_python(document)
    except ValidationError as error:
        problems, _ = problems_of(error, document, shape=StatsShape)
        raise located(problems, text, source) from None
    problems = []
    found = stats_of(shape, problems)
    if problems:
        raise located(problems, text, source)
    return found


def stats_of(shape: Any, problems: list[Problem]) -> Stats:
    """Return the value of a shape; mistakes in names and dates are added to problems."""
    taken = date_of(shape, "taken", problems)
    tables = {}
    for text, table in shape.tables.items():
        try:
            name = name_of(text)
        except ValueError:
            message = f"{quoted(text)} is no name of a table"
            problems.append(
                Problem(message=message, path=("tables", text), at_key=True)
            )
            continue
        full = Name(name.schema or shape.schema, name.name)
        if full in tables:
            message = f"table {full} stands here already, by another name"
            problems.append(
                Problem(message=message, path=("tables", text), at_key=True)
            )
        tables[full] = table_of(table)
    return Stats(
        taken=taken or dt.date.min,
        postgresql=shape.postgresql,
        is_replica=shape.server == "replica",
        schema=shape.schema,
        counted_since=date_of(shape, "counted_since", problems),
        longest_transaction=seconds_of(shape.longest_transaction),
        replicas=known(shape.replicas),
        replication_lag=seconds_of(shape.replication_lag),
        settings=shape.settings,
        tables=tables,
    )


def name_of(text: str) -> Name:
    """Return a name as a spec writes it, as it stands. Raises ValueError for none."""
    match split_name(text):
        case [name]:
            return Name(None, name)
        case [schema, name]:
            return Name(schema, name)
    raise ValueError(text)


def table_of(shape: TableStatsShape) -> TableStats:
    found = known(shape.writes_per_second)
    return TableStats(
        rows=known(shape.rows),
        size=units.size_of(shape.size),
        index_size=units.size_of(shape.index_size),
        dead_rows=known(shape.dead_rows),
        seq_scans=known(shape.seq_scans),
        index_scans=known(shape.index_scans),
        writes_per_second=None if found is None else Decimal(found),
        partitions=shape.partitions,
        indexes={
            name: IndexStats(size=units.size_of(one.size), scans=known(one.scans))
            for name, one in shape.indexes.items()
        },
    )


def known(value: Any) -> Any:
    """Return a value; None where it is unknown."""
    return None if value == UNKNOWN else value


def seconds_of(text: str) -> int | None:
    return None if text == UNKNOWN else units.duration_of(text)


def date_of(shape: Any, key: str, problems: list[Problem]) -> dt.date | None:
    """Return the date behind a key; None where it is unknown, or none of the calendar."""
    text = getattr(shape, key)
    if text == UNKNOWN:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = f"{quoted(text)} is no day of the calendar"
        problems.append(
            Problem(message=message, path=(key,), hint="write it as 2026-11-30")
        )
        return None
