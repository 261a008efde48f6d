"""What the kinds of text search have in common: names beside PostgreSQL's own, and their renames.

PostgreSQL's own objects come before those of the search path, so that an object which is called
as one of them stands with its schema. Source: the manual, chapter 12.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.kinds.kind import Kind
from gen_migration.model import expression_edits as edits
from gen_migration.model import renaming
from gen_migration.model.mapped import mapped
from gen_migration.postgres import own_functions, text_search
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema


# The fields that name objects of a kind, and those that name functions.
NAMING: Mapping[str, tuple[str, ...]] = {
    text_search.PARSERS: ("parser",),
    text_search.TEMPLATES: ("template",),
    text_search.DICTIONARIES: ("mappings",),
    text_search.CONFIGURATIONS: (),
}
FUNCTIONS = ("start", "gettoken", "end", "lextypes", "headline", "init", "lexize")


class TextSearch(Kind):
    """A kind of object of text search; its word is the space of its names, too."""

    creates = "define_stmt"

    # SQL in.

    def reads(self, node: Any) -> bool:
        from gen_migration.sql import tree

        is_creation = node.DESCRIPTOR.name == "DefineStmt"
        return not is_creation or tree.word(node, "kind") == self.object

    # The spec.

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        is_own = partial(text_search.is_own, self.word)
        return at.name_beside_own(self.word, text, is_own, at_key=at_key)

    # The catalog.

    def name_of(self, reading: Any, row: Any) -> Any:
        return name_of(reading, self.word, row.schema, row.name)

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        """Return a schema in which it has another name, in expressions and other objects too."""

        def called(name: Name) -> Name:
            return new if name == old else name

        changes = renaming.in_expressions(edits.TextSearchEdit(old, new, self.word))
        changes |= dict.fromkeys(NAMING[self.word], partial(renamed_in, change=called))
        schema = renaming.everywhere(schema, changes)
        return schema.with_(self.word, renaming.rekeyed(schema.of(self.word), old, new))

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        def moved(name: Name) -> Name:
            return name._replace(schema=new) if name.schema == old else name

        fields = (*FUNCTIONS, *(one for found in NAMING.values() for one in found))
        change = partial(renamed_in, change=moved)
        return mapped(value, dict.fromkeys(fields, change))

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name.name)}


def name_of(reading: Any, space: str, schema: str, name: str) -> Name:
    """Return the name of an object of text search that a row of a catalog names."""
    if schema == "pg_catalog":
        return Name(None, name)
    if name in text_search.OWN[space]:
        return Name(schema, name)
    found: Name = reading.name(schema, name)
    return found


def given(at: Any, space: str, text: str) -> Name | None:
    """Return the name of an object of text search that a spec names."""
    found: Name | None = at.text_name(text)
    if found is None or found.schema is not None or text_search.is_own(space, found):
        return found and text_search.bare(found)
    return at.held(space, found)  # type: ignore[no-any-return]


def refers(space: str, names: Iterable[Name]) -> set[Reference]:
    """Return the references to objects of text search that are not PostgreSQL's own."""
    return {(space, one) for one in names if not text_search.is_own(space, one)}


def calls(*functions: tuple[Name | None, int]) -> set[Reference]:
    """Return the references to functions that are not PostgreSQL's own, with their arguments."""
    return {
        ("functions", one, count)
        for one, count in functions
        if one is not None and not is_builtin(one)
    }


def is_builtin(function: Name) -> bool:
    """Tell whether the name of a function means one of PostgreSQL's own."""
    return function.schema in {None, "pg_catalog"} and (
        function.name in own_functions.names()
    )


def renamed_in(found: Any, change: Callable[[Name], Name]) -> Any:
    """Return a name, or what token types are mapped to, with each name changed."""
    if isinstance(found, Name):
        return change(found)
    return {token: tuple(map(change, names)) for token, names in found.items()}
