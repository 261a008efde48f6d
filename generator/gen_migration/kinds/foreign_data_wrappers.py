"""Foreign data wrappers: `CREATE FOREIGN DATA WRAPPER`, which extensions bring most of the time.

All of one is altered in place. Only a superuser may make one. Source: the manual, CREATE FOREIGN
DATA WRAPPER, ALTER FOREIGN DATA WRAPPER and chapter 57.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import foreign_spec
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import renaming
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold
from gen_migration.postgres import foreign_options as options
from gen_migration.postgres import privileges
from gen_migration.postgres.secret_values import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

# The functions of a wrapper, with the number of their arguments.
FUNCTIONS = {"handler": 0, "validator": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignDataWrapper(Granted):
    """`CREATE FOREIGN DATA WRAPPER`."""

    handler: Name | None = None
    validator: Name | None = None
    options: Mapping[str, str | Secret] = field(default_factory=dict)
    comment: str | None = None


hold(ForeignDataWrapper, options=(Secret,))


class ForeignDataWrappers(Kind):
    """Foreign data wrappers of a database."""

    word = "foreign data wrapper"
    key = "foreign_data_wrappers"
    about = "Foreign data wrappers by name, which only a superuser may create."
    about_one = "A foreign data wrapper, where no extension brings it."
    keys = (
        Key(
            "handler",
            "Text | None",
            "The function that reads and writes, without brackets.",
        ),
        Key(
            "validator",
            "Text | None",
            "The function that checks options, without brackets.",
        ),
        Key("options", "ForeignOptions", "Its options.", dict),
        RENAMED_FROM,
    )
    value = ForeignDataWrapper
    called = "FOREIGN DATA WRAPPER"
    granting = privileges.FOREIGN_DATA_WRAPPER
    object = "FDW"
    in_schema = False
    creates = "create_fdw_stmt"
    alters = "alter_fdw_stmt"
    groups = (("handler", "validator", "options"),)

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return options.statement(
            f"CREATE {self.sql(name)}{self.of_functions(None, value)}"
            f"{options.clause(value.options)}",
            value.options,
        )

    def definition(self, value: Any) -> str:
        found = f"{self.of_functions(None, value)}{options.clause(value.options)}"
        return found.removeprefix(" ")

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        found = (
            f"{self.of_functions(old, new)}{options.changed(old.options, new.options)}"
        )
        return [options.statement(f"ALTER {self.sql(name)}{found}", new.options)]

    def of_functions(self, old: Any, new: Any) -> str:
        """Return what sets the functions that are others than before, with a leading space."""
        found = ""
        for key in FUNCTIONS:
            before, after = old and getattr(old, key), getattr(new, key)
            if before != after:
                word = key.upper()
                found += f" {word} {after.sql}" if after is not None else f" NO {word}"
        return found

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        value = ForeignDataWrapper(options=options.read(node.options))
        return node.fdwname, replace(value, **functions(node))

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        old = objects.get(node.fdwname)
        if old is None:
            return None
        found = options.read(node.options, old.options)
        return node.fdwname, replace(old, **functions(node), options=found)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found = {
            key: (at / key).name(getattr(shape, key), at_key=False)
            for key in FUNCTIONS
            if getattr(shape, key) is not None
        }
        given = foreign_spec.build(at / "options", shape.options)
        return ForeignDataWrapper(**found, options=given)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        found = {key: getattr(value, key) for key in FUNCTIONS}
        return {
            **{key: one and writer.name(one) for key, one in found.items()},
            "options": foreign_spec.dump(value.options),
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        found = {
            key: reading.name(getattr(row, f"{key}_schema"), getattr(row, key))
            for key in FUNCTIONS
            if getattr(row, key) is not None
        }
        return ForeignDataWrapper(
            **found, options=options.of_rows(row.options, row.name)
        )

    def selected_by(self, row: Any) -> None:
        """Return None: it is of the whole database."""

    def left_open(self, found: Any, wanted: Any) -> Any:
        given = options.left_open(found.options, wanted.options)
        return replace(found, options=given)

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        def called(name: str) -> str:
            return new if name == old else name

        schema = renaming.everywhere(schema, {"wrapper": called})
        return schema.with_(self.word, renaming.rekeyed(schema.of(self.word), old, new))

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        moved = {
            key: name._replace(schema=new)
            for key in FUNCTIONS
            if (name := getattr(value, key)) is not None and name.schema == old
        }
        return replace(value, **moved)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        found = {key: getattr(value, key) for key in FUNCTIONS}
        return {
            ("functions", name, FUNCTIONS[key])
            for key, name in found.items()
            if name is not None
        }

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name)}

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for key in FUNCTIONS:
            before, after = getattr(old, key), getattr(new, key)
            if before != after:
                yield key, before and str(before), after and str(after)
        yield from options.changes(old.options, new.options, "option ")


def functions(node: Any) -> dict[str, Any]:
    """Return the functions that a statement sets; None takes one away."""
    from gen_migration.postgres.names import last_two
    from gen_migration.sql import tree

    found = tree.options(node.func_options)
    return {key: None if one is None else last_two(one) for key, one in found.items()}
