"""What statements of a spec create, and what they come after, by names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.postgres.names import Name, last_two, member, split_name
from gen_migration.postgres.parser import postgast
from gen_migration.postgres.signatures import split_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.postgres.types import Type

# The spaces of names of what `CREATE …` of several kinds makes, by OBJECT_….
DEFINED = {
    "TYPE": "types",
    "COLLATION": "collations",
    "AGGREGATE": "functions",
    "OPERATOR": "operators",
}
# Statements that create something, the space of its name, and where that is in the tree.
CREATING = {
    "create_enum_stmt": ("types", "type_name"),
    "create_range_stmt": ("types", "type_name"),
    "create_domain_stmt": ("types", "domainname"),
    "create_function_stmt": ("functions", "funcname"),
    "create_op_class_stmt": ("opclasses", "opclassname"),
    "composite_type_stmt": ("types", "typevar"),
    "create_stmt": ("relations", "relation"),
    "create_foreign_table_stmt": ("relations", "base_stmt"),
    "view_stmt": ("relations", "view"),
    "create_table_as_stmt": ("relations", "into"),
    "create_seq_stmt": ("relations", "sequence"),
}


def created_by(texts: tuple[str, ...]) -> list[tuple[str, Name]]:
    """Return the names that statements take, each with its space."""
    return [(space, name) for one in texts for space, name, _ in created(one)]


def taken_by(texts: tuple[str, ...]) -> Iterator[Node]:
    """Yield what statements take of each space, which only one can have at a time.

    The types of a function are a part of its name; of one that does not say them, it is not known.
    """
    for space, name, node in (found for one in texts for found in created(one)):
        if space == "operators":
            continue  # their operands are a part of the name
        if space != "functions":
            yield space, *name
        elif (types := input_types(node)) is not None:
            yield space, *name, types


def input_types(node: Any) -> tuple[Type, ...] | None:
    """Return the types that CREATE FUNCTION takes; None for an aggregate's, and for %TYPE."""
    from gen_migration.kinds.routine_tree import arguments
    from gen_migration.kinds.routine_values import INPUTS

    if not hasattr(node, "parameters"):
        return None
    try:
        found = [*arguments(node.parameters, ())]
    except ValueError:
        return None
    return tuple(one.type for one in found if one.mode in INPUTS)


def created(text: str) -> Iterator[tuple[str, Name, Any]]:
    """Yield what a text creates: the space of the name, the name, and its tree."""
    try:
        parsed = postgast().parse(text).stmts
    except postgast().PgQueryError:  # it is of another version
        return
    for one in parsed:
        kind = one.stmt.WhichOneof("node")
        node = getattr(one.stmt, kind)
        if kind == "define_stmt":
            from gen_migration.sql import tree

            space = DEFINED.get(tree.word(node, "kind"))
            if space is not None:
                yield space, strings(node.defnames), node
        elif kind in CREATING:
            space, at = CREATING[kind]
            yield space, name_at(getattr(node, at)), node


def name_at(found: Any) -> Name:
    """Return the name that a part of a tree is, or holds."""
    if hasattr(found, "DESCRIPTOR"):
        for inner in ("relation", "rel"):
            if inner in found.DESCRIPTOR.fields_by_name:
                return name_at(getattr(found, inner))
        return Name(found.schemaname or None, found.relname)
    return strings(found)


def strings(nodes: Any) -> Name:
    return last_two(tuple(one.string.sval for one in nodes))


def after_of(at: Any, text: str) -> str | None:
    """Return what a statement comes after, with the schema of its name; None where reported."""
    from gen_migration.kinds import BY_WORD

    word, name = parts(text)
    kind = BY_WORD.get(word)
    if kind is not None and kind.holders:
        own, found, of = name.partition(" on ")
        holder = at.name(of, at_key=False) if found else None
        if holder is not None:
            return f"{word} {own} on {holder}"
    if word != "table" and (kind is None or kind.holders):
        at.wrong(
            f"{quoted(text)} names no object",
            "write its kind and its name: table t, trigger g on t",
        )
        return None
    if kind is not None and kind.space == "functions":
        signature = at.signature(name, at_key=False)
        return None if signature is None else f"{word} {signature}"
    if kind is not None and not kind.in_schema:
        return f"{word} {name}"
    found = at.name(name, at_key=False)
    return None if found is None else f"{word} {found}"


def parts(text: str) -> tuple[str, str]:
    """Return the kind and the name that a text says, of the longest kind."""
    from gen_migration.kinds import BY_WORD

    words = text.split()
    for count in (3, 2, 1):
        word = " ".join(words[:count])
        if word == "table" or word in BY_WORD:
            return word, text.partition(words[count - 1])[2].strip() if words[
                count:
            ] else ""
    return "", text


def reference_to(text: str) -> Reference:
    """Return what a text names that a statement comes after."""
    from gen_migration.kinds import BY_WORD

    word, name = parts(text)
    kind = BY_WORD.get(word)
    if kind is not None and kind.holders:
        own, _, of = name.partition(" on ")
        return word, member(last_two(tuple(split_name(of))), split_name(own)[0])
    if kind is not None and kind.space == "functions":
        called, types = split_signature(name)
        return "functions", last_two(tuple(split_name(called))), len(types)
    if kind is not None and not kind.in_schema:
        return word, name
    return word, last_two(tuple(split_name(name)))
