"""Rules about the design of views, functions and policies, and of tables with row security.

What users of PostgreSQL's linters expect: Supabase's splinter (0003, 0007, 0010, 0011, 0013, 0024)
and the manual, 5.9 (Row Security Policies), CREATE FUNCTION ("Writing SECURITY DEFINER Functions
Safely") and 38.7 (Function Volatility Categories).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.kinds.nodes import parts
from gen_migration.model.places import spec_path
from gen_migration.model.schema import Index
from gen_migration.postgres.names_in import names_in
from gen_migration.postgres.own_functions import CHANGING
from gen_migration.rules.contexts import Design, Hit, ObjectDesign, part_path
from gen_migration.rules.finding import NOTE, WARNING
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.kinds.references import Reference


ENABLED = ("enabled", "forced")
ALWAYS = "true"


@rule(
    "GM308",
    WARNING,
    of=("function", "procedure"),
    instead="set: {search_path: ''}, with names in the body that have their schemas",
)
def definer_without_search_path(design: ObjectDesign) -> Iterator[Hit]:
    """A SECURITY DEFINER function has no search_path of its own.

    It runs with the rights of its owner, and finds tables, functions and operators by the
    search_path of whoever calls it, who may put other ones in their place.
    """
    value = design.value
    if value.security_definer and "search_path" not in value.settings:
        yield design.hit(" is SECURITY DEFINER and sets no search_path")


@rule(
    "GM309",
    WARNING,
    of=("view",),
    instead="security_invoker: true (PostgreSQL 15)",
)
def view_around_row_security(design: ObjectDesign) -> Iterator[Hit]:
    """A view reads tables with row level security, and not with the rights of who reads it.

    Without security_invoker, policies are those of the view's owner, whom they mostly do not
    hold: whoever may read the view sees all rows.
    """
    if design.value.security_invoker:
        return
    tables = design.spec.schema.tables
    found = {node[1] for node in design.needs if node[0] in {"table", "column"}}
    for name in sorted(found & tables.keys(), key=str):
        if tables[name].row_security in ENABLED:
            yield design.hit(
                f" reads table {name}, which has row level security, with its owner's rights"
            )


@rule("GM310", NOTE, instead="row_security: enabled, with policies")
def table_without_row_security(design: Design) -> Iterator[Hit]:
    """A table has no row level security, among tables that have it.

    Whoever has a grant on it sees all its rows.
    """
    if not design.looked_at("table", "") or design.table.row_security is not None:
        return
    if design.table.partition_of is not None:
        return
    if any(
        one.row_security in ENABLED
        for name, one in design.spec.schema.tables.items()
        if name.schema == design.name.schema
    ):
        what = f"table {design.name} has no row level security, and others have"
        yield Hit(what, spec_path(design.spec, design.name))


@rule(
    "GM311",
    WARNING,
    of=("policy",),
    instead="row_security: enabled at the table",
)
def policy_without_row_security(design: ObjectDesign) -> Iterator[Hit]:
    """A policy is on a table whose row level security is off.

    It does nothing.
    """
    table = design.spec.schema.tables.get(design.name.holder)
    if table is not None and table.row_security not in ENABLED:
        yield design.hit(" does nothing: row level security of its table is off")


@rule(
    "GM312",
    WARNING,
    of=("policy",),
    instead="a condition that says whose rows they are",
)
def policy_for_all_rows(design: ObjectDesign) -> Iterator[Hit]:
    """A policy lets its roles write any row.

    A condition that is `true` is as good as no row level security, for its roles and its command.
    """
    value = design.value
    if value.restrictive or value.command == "select":
        return
    checked = value.using if value.with_check is None else value.with_check
    changes = value.command in {"all", "update", "delete"} and value.using == ALWAYS
    comes = value.command in {"all", "insert", "update"} and checked == ALWAYS
    if changes or comes:
        yield design.hit(f" lets {', '.join(value.roles)} write any row")


@rule(
    "GM313",
    WARNING,
    instead="call what is immutable; a function of your own may be marked so, where it is",
)
def changing_function(design: Design) -> Iterator[Hit]:
    """An index or a generated column calls a function that is not immutable.

    PostgreSQL refuses it: what is stored would not be what the function gives later. So it does of
    its own, such as `now()`, `to_char()` and `concat()`.
    """
    graph, table = design.graph, design.table
    for name, column in table.columns.items():
        if column.generated is None or not design.looked_at("column", name):
            continue
        text = column.generated.expression
        for called in changing(
            design, graph.find.expression(design.name, text), [text]
        ):
            what = f"column {name} of table {design.name}"
            path = spec_path(design.spec, design.name, "columns", name)
            yield Hit(f"{what} is computed by {called}, which is not immutable", path)
    for name, one in parts(table):
        if isinstance(one, Index) and design.looked_at("part", name):
            texts = [each.expression for each in one.elements if each.expression]
            texts += [one.where] if one.where else []
            found = graph.find.part(design.name, one)
            for called in changing(design, found, texts):
                path = part_path(design.spec, design.name, name)
                what = f"index {name} of table {design.name}"
                yield Hit(f"{what} calls {called}, which is not immutable", path)


def changing(
    design: Design, found: Iterable[Reference], texts: Iterable[str]
) -> Iterator[str]:
    """Yield what is called that is not immutable: of the spec by references, and PostgreSQL's."""
    functions = design.spec.schema.of("function")
    nodes = {node for one in found for node in design.graph.nodes(one)}
    for node in sorted(nodes, key=str):
        if node[0] == "function" and functions[node[1]].volatility != "immutable":
            yield str(node[1])
    ours = {node[1].called for node in nodes if node[0] == "function"}
    for named in map(names_in, texts):
        own = {one.name for one in named.functions - ours if one.schema is None}
        yield from (f"{one}()" for one in sorted(own & CHANGING))
        yield from sorted(named.values)


@rule(
    "GM314",
    NOTE,
    of=("materialized view",),
    instead="add a unique index over columns, of all rows",
)
def never_refreshed_concurrently(design: ObjectDesign) -> Iterator[Hit]:
    """A materialized view has no unique index.

    REFRESH MATERIALIZED VIEW CONCURRENTLY needs one, of columns and without a condition; without
    it, who reads the view waits for each refresh.
    """
    indexes = design.value.indexes.values()
    if not any(
        one.unique and one.where is None and all(each.column for each in one.elements)
        for one in indexes
    ):
        yield design.hit(" has no unique index")


@rule(
    "GM315",
    WARNING,
    of=("trigger",),
    instead="write the trigger at the partitioned table, or at each partition",
)
def trigger_of_one_partition(design: ObjectDesign) -> Iterator[Hit]:
    """A trigger is on a partition, and others of the same table do not call its function.

    Rows of the other partitions go past it; so do those of partitions to come.
    """
    schema, holder = design.spec.schema, design.name.holder
    table = schema.tables.get(holder)
    if table is None or table.partition_of is None:
        return
    called = {
        name.holder
        for name, one in schema.of(design.kind).items()
        if one.function == design.value.function
    }
    for name, one in schema.tables.items():
        if one.parent == table.parent and name not in called:
            yield design.hit(f" is missing on partition {name}")
