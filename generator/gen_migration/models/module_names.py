"""What the classes and variables of a module of models are called, and what it imports. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.models import arguments
from gen_migration.models.python_names import Scope, class_name, identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gen_migration.model.schema import Spec, Table
    from gen_migration.postgres.names import Name

# The suffix of classes that are mapped to a table.
MAPPED = ("",)


@dataclass(slots=True, kw_only=True)
class Growing:
    """A tree while it grows: the names that are taken in the module, and what it imports."""

    spec: Spec
    scope: Scope
    imports: dict[str, tuple[str, str]]

    def hint(self, word: str, key: Any) -> Mapping[str, Any]:
        """Return what the spec says of an object's Python."""
        return self.spec.hints.python.get((word, key), {})

    def imported(self, text: str) -> str:
        """Return the name under which `module:name` is imported."""
        module, _, name = text.partition(":")
        if module == "builtins":
            return name
        for known, origin in self.imports.items():
            if origin == (module, name):
                return known
        found = self.scope.free(name)
        self.imports[found] = (module, name)
        return found

    @property
    def has_base(self) -> bool:
        """Whether the base of all classes is the user's."""
        return "base" in self.hint("spec", "")

    def in_turn(self, names: Collection[Name]) -> list[Name]:
        """Return names, those that stand alone first, since they have the first choice."""
        home = (None, self.spec.default_schema)
        return sorted(names, key=lambda one: one.schema not in home)


def names_of(
    growing: Growing, tables: Mapping[Name, Table], suffixes: Sequence[str]
) -> dict[Name, tuple[str | None, str]]:
    """Return the class of each table, if it has one, and its variable."""
    named = {}
    for name in growing.in_turn(tables):
        class_ = class_of(growing, name, tables[name], suffixes)
        plain = identifier(name.name, "table")
        named[name] = (class_, plain if class_ else growing.scope.free(plain))
    return named


def class_of(
    growing: Growing, name: Name, value: Table, suffixes: Sequence[str]
) -> str | None:
    """Return the name of a table's class; None where it has none.

    What is mapped has a primary key.
    """
    if not suffixes or (suffixes == MAPPED and not arguments.key_of(value)):
        return None
    if (hint := growing.hint("table", name).get("class")) is not None:
        return growing.scope.free(hint, suffixes=suffixes)
    plain = class_name(name.name)
    whole = plain if name.schema is None else class_name(name.schema) + plain
    return growing.scope.free(plain, whole, suffixes=suffixes)
