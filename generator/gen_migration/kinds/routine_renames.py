"""Bodies of routines in which something has another name, as PostgreSQL follows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gen_migration.kinds import BY_WORD
from gen_migration.kinds.queries import after_rename
from gen_migration.model import expression_edits as edits
from gen_migration.model import object_renaming
from gen_migration.model import scoped_edits as scoped
from gen_migration.model.given import heirs
from gen_migration.postgres import text_search
from gen_migration.postgres.parser import SqlMistake
from gen_migration.sql import body_edits

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.relations import Known


def body_after(body: str, relations: Known, old: Node, new: Node) -> str:
    """Return a body of the SQL standard in which a node of the graph has another name."""
    query = partial(after_rename, relations=relations, old=old, new=new)
    changes = edits_of(relations, old, new)

    def command(text: str) -> str:
        for one in changes:
            text = edits.edited_command(text, one)
        return text

    try:
        return body_edits.edited(body, query, command)
    except SqlMistake:  # nothing of it is known
        return body


def edits_of(relations: Known, old: Node, new: Node) -> tuple[edits.Edit, ...]:
    """Return what a rename changes in a command, one after the other."""
    word, name, *part = old
    match word:
        case "column":
            schema = relations.schema
            family = frozenset((name, *heirs(schema, name)))
            labels = relations.labels
            return (scoped.ScopedColumnEdit(part[0], new[2], None, family, labels),)
        case "value":
            return ()  # what it is compared with is not known
        case "sequence":
            return (edits.RelationEdit(name, new[1]),)
        case _ if word in text_search.SPACES:
            return (edits.TextSearchEdit(name, new[1], word),)
        case _ if word in BY_WORD and BY_WORD[word].space not in {"relations", "types"}:
            edit = object_renaming.edit_of(relations.schema, word, name, new[1])
            return () if edit is None else (edit,)
    if relations.node(name) == old:
        table = scoped.ScopedTableEdit(name, new[1], None)
        return table, edits.RelationEdit(name, new[1])
    return (edits.TypeEdit(name, new[1]),)
