"""Law 13: what `pg_depend` says of the objects of a spec, the offline graph says too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.kinds import KINDS
from gen_migration.kinds.graph import Graph
from gen_migration.postgres.names import (
    PUBLIC,
    Member,
    MethodName,
    Name,
    member,
    quote_name,
)
from gen_migration.postgres.signatures import CastName, Signature, TransformName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

    Edge = tuple[Node, Node]
    Edges = Mapping[Node, set[Node]]

IN_NO_SCHEMA = {kind.word for kind in KINDS if not kind.in_schema}
MEMBERS = [kind.word for kind in KINDS if kind.holders]
QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


# What PostgreSQL keeps no object of by the name that a spec gives.
UNKEPT = frozenset(("owner", "statement"))


def missing(schema: Schema, connection: Any) -> list[str]:
    """Return what a database says of a schema that its graph does not."""
    nodes, edges = held(
        connection, {named(("sequence", one)) for one in schema.sequences}
    )
    graph = {
        named(node): {*map(named, to)} for node, to in Graph(schema).edges().items()
    }
    # What the spec says of nodes that PostgreSQL does not keep, nothing can be asked of.
    strange = {node for node in graph if node[0] not in UNKEPT} - nodes
    lines = [f"not in the catalog: {node}" for node in strange]
    return lines + [f"{a} stands on {b}" for a, b in absent(graph, edges)]


def absent(graph: Edges, edges: set[Edge]) -> list[Edge]:
    """Return the edges between nodes of a graph that are neither edges nor paths of it."""
    return [
        (a, b)
        for a, b in sorted(edges, key=str)
        if a in graph and b in graph and a != b and b not in reached(graph, a)
    ]


def reached(graph: Edges, start: Node) -> set[Node]:
    """Return what a node refers to, directly or not."""
    found: set[Node] = set()
    waiting = [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def held(connection: Any, sequences: set[Node]) -> tuple[set[Node], set[Edge]]:
    """Return the nodes and the edges of a database; `sequences` are those of the spec."""
    nodes: set[Node] = set()
    edges: set[Edge] = set()
    for deptype, *row in connection.execute(QUERY).fetchall():
        start, end, owner = node(*row[:4]), node(*row[4:8]), node("column", *row[8:])
        if deptype == "is":
            nodes.add(start)
            continue
        if start in sequences and end[0] == "column":
            start = ("owner", start[1])
        if end[0] == "sequence" and end not in sequences:
            end = owner
        edges.add((start, end))
    # A base type and its functions stand on each other: here, those stand on its name.
    edges -= {(b, a) for a, b in edges if a[0] == "base type" and b[0] == "function"}
    return nodes, edges


def node(word: str, schema: str | None, name: str, part: str | None) -> Node:
    if word in IN_NO_SCHEMA:
        return word, name
    of = Name(schema, name)
    if word in MEMBERS:
        return word, member(of, str(part))
    return (word, of) if part is None else (word, of, part)


def named(node: Node) -> Node:
    """Return a node by names with their schemas."""
    return tuple(
        Name(one.schema or PUBLIC, called(one))
        if isinstance(one, Signature)
        else Name(one.schema or PUBLIC, f"{one.name} {one.method}")
        if isinstance(one, MethodName)
        else f"{printed(one.source)} AS {printed(one.target)}"
        if isinstance(one, CastName)
        else f"{printed(one.type)} LANGUAGE {one.language}"
        if isinstance(one, TransformName)
        else one._replace(schema=one.schema or PUBLIC)
        if isinstance(one, Name | Member)
        else one
        for one in node
    )


def called(name: Signature) -> str:
    """Return the name of a routine as PostgreSQL prints it with its arguments."""
    types = ",".join(map(printed, name.arguments))
    return f"{quote_name(name.name)}({types})"


def printed(of: Type) -> str:
    """Return a type as PostgreSQL prints it where the search path leads to `public`."""
    schema = None if of.schema == PUBLIC else of.schema
    return replace(of, name=LONG.get(of.name, of.name), schema=schema).sql


# What PostgreSQL calls what this tool calls otherwise.
LONG = {
    "timestamptz": "timestamp with time zone",
    "varchar": "character varying",
    "bpchar": "character",
}
