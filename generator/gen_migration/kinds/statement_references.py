"""What statements of a spec name, as references. Pure.

They are those that stand in their SQL: relations, indexes, what is in them, functions, types. Of
what is in a text of its own (`DO`, the body of a function), nothing is known.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.kinds.nodes import ANY
from gen_migration.kinds.references import of_type
from gen_migration.postgres.names import Name, last_two
from gen_migration.postgres.names_in import calls
from gen_migration.postgres.parser import name_of, postgast, walk
from gen_migration.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Reference

# What is in a relation, and called by both names.
INSIDE = frozenset(("COLUMN", "TABCONSTRAINT", "TRIGGER", "RULE", "POLICY"))
# Nodes that have what is in a relation as their name.
NAMING = frozenset(("AlterTableCmd", "IndexElem", "StatsElem", "ResTarget"))


@lru_cache(maxsize=1_000)
def named(text: str) -> frozenset[Reference]:
    """Return what a text names; of one that is of another version, nothing."""
    try:
        tree_of = postgast().parse(text)
    except postgast().PgQueryError:
        return frozenset()
    nodes = walk(tree_of)
    relations, words = {*relations_in(nodes)}, {*words_in(nodes)}
    found: set[Reference] = {("functions", *one) for one in calls(nodes)}
    found |= {("schema", one.schema) for one in relations if one.schema is not None}
    for one in relations:
        found |= {("relations", one), ("indexes", one)}
        found |= {("inside", one, word) for word in words}
    for _, node in nodes:
        found |= of_node(node)
    return frozenset(found)


def of_node(node: Any) -> set[Reference]:
    """Return the function or the type that a node of a tree names."""
    match node.DESCRIPTOR.name:
        case "ObjectWithArgs" if (name := name_of(node.objname)) is not None:
            count = ANY if node.args_unspecified else len(node.objargs)
            return {("functions", name, count)}
        case "TypeName" if node.names:
            with contextlib.suppress(ValueError):  # no type can be like that
                return of_type(tree.column_type(node, ()))
        case "DefElem" if node.arg.HasField("type_name"):  # FUNCTION = f
            name = name_of(node.arg.type_name.names)
            return set() if name is None else {("functions", name, ANY)}
    return set()


def relations_in(nodes: list[tuple[str, Any]]) -> Iterator[Name]:
    """Yield the relations that a tree names; indexes among them."""
    for _, node in nodes:
        if node.DESCRIPTOR.name == "RangeVar":
            yield tree.relation(node)
        elif "objtype" in node.DESCRIPTOR.fields_by_name and has_list(node):
            names = tree.strings(node.object.list.items)
            is_inside = tree.word(node, "objtype") in INSIDE
            yield last_two(names[:-1] if is_inside else names)


def has_list(node: Any) -> bool:
    """Tell whether a statement is about what is called by a list of names."""
    if "object" not in node.DESCRIPTOR.fields_by_name or not node.HasField("object"):
        return False
    items = node.object.list.items
    return bool(items) and all(one.HasField("string") for one in items)


def words_in(nodes: list[tuple[str, Any]]) -> Iterator[str]:
    """Yield the names that may be of what is in a relation."""
    for _, node in nodes:
        kind = node.DESCRIPTOR.name
        if kind == "String":
            yield node.sval
        elif kind in NAMING and node.name:
            yield node.name
