"""Data that a change destroys, and what may be meant by it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Problem, quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.diff import lossless
from gen_migration.diff.cast_examples import example
from gen_migration.diff.columns import Question, Refusal
from gen_migration.diff.expansion_losses import closed, loss
from gen_migration.diff.expansions import Refused
from gen_migration.diff.type_use import use
from gen_migration.kinds import BY_WORD
from gen_migration.model import casts
from gen_migration.model.given import typed_tables
from gen_migration.model.places import spec_path
from gen_migration.operations import base as basic
from gen_migration.operations import columns as col
from gen_migration.operations.alterations import AlterObject
from gen_migration.operations.enum_values import SetEnumValues
from gen_migration.operations.renames import RenameColumn, RenameTable
from gen_migration.postgres.names import Name, spell_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.base.errors import Place
    from gen_migration.diff.expansions import Expansion
    from gen_migration.model.schema import Spec, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.types import Type

MEANT = "if it is meant, run again with --allow-data-loss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Something that is destroyed, in words for a docstring; where it stood; what it may be.

    `operation` is the one that destroys it.
    """

    what: str
    path: Place
    operation: Operation
    rename: str = ""

    def problem(self, *, meant: bool = False) -> Problem:
        """Return what to tell of it; nobody is asked for what is meant."""
        hints = [self.rename] if self.rename else []
        hints += [] if meant else [MEANT]
        return Problem(
            message=f"this destroys {self.what}", path=self.path, hint="; ".join(hints)
        )


def losses(operations: tuple[Operation, ...], spec: Spec) -> list[Loss]:
    """Return what operations that lead to a spec destroy."""
    if basic.only_builds(operations):
        return []
    tables: dict[Name, Name] = {}
    columns: dict[tuple[Name, str], str] = {}
    found: list[Loss] = []
    kept = closed(operations)
    for operation in operations:
        match operation:
            case RenameTable(old=old, new=new):
                tables[new] = tables.pop(old, old)
            case RenameColumn(table=table, old=old, new=new):
                columns[table, new] = columns.pop((table, old), old)
            case basic.DropTable(name=name):
                shown = tables.get(name, name)
                found.append(table_loss(operation, shown, operations, spec))
            case col.DropColumn(table=table, name=name) if (
                operation.old.generated is None
            ):
                column = columns.get((table, name), name)
                held = kept.get((table, column))
                if held is None:
                    found.append(column_loss(operation, column, operations, spec))
                else:
                    found += contract_loss(operation, column, held, spec)
            case _:
                found += other_losses(operation, spec)
    return found


def table_loss(
    operation: basic.DropTable,
    shown: Name,
    operations: Iterable[Operation],
    spec: Spec,
) -> Loss:
    word = "table" if operation.old.partition_of is None else "partition"
    what = f"{word} {shown} with its rows"
    if operation.name in spec.schema.tables:
        what += f", which PostgreSQL can only create anew ({why_anew(operation.old)})"
        path = spec_path(spec, operation.name)
        return Loss(what=what, path=path, operation=operation)
    columns = types_of(operation.old)
    alike = [
        one.name
        for one in operations
        if isinstance(one, basic.CreateTable) and columns == types_of(one.new) != {}
    ]
    old = ".".join(spell_part(part) for part in shown if part is not None)
    rename = renamed("table", old, alike)
    return Loss(what=what, path=("tables",), operation=operation, rename=rename)


def why_anew(table: Table) -> str:
    """Return why a table that stays is dropped and created."""
    if table.partition_by is not None or table.partition_of is not None:
        return "its partition key changes"
    return "what it declares itself and what it has from others changes"


def types_of(table: Table) -> dict[str, Type]:
    return {name: column.type for name, column in table.columns.items()}


def renamed(word: str, old: str, alike: Sequence[object]) -> str:
    """Return how to say that what is gone is one of those that are new and like it.

    It is the one with the most similar name, and among those the first.
    """
    if not alike:
        return ""
    best = most_similar(old, [*map(str, alike)])
    return f"if it was renamed, write at {word} {quoted(best)}: renamed_from: {in_yaml(old)}"


def most_similar(old: str, names: Sequence[str]) -> str:
    """Return the first of those names that are most similar to one."""
    from difflib import SequenceMatcher  # most edits lose nothing

    matcher = SequenceMatcher(b=old, autojunk=False)
    best, most = names[0], -1.0
    for name in names:
        matcher.set_seq1(name)
        # The ratio is not above these, which take less time.
        bounds = (matcher.real_quick_ratio, matcher.quick_ratio)
        if all(bound() > most for bound in bounds) and matcher.ratio() > most:
            best, most = name, matcher.ratio()
    return best


def column_loss(
    operation: col.DropColumn,
    shown: str,
    operations: Iterable[Operation],
    spec: Spec,
) -> Loss:
    alike = [
        one.name
        for one in operations
        if isinstance(one, col.AddColumn) and one.table == operation.table
        if one.new.type == operation.old.type
    ]
    return Loss(
        what=f"column {shown} of table {operation.table} with its values",
        path=spec_path(spec, operation.table, "columns"),
        operation=operation,
        rename=renamed("column", shown, alike),
    )


def contract_loss(
    operation: col.DropColumn, shown: str, one: Expansion, spec: Spec
) -> Iterator[Loss]:
    """Yield what is lost with a column whose values another one says."""
    what = loss(operation, shown, one, spec.schema)
    if what is not None:
        where = f"column {shown} of table {operation.table}"
        path = spec_path(spec, operation.table, "columns")
        yield Loss(what=f"{what} in {where}", path=path, operation=operation)


def other_losses(operation: Operation, spec: Spec) -> Iterator[Loss]:
    match operation:
        case col.SetColumnType(table=table, name=name):
            what = narrowed(operation)
            if what is not None:
                yield Loss(
                    what=what,
                    path=spec_path(spec, table, "columns", name, "type"),
                    operation=operation,
                    rename=zoned(operation),
                )
        case col.SetColumnGenerated(table=table, name=name, old=old, new=new):
            # Values that were computed are no loss while something computes them.
            kept = old.generated is not None and (
                new.generated is not None or old.generated.stored
            )
            if not kept:
                yield Loss(
                    what=f"the values of column {name} of table {table}",
                    path=spec_path(spec, table, "columns", name),
                    operation=operation,
                )
        case SetEnumValues():
            yield from enum_losses(operation, spec)
        case AlterObject():
            yield from object_losses(operation, spec)
        case basic.DropObject(kind="sequence", name=name):
            yield Loss(
                what=f"sequence {name} with its counter",
                path=("sequences",),
                operation=operation,
            )


def enum_losses(operation: SetEnumValues, spec: Spec) -> Iterator[Loss]:
    """Yield the values that an enum loses where columns have it."""
    name = operation.name
    gone = [value for value in operation.old if value not in operation.new]
    if gone and is_used(name, spec):
        listed = ", ".join(gone)
        yield Loss(
            what=f"{listed} of enum {name}; rows that hold it stop the upgrade",
            path=spec.places.get(("enum", name), ("enums",)),
            operation=operation,
        )


def object_losses(operation: AlterObject, spec: Spec) -> Iterator[Loss]:
    """Yield what a step destroys of a type that columns have, or that tables are of."""
    kind, name = BY_WORD[operation.kind], operation.name
    if kind.space != "types":
        return
    # Others leave their type meanwhile, and say themselves what their columns lose.
    typed = typed_tables(spec.schema, name) if operation.has_heirs else ()
    path = spec.places.get((kind.word, name), (kind.key,))
    if typed or use(spec.schema, name).in_column:
        for word, part, alike in kind.lost(operation.old, operation.new):
            yield Loss(
                what=f"{word} {part} of {kind.word} {name} in all values",
                path=path,
                operation=operation,
                rename=renamed(word, part, alike),
            )
    found: list[str] = []
    for table in typed:
        for part, old, new in kind.retyped(operation.old, operation.new):
            before, after = (col.Typing(one.type, one.collation) for one in (old, new))
            step = col.SetColumnType(table=table, name=part, old=before, new=after)
            if (what := narrowed(step)) is not None:
                found.append(what)
    for what in found:
        yield Loss(what=what, path=path, operation=operation)


def narrowed(operation: col.SetColumnType) -> str | None:
    """Return what a change of a column's type may destroy, and where; None where nothing."""
    lost = lossless.lost(operation)
    old, new = operation.old.type, operation.new.type
    where = f"column {operation.name} of table {operation.table}"
    return None if lost is None else f"{lost} in {where} ({old} becomes {new})"


def zoned(operation: col.SetColumnType) -> str:
    """Return how to write the zone that a time without one is of."""
    types = {casts.family(one.type) for one in (operation.old, operation.new)}
    if operation.using is not None or types != {"timestamp", "timestamptz"}:
        return ""
    using = casts.in_zone(operation.name, "'UTC'")
    return f"if the times are UTC, write at this column: using: {in_yaml(using)}"


def losses_of_return(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Return what the way back of changes of type may destroy of rows that came meanwhile."""
    found = [
        narrowed(one.inverse())
        for one in operations
        if isinstance(one, col.SetColumnType)
    ]
    return tuple(one for one in found if one is not None)


def is_used(enum: Name, spec: Spec) -> bool:
    return any(
        column.type.kind == "enum" and (column.type.schema, column.type.name) == enum
        for table in spec.schema.tables.values()
        for column in table.columns.values()
    )


def unanswered(
    questions: Iterable[Question | Refusal | Refused], spec: Spec
) -> list[Problem]:
    """Return the changes of type that need a `using:`, and those that cannot be."""
    return [
        refused(one, spec)
        if isinstance(one, Refusal)
        else unexpanded(one, spec)
        if isinstance(one, Refused)
        else Problem(
            message=f"PostgreSQL cannot turn {one.old} into {one.new} by itself",
            path=spec_path(spec, one.table, "columns", one.column, "type"),
            hint="write at this column how, as SQL, such as:"
            f" using: {in_yaml(example(one))}",
        )
        for one in questions
    ]


def refused(refusal: Refusal, spec: Spec) -> Problem:
    """Return what to tell of a change that cannot be."""
    word, name = refusal.kind, refusal.name
    if word in BY_WORD:
        path = spec.places.get((word, name), (BY_WORD[word].key,))
    else:
        path = spec_path(spec, name)
    return Problem(
        message=f"PostgreSQL cannot alter the {word} {name} while it is in use",
        path=path,
        hint=refusal.instead,
        at_key=True,
    )


def unexpanded(one: Refused, spec: Spec) -> Problem:
    """Return what to tell of an expansion that cannot be."""
    within = () if one.column is None else ("columns", one.column)
    return Problem(
        message=one.why,
        path=spec_path(spec, one.table, *within, "expand"),
        hint=one.instead,
        at_key=True,
    )
