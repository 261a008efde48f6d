"""The contexts that rules look at, and what a rule has found there."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import dataclass
from gen_migration.diff.data_loss import Loss, losses
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.nodes_inside import NodesInside
from gen_migration.model.places import spec_path
from gen_migration.operations import every as op
from gen_migration.plan.busy_tables import reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.kinds.graph import Graph
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Column, Schema, Spec, Table
    from gen_migration.plan.link import Plan
    from gen_migration.postgres.names import Name
    from gen_migration.rules.finding import Finding, Work
    from gen_migration.stats.sizes import Sizes


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule has found: in words, and where; `work` where it is not the same each time.

    `tables` are those that it is about, where these are not those of the operation; `where` is a
    place outside of the spec.
    """

    message: str
    path: Place
    work: Work | None = None
    tables: tuple[Name, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOperation:
    """An operation, and what is around it.

    `start` is the schema before the edit, `origins` are the names there of tables that have others
    now, and `sizes` is what is known of them.
    """

    operation: op.Operation
    spec: Spec
    unused: frozenset[Name]
    start: Schema
    origins: Mapping[Name, Name]
    sizes: Sizes | None = None

    @property
    def at(self) -> Schema:
        """The schema that the operation begins at, as far as that is known."""
        return self.start

    @property
    def tables(self) -> set[Name]:
        """The tables whose rows the operation works on."""
        match self.operation:
            case op.DropTable(name=name) | op.RenameObject(kind="table", old=name):
                return {name}
        table: Name | None = getattr(self.operation, "table", None)
        own = set() if table is None else {table}
        return own | reached(self.operation, self.at)

    def called(self, tables: Iterable[Name]) -> tuple[Name, ...]:
        """Return the names before the edit of those tables that are there then, in order."""
        found = {self.origins.get(one, one) for one in tables}
        return tuple(sorted(found & self.start.tables.keys(), key=str))

    @property
    def path(self) -> Place:
        """Where in the spec that stands which the operation is about."""
        return path_of(self.operation, self.spec)


class Shared:
    """What rules ask of a whole edit, found once for all of its operations."""

    def __init__(self, start: Schema, made: Plan, spec: Spec) -> None:
        self.start, self.made, self.spec = start, made, spec

    @cached_property
    def before(self) -> NodesInside:
        """The nodes before the edit."""
        return NodesInside(self.start)

    @cached_property
    def after(self) -> NodesInside:
        """The nodes after the edit."""
        return NodesInside(self.spec.schema)

    @cached_property
    def losses(self) -> dict[int, list[Loss]]:
        """What is lost, by the ids of operations."""
        found: dict[int, list[Loss]] = defaultdict(list)
        for one in losses(self.made.operations, self.spec):
            found[id(one.operation)].append(one)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(OfOperation):
    """An operation of an edit, with the whole of it."""

    made: Plan
    shared: Shared

    def hit(self, what: str = "", path: Place | None = None) -> Hit:
        """Return that it is found, in words and at a place that may be others."""
        place = self.path if path is None else path
        return Hit(what or self.operation.summary, place)

    def of_column(self, one: op.AddColumn | op.OfColumn, what: str) -> Hit:
        """Return that it is found at a column, of which `what` is said."""
        return self.hit(f"column {one.name} of table {one.table}{what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeStep(OfOperation):
    """A step of an upgrade that runs in a transaction, and the schema that it begins at.

    What autocommit runs is in forms that let readers and writers go on, and no rule is for it; but
    where it fills all rows at once, or drops a constraint. `one_pass` are the columns whose types
    the same statement changes.
    """

    before: Schema
    one_pass: tuple[str, ...] = ()

    @property
    def at(self) -> Schema:
        """The schema that the step begins at."""
        return self.before

    def is_used(self, table: Name) -> bool:
        """Tell whether a table is in use while the step runs."""
        return table not in self.unused and table in self.before.tables

    def hits(self, why: str = "") -> Iterator[Hit]:
        """Yield that it is found, where the table of the operation is in use."""
        if self.is_used(self.operation.table):  # type: ignore[attr-defined]
            what = self.operation.summary
            yield Hit(f"{what}: {why}" if why else what, self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineStep(UpgradeStep):
    """A step that autocommit runs in a form that lets readers and writers go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSizes:
    """What is known of the sizes of tables, whatever an edit does."""

    sizes: Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A table of the new schema, and what of it the rules look at: columns and parts."""

    kind: ClassVar[str] = "table"
    name: Name
    spec: Spec
    looked_at: Callable[[str, str], bool]
    graph: Graph

    @property
    def table(self) -> Table:
        """The table as the spec wants it."""
        return self.spec.schema.tables[self.name]

    def columns(self) -> Iterator[tuple[str, Column]]:
        """Yield the columns to look at; a partition has those of its parent."""
        if self.table.partition_of is None:
            for name, column in self.table.columns.items():
                if self.looked_at("column", name):
                    yield name, column

    def hit(self, what: str, *path: str) -> Hit:
        """Return what is found of the table, and where in it: `"columns", "a", "type"`."""
        return Hit(f"table {self.name}{what}", spec_path(self.spec, self.name, *path))


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDesign:
    """An object of a kind in the new schema, and the graph of that schema."""

    kind: str
    name: Any
    spec: Spec
    graph: Graph

    @property
    def value(self) -> Any:
        """The object as the spec wants it."""
        return self.spec.schema.of(self.kind)[self.name]

    def hit(self, what: str) -> Hit:
        """Return what is found, which begins with what the object is called."""
        path = object_path(self.spec, self.kind, self.name)
        return Hit(f"{self.kind} {self.name}{what}", path)

    @property
    def needs(self) -> set[Node]:
        """The nodes of the graph that it refers to."""
        found = BY_WORD[self.kind].stands_on(self.name, self.value, self.graph.find)
        return {node for one in found for node in self.graph.nodes(one)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignores:
    """The `ignore` lines of a spec, and all that there is to ignore."""

    spec: Spec
    found: Iterable[Finding]
    sizes: Sizes | None = None


def path_of(operation: op.Operation, spec: Spec) -> Place:
    """Return where in a spec that stands which an operation is about, or what it was in."""
    match operation:
        case (
            op.AddColumn(table=table, name=name)
            | op.DropColumn(table=table, name=name)
            | op.OfColumn(table=table, name=name)
            | op.RenameColumn(table=table, new=name)
        ):
            return spec_path(spec, table, "columns", name)
        case (
            op.DropPart(table=table)
            | op.SetTable(table=table)
            | op.SetPartition(table=table)
            | op.SetOrigin(table=table)
            | op.CreateTable(name=table)
            | op.RenameTable(new=table)
            | op.MoveTable(new=table)
        ):
            return spec_path(spec, table)
        case (
            op.SetOwner(kind="table", name=table)
            | op.SetGrants(kind="table", name=table)
        ):
            return spec_path(spec, table)
        case op.OfPart(table=table, name=name):
            return part_path(spec, table, name)
        case op.RenameAttribute(name=name) | op.ReorderAttributes(name=name):
            return object_path(spec, "composite type", name)
        case op.EnumValues(name=name) | op.RenameEnumValue(name=name):
            return object_path(spec, "enum", name)
        case (
            op.RenameObject(kind=kind, new=name)
            | op.RenameColumnOfObject(kind=kind, name=name)
        ):
            return object_path(spec, kind, name)
    found: Any = operation
    return object_path(spec, found.kind, found.name)


def part_path(spec: Spec, table: Name, name: str) -> Place:
    """Return where a constraint or an index stands in a spec; its table where it does not."""
    return spec.places.get(("part", (table, name)), spec_path(spec, table))


def object_path(spec: Spec, kind: str, name: Any) -> Place:
    """Return where an object stands in a spec; where those of its kind do where it does not."""
    of = BY_WORD[kind]
    above = spec_path(spec, name.holder) if of.holders else (of.key,)
    return spec.places.get((kind, name), above)
