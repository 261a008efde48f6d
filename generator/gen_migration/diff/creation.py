"""The operations that build a schema from nothing, and what stands inside of a `CREATE TABLE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.alembic_ops import write_constraints
from gen_migration.base.data_class import replace
from gen_migration.diff.marks import marks
from gen_migration.diff.names_of_parts import waiting
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.graph import Graph, holder
from gen_migration.kinds.references import Finder, words_of
from gen_migration.kinds.walk import in_order, leads_to
from gen_migration.model.constraints import unique_constraint
from gen_migration.model.given import given_columns
from gen_migration.model.marks import MEANWHILE, marked
from gen_migration.model.not_null_names import borrowed
from gen_migration.model.own_columns import says
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Constraint, Schema, Table
    from gen_migration.postgres.names import Name


def creation(
    schema: Schema, present: Mapping[Name, Table] | None = None
) -> tuple[op.Operation, ...]:
    """Return the operations that build a schema, in the order they run.

    Tables keep the order of the spec, but that what a foreign key refers to comes first, and
    what a default takes values from; a foreign key that cannot wait inside of its table (a
    cycle, a unique index as its target) follows all tables, and so do a default and a check of a
    cycle. What waits for names of its parts comes before what stands on tables.
    `present` are tables that are there already.
    """
    operations: list[op.Operation] = []
    late: list[op.Operation] = []
    wholes: list[op.Operation] = []
    waits, end = waiting(schema), 0
    created: dict[Name, Table] = dict(present or {})
    made: set[Node] = set()
    needs, parts = needed(schema)
    for node in in_order(list(needs), needs, wished(schema)):
        word, name = node
        made.add(node)
        if word != "table":
            new = BY_WORD[word].created(schema.of(word)[name])
            operations.append(op.CreateObject(kind=word, name=name, new=new))
            continue
        apart = {key for key, found in parts[name].items() if not found <= made}
        held = waits.get(name, set())
        both = apart | {("constraint", key) for key in held}
        for one in of_table(name, schema, created, both):
            where = late if is_late(one, apart) else operations
            (wholes if held and part_of(one) in held else where).append(one)
        end = len(operations)
    operations[end:end] = wholes
    every = replace(schema, tables={**(present or {}), **schema.tables})
    if any(table.inherited for table in schema.tables.values()):
        from gen_migration.diff.inherited import inherited_change

        late += [
            inherited_change(every, name, key, None, one)
            for name, table in schema.tables.items()
            for key, one in table.inherited.items()
        ]
    owners = [
        op.SetSequenceOwner(name=name, old=None, new=sequence.owned_by)
        for name, sequence in schema.sequences.items()
        if sequence.owned_by is not None
    ]
    # What fires for all of these comes last.
    last = [one for one in operations if is_watching(one)] if schema.objects else []
    rest = [one for one in operations if not is_watching(one)] if last else operations
    return (*rest, *late, *owners, *last)


def is_watching(operation: op.Operation) -> bool:
    """Tell whether what is created fires for what a revision does."""
    kind = (
        BY_WORD.get(operation.kind) if isinstance(operation, op.CreateObject) else None
    )
    return kind is not None and (kind.watches or kind.is_of_later)


def of_table(
    name: Name, schema: Schema, created: dict[Name, Table], apart: set[Part]
) -> Iterator[op.Operation]:
    """Yield what creates a table, with some defaults and checks `apart`; note what is there."""
    table = schema.tables[name]
    inside, after = fold(name, table, schema, created)
    for key in [key for key in inside if ("constraint", key) in apart]:
        after[key] = inside.pop(key)
    columns = {**table.columns}
    for key in [key for key in columns if ("default", key) in apart] if apart else ():
        columns[key] = replace(columns[key], default=None)
    # What a child does not say of a column, it has from its parents.
    given = given_columns(schema, table) if table.inherits else {}
    unsaid = [
        (key, field)
        for key in columns
        if key in given
        for field in ("default", "storage", "compression")
        if getattr(columns[key], field) is None
        and getattr(given[key], field) is not None
    ]
    for key, field in unsaid:
        held: dict[str, Any] = {field: getattr(given[key], field)}
        columns[key] = replace(columns[key], **held)
    created[name] = replace(table, columns=columns, constraints=inside)
    unmarked: dict[str, Any] = dict.fromkeys(MEANWHILE)
    bare = replace(created[name], indexes={}, inherited={}, **unmarked)
    yield op.CreateTable(name=name, new=bare)
    if unsaid:
        from gen_migration.diff.columns import VALUES, value

        for key, field in unsaid:
            kind = next(one for one in VALUES if one.field == field)
            held_ = getattr(given[key], field)
            yield value(kind, (name, key), columns[key].type, held_, None)
    for key, column in table.columns.items() if apart else ():
        if ("default", key) in apart:
            yield op.SetColumnDefault(
                table=name, name=key, old=None, new=column.default
            )
    for key, constraint in after.items():
        yield op.CreateConstraint(table=name, name=key, new=constraint)
    for key, index in table.indexes.items():
        yield op.CreateIndex(table=name, name=key, new=index)
    yield from marks(name, bare, table, ())


def is_late(operation: op.Operation, apart: set[Part]) -> bool:
    """Tell whether an operation waits until all tables are there."""
    match operation:
        case op.SetColumnDefault() | op.CreateConstraint(new=ForeignKey()):
            return True
        case op.CreateConstraint(name=name):
            return ("constraint", name) in apart
        case op.CreateIndex(new=new):
            return is_only(new)  # no partition that comes after it would be without
    return False


def part_of(operation: op.Operation) -> str | None:
    """Return the index or the constraint of a table that an operation creates, or marks."""
    match operation:
        case op.CreateIndex(name=name) | op.CreateConstraint(name=name):
            return name
        case op.SetReplicaIdentity(new=new):
            return marked(new)
    return None


Needs = dict["Node", list["Node"]]
# The default of a column, or a check: what of a table can come later.
Part = tuple[str, str]


def needed(schema: Schema) -> tuple[Needs, dict[Name, dict[Part, set[Node]]]]:
    """Return what is to be created, each with what must be there before; and so what comes later.

    What stands on a table comes after all of them. A table does not wait for what one of its
    defaults or checks calls, where that waits for the table.
    """
    named = [kind for kind in KINDS if kind.space is not None]
    words = words_of(name.name for kind in named for name in schema.of(kind.word))
    graph = Graph(schema, Finder(words))
    find = graph.find
    of_whole = find.whole_table if schema.objects else find.tables_in
    references = dict(graph.of_objects())
    references |= {
        ("table", name): elsewhere(name, of_whole(name, table))
        for name, table in schema.tables.items()
    }
    place = {node: number for number, node in enumerate(references)}

    def leading_to(node: Node, found: Iterable[Reference]) -> set[Node]:
        return {
            holder(one) for each in found for one in graph.led(node, each)
        } & place.keys()

    needs = {
        node: sorted(leading_to(node, found) - {node}, key=place.__getitem__)
        for node, found in references.items()
    }
    later = {
        name: {
            key: leading_to(("table", name), found)
            for key, found in parts_apart(name, table, find)
        }
        for name, table in schema.tables.items()
    }
    for name, found in later.items():
        node = ("table", name)
        for one in set().union(*found.values()) - {node}:
            # Between tables, sequences of columns stand on each other: the walk cuts those.
            if one[0] != "table" and leads_to(one, {node}, needs):
                needs[node].remove(one)
    tables = {("table", name) for name in schema.tables}
    above = [one for one in needs if one not in tables and leads_to(one, tables, needs)]
    last = {node: needs.pop(node) for node in above}
    return needs | last, later


def elsewhere(name: Name, found: Iterable[Reference]) -> set[Reference]:
    """Return references of a table but for those to its own columns."""
    return {one for one in found if one[:2] != ("column", name)}


def parts_apart(
    name: Name, table: Table, find: Finder
) -> Iterator[tuple[Part, set[Reference]]]:
    """Yield the defaults and checks of a table that may name something, with what they name."""
    for key, column in table.columns.items():
        if column.default is not None and find.may_name(column.default):
            yield ("default", key), find.default(name, column)
    for key, one in table.constraints.items():
        if isinstance(one, Check) and find.may_name(one.expression):
            yield ("constraint", key), find.expression(None, one.expression)


def wished(schema: Schema) -> Needs:
    """Return what each object of a schema comes after where nothing speaks against it.

    A table may refer to others, and a text name what PostgreSQL does not look into.
    """
    found = referred(schema)
    graph = Graph(schema)
    for kind in kinds.of(schema):
        for name, value in schema.of(kind.word).items():
            nodes = {one for each in kind.wishes(value) for one in graph.nodes(each)}
            if nodes:
                node = (kind.word, name)
                found[node] = sorted({*map(holder, nodes)} - {node}, key=str)
    return found


def referred(schema: Schema) -> Needs:
    """Return the tables of a schema that each of its tables refers to, or has a name of."""
    found: Needs = {
        ("table", name): [
            ("table", key.referred_table)
            for key in table.foreign_keys.values()
            if key.referred_table in schema.tables
        ]
        for name, table in schema.tables.items()
    }
    for first, then in borrowed(schema.tables):
        found["table", then].append(("table", first))
    return found


def fold(
    name: Name, table: Table, schema: Schema, created: Mapping[Name, Table]
) -> tuple[dict[str, Constraint], dict[str, Constraint]]:
    """Return the constraints that stand inside of `CREATE TABLE`, and those that follow it."""
    inside: dict[str, Constraint] = {}
    after: dict[str, Constraint] = {}
    # A key that CREATE TABLE would merge gives way to the primary key.
    ordered = sorted(
        table.constraints.items(), key=lambda item: not isinstance(item[1], PrimaryKey)
    )
    for key, constraint in ordered:
        fits = write_constraints.is_sayable(constraint)
        if isinstance(constraint, ForeignKey) and (
            constraint.referred_table in schema.tables
            or constraint.referred_table in created
        ):
            other = constraint.referred_table
            target = table if other == name else created.get(other)
            columns = set(constraint.referred_columns)
            # A partition cannot be dropped while a key refers to its parent: such a key comes
            # last, and goes first on the way back.
            fits = (
                fits
                and target is not None
                and target.partition_by is None
                and unique_constraint(target, columns)
            )
        if is_redundant(constraint, inside.values()) or says_more(
            schema, table, constraint
        ):
            fits = False
        (inside if fits else after)[key] = constraint
    return inside, after


def says_more(schema: Schema, table: Table, constraint: Constraint) -> bool:
    """Tell whether `CREATE TABLE` would have a child say NOT NULL where its parents alone do.

    A primary key inside of it says so of its columns; one that follows finds what is there.
    """
    if not table.inherits or not isinstance(constraint, PrimaryKey):
        return False
    given = given_columns(schema, table)
    return any(
        key in given and not given[key].nullable and not says(table, key)
        for key in constraint.columns
    )


def is_redundant(constraint: Constraint, others: Iterable[Constraint]) -> bool:
    """Tell whether `CREATE TABLE` would leave a constraint out in silence.

    It does where another one asks for the same index (`transformIndexConstraints` in
    PostgreSQL's parse_utilcmd.c); `ALTER TABLE` does not.
    """
    if isinstance(constraint, PrimaryKey):
        return False  # it stands first
    if not isinstance(constraint, Unique | Exclude):
        return False
    asked = index_of(constraint)
    return any(index_of(other) == asked for other in others)


def index_of(constraint: Constraint) -> object:
    """Return what PostgreSQL compares of the index of a constraint; itself where there is none."""
    match constraint:
        case PrimaryKey() | Unique():
            nulls = isinstance(constraint, Unique) and constraint.nulls_not_distinct
            columns = (
                constraint.columns,
                constraint.include,
                constraint.without_overlaps,
            )
            return columns, nulls, constraint.deferrable, constraint.initially_deferred
        case Exclude():
            bare: dict[str, Any] = {
                **dict.fromkeys(("tablespace", "index_comment")),
                "storage_parameters": {},
            }
            return replace(constraint, comment=None, **bare)
        case _:
            return constraint
