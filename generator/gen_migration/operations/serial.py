"""Serial columns that become integers with a sequence of their own, and back.

The sequence stays, and goes on counting where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.schema import Column, Schema, Sequence, SequenceOptions
from gen_migration.operations import base
from gen_migration.operations.access import SetGrants, SetOwner
from gen_migration.operations.alterations import SetComment, altered
from gen_migration.operations.columns import SetColumnDefault
from gen_migration.postgres.names import quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Table
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceOfColumn(base.Operation):
    """Change whose the sequence is that a column takes its values from."""

    table: Name
    name: str
    type: Type  # serial, of whatever size

    @property
    def sequence(self) -> Name:
        """The name of the sequence: that which `serial` gives it."""
        return sequence_name(self.table, self.name)

    def with_column(self, schema: Schema, **changed: Any) -> Schema:
        """Return a schema in which the column has other values."""
        columns = schema.tables[self.table].columns
        column = replace(columns[self.name], **changed)
        return base.with_table(
            schema, self.table, columns=base.put(columns, self.name, column)
        )


class ReleaseSequence(SequenceOfColumn):
    """Make the sequence of a serial column one of its own; the column goes on taking from it."""

    wire = "release_sequence"
    line = "keep sequence {0.sequence} of column {0.table}.{0.name}"

    def apply(self, schema: Schema) -> Schema:
        integer, default = self.type.plain, next_value(self.sequence)
        table = schema.tables[self.table]
        own: dict[str, Any] = {"unlogged": table.unlogged, "owner": table.owner}
        sequence = replace(standard(integer.name), **own)
        sequences = base.put(schema.sequences, self.sequence, sequence)
        changed = self.with_column(schema, type=integer, default=default)
        return changed.with_("sequence", sequences)


class OwnSequence(SequenceOfColumn):
    """Make a column serial whose sequence is there: one of that name, as `serial` makes it."""

    wire = "own_sequence"
    line = "take sequence {0.sequence} for column {0.table}.{0.name}"

    def apply(self, schema: Schema) -> Schema:
        changed = self.with_column(schema, type=self.type, default=None)
        sequences = base.without(schema.sequences, self.sequence)
        return changed.with_("sequence", sequences)


base.opposites(ReleaseSequence, OwnSequence)


def next_value(sequence: Name) -> str:
    """Return the default of a serial column."""
    return f"nextval({quote_text(sequence.sql)})"


def standard(integer: str) -> Sequence:
    """Return the sequence that PostgreSQL makes for a serial column."""
    return Sequence(type=integer, options=SequenceOptions.of(integer))


def kept_sequences(old: Schema, new: Schema) -> Iterator[base.Operation]:
    """Yield what lets sequences stay that belong to a serial column on one side only."""
    for name, table in old.tables.items():
        later = new.tables.get(name)
        for key, column in table.columns.items():
            wanted = None if later is None else later.columns.get(key)
            was = column.type.is_serial
            if was == (wanted is not None and wanted.type.is_serial):
                continue
            sequence = sequence_name(name, key)
            before, after = sequence in old.sequences, sequence in new.sequences
            if was and after and not before:
                yield ReleaseSequence(table=name, name=key, type=column.type)
            elif not was and before and not after and is_integer(column):
                yield from owning(old, name, key, table)


def is_integer(column: Column) -> bool:
    """Tell a column that takes its values from nowhere else than its default."""
    computed = column.identity or column.generated
    return column.type.serial.is_serial and computed is None


def owning(
    schema: Schema, table: Name, key: str, value: Table
) -> Iterator[base.Operation]:
    """Yield what makes a sequence that of a serial column: first all that `serial` would not."""
    name, column = sequence_name(table, key), value.columns[key]
    held = schema.sequences[name]
    if held.comment is not None:
        yield SetComment(
            kind="sequence", name=name, part=None, old=held.comment, new=None
        )
    place: dict[str, Any] = {"kind": "sequence", "name": name}
    if held.grants is not None:
        yield SetGrants(**place, old=held.grants, new=None, owner=held.owner)
    if held.owner != value.owner:
        yield SetOwner(**place, old=held.owner, new=value.owner)
    if held.owned_by is not None:
        yield base.SetSequenceOwner(name=name, old=held.owned_by, new=None)
    wanted = replace(standard(column.type.name), unlogged=value.unlogged)
    yield from altered(BY_WORD["sequence"], name, held, wanted)
    default = next_value(name)
    if column.default != default:
        yield SetColumnDefault(table=table, name=key, old=column.default, new=default)
    yield OwnSequence(table=table, name=key, type=column.type.serial)
