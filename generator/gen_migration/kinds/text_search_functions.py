"""What text search parsers and templates have in common: they are nothing but functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.kinds.text_search import TextSearch, calls
from gen_migration.postgres import own_functions
from gen_migration.postgres.names import Name
from gen_migration.postgres.text_search import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema


class OfFunctions(TextSearch):
    """Objects of text search whose values are names of functions, by the words of PostgreSQL."""

    # How many arguments each of the functions has, in the order in which pg_dump writes them.
    arguments: ClassVar[Mapping[str, int]]

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        listed = ",\n    ".join(self.clauses(value))
        return f"CREATE {self.sql(name)} (\n    {listed}\n)"

    def definition(self, value: Any) -> str:
        return f"({', '.join(self.clauses(value))})"

    def clauses(self, value: Any) -> Iterator[str]:
        """Yield what the statement that creates it says."""
        for key in self.arguments:
            function = getattr(value, key)
            if function is not None:
                yield f"{key.upper()} = {function.sql}"

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        given = tree.options(node.definition)
        unknown = given.keys() - self.arguments.keys()
        if unknown:
            raise ValueError(f"{min(unknown).upper()} of a {self.word}")
        found = {key: settled(tree.dotted(one.names)) for key, one in given.items()}
        return tree.dotted(node.defnames), self.value(**found)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found = {}
        for key in self.arguments:
            text = getattr(shape, key)
            function = None if text is None else (at / key).name(text, at_key=False)
            if text is not None and function is None:
                return None
            if function is not None:
                own = Name(None, text) if text in own_functions.names() else function
                found[key] = settled(own)
        return self.value(**found)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        found = {key: getattr(value, key) for key in self.arguments}
        return {key: one and said(writer, one) for key, one in found.items()}

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        found = {}
        for key in self.arguments:
            name = getattr(row, f"{key}_function")
            if name is not None:
                schema = getattr(row, f"{key}_schema")
                is_called_so = schema != "pg_catalog" and name in own_functions.names()
                function = Name(schema, name) if is_called_so else None
                found[key] = function or settled(reading.name(schema, name))
        return self.value(**found)

    # Order and words.

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return calls(*((getattr(value, key), n) for key, n in self.arguments.items()))

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


def settled(function: Name) -> Name:
    """Return the name of a function; PostgreSQL's own stand without their schema.

    Others that are called so stand with theirs.
    """
    return bare(function) if function.name in own_functions.names() else function


def said(writer: Any, function: Name) -> str:
    """Return the name of a function as a spec has it."""
    if function.name in own_functions.names():
        return str(function)
    found: str = writer.name(function)
    return found
