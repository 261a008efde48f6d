"""Changes of the access to an object: its owner, and the grants on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD, access
from gen_migration.operations import base
from gen_migration.sql import grants

if TYPE_CHECKING:
    from gen_migration.model.access import Grants
    from gen_migration.model.schema import Schema


class SetAccess(base.Alteration):
    """Give an object, of the kind whose word `kind` is, another owner or other grants."""

    field: ClassVar[str]
    kind: str
    name: Any
    old: Any
    new: Any

    def apply(self, schema: Schema) -> Schema:
        objects, kind = schema.of(self.kind), BY_WORD.get(self.kind)
        given = {} if kind is None else kind.given
        held = objects.get(self.name) or given[self.name]
        add = base.put if kind is None else kind.put
        return schema.with_(self.kind, add(objects, self.name, self.changed(held)))

    def changed(self, value: Any) -> Any:
        """Return the object after it."""
        return replace(value, **{self.field: self.new})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOwner(SetAccess):
    """Give an object another owner; None is the role that runs the revision."""

    wire = "set_owner"
    what = "owner of {0.kind} {0.name}"
    field = "owner"
    old: str | None
    new: str | None
    kind: str
    name: Any

    def changed(self, value: Any) -> Any:
        """Return the object with its owner, which has no grants any more: it may do all."""
        held = getattr(value, "grants", None) or {}
        if self.new in held:
            rest = {role: one for role, one in held.items() if role != self.new}
            value = replace(value, grants=rest or None)
        return replace(value, owner=self.new)

    def apply(self, schema: Schema) -> Schema:
        schema = SetAccess.apply(self, schema)
        if self.kind != access.TABLE:
            return schema
        # What belongs to a column has the owner of the table.
        changed = {
            name: self.changed(one)
            for name, one in schema.sequences.items()
            if one.owned_by is not None and one.owned_by[0] == self.name
        }
        return schema.with_("sequence", {**schema.sequences, **changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGrants(SetAccess):
    """Give roles other privileges on an object; `owner` is its owner, where that is known."""

    wire = "set_grants"
    what = "grants on {0.kind} {0.name}"
    field = "grants"
    old: Grants | None
    new: Grants | None
    kind: str
    name: Any
    owner: str | None = None

    def said(self, value: Grants | None) -> str | None:
        return access.words(self.kind, value)

    @property
    def summary(self) -> str:
        """What changes, without the roles: those of a schema are many."""
        return f"change {self.what.format(self)}"

    @property
    def statements(self) -> list[str]:
        """The statements that do it."""
        given = access.given(self.kind, self.name, self.owner)
        what = access.called(self.kind, self.name)
        return [*grants.statements(what, given, self.old, self.new)]
