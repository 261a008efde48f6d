"""What functions and procedures have in common.

Source: the PostgreSQL manual, CREATE FUNCTION and CREATE PROCEDURE, and `ProcedureCreate` in
PostgreSQL's pg_proc.c for what may be replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.kinds import routine_references as references
from gen_migration.kinds import routine_renames, routine_spec, routine_sql, routine_tree
from gen_migration.kinds.kind import Kind
from gen_migration.model import mapped, object_renaming
from gen_migration.postgres import bodies, own_functions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Known
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


class Called(Kind):
    """What is called by a signature: functions, procedures, aggregates."""

    space = "functions"

    def spelled(self, name: Any) -> str:
        called = own_functions.with_schema(name.called)
        return f"{called.sql}({self.operands(name)})"

    def operands(self, name: Any) -> str:
        """Return what stands in the brackets."""
        return ", ".join(one.sql for one in name.arguments)

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        return routine_tree.signature(node.object_with_args, objects)

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        return at.signature(text, at_key=at_key)

    def old_name(self, at: Any, text: str, new: Any) -> Any:
        alone, found, _ = text.partition("(")
        if found:
            hint = f"write its name alone: {in_yaml(alone)}"
            at.wrong("a rename leaves the arguments as they are", hint)
            return None
        found = at.name(text, at_key=False)
        return found and new._replace(schema=found.schema, name=found.name)

    def name_of(self, reading: Any, row: Any) -> Any:
        return reading.signature(row)

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return object_renaming.routine(schema, self.word, old, new)

    def takes(self, value: Any, count: int) -> bool:
        return references.takes(value, count)


class Routines(Called):
    """What functions and procedures have in common; each of both declares the rest."""

    creates = "create_function_stmt"
    alters = "alter_function_stmt"
    follows_renames = True

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return routine_sql.create(self.called, name, value)

    def dropped(self, name: Any, value: Any) -> Iterator[str]:
        types = [*name.arguments, getattr(value, "returns", None)]
        is_own = any(one is not None and one.kind != "builtin" for one in types)
        if value.language in {"c", "internal"} and is_own:
            # It may be one of a base type's, which has taken it along.
            yield self.drop(name).replace(
                f"DROP {self.called}", f"DROP {self.called} IF EXISTS", 1
            )
        else:
            yield from super().dropped(name, value)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        if routine_sql.is_defined_alike(old, new):
            return [f"ALTER {self.sql(name)} {' '.join(routine_sql.actions(old, new))}"]
        return [routine_sql.create(f"OR REPLACE {self.called}", name, new)]

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the new value: each way of altering one is one statement."""
        if old != new:
            yield new

    def is_replaced(self, old: Any, new: Any) -> bool:
        """Tell whether CREATE OR REPLACE refuses the change, or the way back.

        Nor does it serve other transforms: before 18, a routine stands on those of its types, also
        where it no longer lists them (`ProcedureCreate` in pg_proc.c).
        """
        return old.transforms != new.transforms or not (
            routine_sql.may_replace(old, new) and routine_sql.may_replace(new, old)
        )

    # SQL in.

    def reads(self, node: Any) -> bool:
        return routine_tree.is_procedure(node) == (self.called == "PROCEDURE")

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        return routine_tree.routine(self.value, node, schema)

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        name = routine_tree.signature(node.func, objects)
        old = objects.get(name)
        return None if old is None else (name, routine_tree.altered(old, node))

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        return routine_spec.build(self.value, at, name, shape)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return routine_spec.dump(writer, value)

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        return routine_tree.of_catalog(self.value, reading, row)

    # Renames and order.

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        def of_type(one: Type) -> Type:
            return replace(one, schema=new) if one.schema == old else one

        changes = {"type": of_type, "returns": of_type}
        types = tuple(map(of_type, value.transforms))
        return mapped.mapped(replace(value, transforms=types), changes)

    def followed(self, value: Any, relations: Known, old: Node, new: Node) -> Any:
        if not bodies.is_standard(value.language, value.body):
            return value
        body = routine_renames.body_after(value.body, relations, old, new)
        return value if body == value.body else replace(value, body=body, written=body)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return references.hard(value, find)

    def wishes(self, value: Any) -> set[Reference]:
        return references.soft(value)

    def checked(self, value: Any) -> set[Reference]:
        return references.checked(value)

    # Words.

    def definition(self, value: Any) -> str:
        return routine_sql.definition(value)

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        return routine_sql.changes(old, new)
