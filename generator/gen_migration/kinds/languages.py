"""Languages of routines: `CREATE LANGUAGE`, by its handlers.

Most come with an extension, and are that extension's. PostgreSQL can rename one, and replaces its
handlers where it is. Source: the manual, CREATE LANGUAGE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import object_renaming
from gen_migration.model.access import Granted
from gen_migration.postgres import bodies, privileges
from gen_migration.postgres.names import Name, quote_name
from gen_migration.postgres.operators import own

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema

FUNCTIONS = ("handler", "inline", "validator")
NODES = {"handler": "plhandler", "inline": "plinline", "validator": "plvalidator"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language(Granted):
    """`CREATE LANGUAGE`, by its functions."""

    handler: Name
    inline: Name | None = None
    validator: Name | None = None
    trusted: bool = False
    comment: str | None = None


class Languages(Kind):
    """Languages that a spec creates by their handlers."""

    word = "language"
    key = "languages"
    about = "Languages of routines by name; those of extensions are the extensions'."
    about_one = "A language; in short, its handler."
    keys = (
        Key("handler", "Text", "The function that runs what is written in it.", ...),
        Key("inline", "Text | None", "The function that runs a DO block of it."),
        Key("validator", "Text | None", "The function that looks at new routines."),
        Key(
            "trusted",
            "bool",
            "Users without rights of their own may write in it.",
            False,
        ),
        RENAMED_FROM,
    )
    value = Language
    catalog = "pg_language"
    granting = privileges.LANGUAGE
    called = "LANGUAGE"
    in_schema = False
    short = "handler"
    creates = "create_plang_stmt"
    groups = (("handler", "inline", "validator", "trusted"),)

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE {self.body(name, value)}"

    def body(self, name: Any, value: Any) -> str:
        trusted = "TRUSTED " if value.trusted else ""
        return f"{trusted}LANGUAGE {quote_name(name)} {functions(value)}"

    def definition(self, value: Any) -> str:
        return ("TRUSTED " if value.trusted else "") + functions(value)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [f"CREATE OR REPLACE {self.body(name, new)}"]

    def replaced(self, old: Any, new: Any) -> Any:
        kept = {key: getattr(old, key) for key in self.apart}
        return replace(new, **kept)

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        found: dict[str, Any] = {
            key: tree.dotted(given) if (given := getattr(node, field)) else None
            for key, field in NODES.items()
        }
        if found["handler"] is None:
            raise ValueError("CREATE LANGUAGE without a HANDLER")
        return node.plname, Language(trusted=node.pltrusted, **found)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found = at.functions(shape, FUNCTIONS)
        if found["handler"] is None:
            return None
        return Language(trusted=shape.trusted, **found)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            **{key: held and str(held) for key, held in named(value).items()},
            "trusted": value.trusted or None,
        }

    def from_row(self, reading: Any, row: Any) -> Any:
        found: dict[str, Any] = {
            key: held and own(reading.name(*held))
            for key in FUNCTIONS
            for held in (getattr(row, key),)
        }
        return Language(trusted=row.trusted, **found)

    def selected_by(self, row: Any) -> str | None:
        return None

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return object_renaming.language(schema, old, new)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        changes: dict[str, Any] = {
            key: held._replace(schema=new)
            for key, held in named(value).items()
            if held is not None and held.schema == old
        }
        return replace(value, **changes)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        held = named(value).values()
        return {("functions", one, bodies.ANY) for one in held if one is not None}


def named(value: Language) -> Mapping[str, Name | None]:
    """Return the functions of a language by their keys."""
    return {key: getattr(value, key) for key in FUNCTIONS}


def functions(value: Language) -> str:
    """Return what `CREATE LANGUAGE` says of functions."""
    held = named(value).items()
    return " ".join(f"{key.upper()} {one.sql}" for key, one in held if one is not None)
