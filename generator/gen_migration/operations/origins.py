"""Former names, by which a hint that history has consumed is told from a new one."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import KINDS
from gen_migration.operations.renames import (
    RenameAttribute,
    RenameColumn,
    RenameColumnOfObject,
    RenameEnumValue,
    RenameObject,
)
from gen_migration.postgres.names import Member

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True)
class Origins:
    """The name that each thing had before the revision that renamed it last.

    `names` maps kind and name now to the name then; columns, values of enums, attributes and what
    stands on a relation carry their table, type or relation: `("column", table, name)`.
    """

    names: Mapping[tuple[Any, ...], Any] = field(default_factory=dict)

    def of(self, kind: str) -> dict[Any, Any]:
        """Return the old names of a kind by the new ones."""
        return {key[1]: old for key, old in self.names.items() if key[0] == kind}

    def within(self, kind: str, holder: Name) -> dict[str, str]:
        """Return the old names of a table's columns, of an enum's values, of a view's triggers."""
        return {
            key[2]: old for key, old in self.names.items() if key[:2] == (kind, holder)
        }

    def after(self, operations: Iterable[Operation]) -> Origins:
        """Return the origins after the operations of one revision."""
        names = dict(self.names)
        fresh: dict[tuple[Any, ...], Any] = {}
        for operation in operations:
            renamed = keys_of(operation)
            if renamed is None:
                continue
            old, new = renamed
            fresh[new] = fresh.pop(old, old[-1])
            names.pop(old, None)
            names[new] = fresh[new]
            if len(new) == 2:
                # Its columns or values keep their origin under its new name.
                for key in [k for k in names if len(k) == 3 and k[1] == old[1]]:
                    if new[0] in HOLDERS.get(key[0], ()):
                        names[key[0], new[1], key[2]] = names.pop(key)
                        if key in fresh:
                            fresh[key[0], new[1], key[2]] = fresh.pop(key)
        return Origins(names)


HOLDERS: dict[str, tuple[str, ...]] = {
    "column": ("table", *(kind.word for kind in KINDS if kind.has_columns)),
    "value": ("enum",),
    "attribute": ("composite type",),
    **{kind.word: kind.holders for kind in KINDS if kind.holders},
}


def keys_of(operation: Operation) -> tuple[tuple[Any, ...], tuple[Any, ...]] | None:
    """Return the keys of what an operation renames, before and after."""
    match operation:
        case RenameColumn(table=table, old=old, new=new):
            return ("column", table, old), ("column", table, new)
        case RenameColumnOfObject(name=name, old=old, new=new):
            return ("column", name, old), ("column", name, new)
        case RenameEnumValue(name=name, old=old, new=new):
            return ("value", name, old), ("value", name, new)
        case RenameObject(kind=kind, old=Member() as old, new=new):
            return (kind, old.holder, old.name), (kind, new.holder, new.name)
        case RenameAttribute(name=name, old=old, new=new):
            return ("attribute", name, old), ("attribute", name, new)
        case RenameObject(kind=kind, old=old, new=new):
            return (kind, old), (kind, new)
    return None
