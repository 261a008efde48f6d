"""What a kind of object is: its values, and what holds of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import replace
from gen_migration.kinds.facts import Facts
from gen_migration.model import schema as model
from gen_migration.model.access import Owned
from gen_migration.model.mapped import INSIDE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.kinds.relations import Columns, Known
    from gen_migration.model.access import Grants
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.privileges import Granting
    from gen_migration.postgres.types import Type


class Traits(Facts):
    """What a kind is."""

    # The class of its values: frozen, and with a `comment`.
    value: ClassVar[type[Any]]
    # Whether it fires for what a revision does: made last, and dropped first.
    watches: ClassVar[bool] = False
    # Whether it is about what is created after it, and its grants (`Kind.granted`): made last.
    is_of_later: ClassVar[bool] = False
    # Whether its drop is SQL of the spec's, which names all as it is called before a rename.
    is_as_written: ClassVar[bool] = False
    # Whether routines take its names for those of types, which are not there yet.
    announces_types: ClassVar[bool] = False
    # Whether others rely on it all the time, as those do that are on a relation: what is made anew
    # is back before anybody sees that it was gone.
    is_missed: ClassVar[bool] = False
    # Whether partitions have its objects too, and are set as it is when it is replaced.
    is_reset: ClassVar[bool] = False
    # Whether an object stays without those of its parts that stand on what goes for a while.
    lets_go: ClassVar[bool] = False
    # Whether its objects cannot be otherwise while columns or types have them.
    is_fixed: ClassVar[bool] = False
    # Whether what is created stands on its objects without naming them.
    is_picked_up: ClassVar[bool] = False
    # Whether a drop takes along what refers to an object, and it refers to.
    cascades: ClassVar[bool] = False
    # Whether PostgreSQL keeps comments on its objects.
    has_comment: ClassVar[bool] = True
    # Objects that each database has from the start: a schema holds one that differs from this.
    given: ClassVar[Mapping[Any, Any]] = {}
    # Comments that objects have from the start.
    texts: ClassVar[Mapping[Any, str]] = {}
    # Whether the queries and the commands of its objects follow what is renamed.
    follows_renames: ClassVar[bool] = False
    # Whether its objects declare columns, by name, which may get other names.
    declares_columns: ClassVar[bool] = False
    # Whether they keep the rows of a query, which may take long.
    keeps_rows: ClassVar[bool] = False
    # Whether they may have indexes, as a part of their value.
    has_indexes: ClassVar[bool] = False
    # Which privileges roles may have on an object (see `postgres.privileges`).
    granting: ClassVar[Granting | None] = None
    # Where it is kept, where it has an owner and there are no privileges on it.
    catalog: ClassVar[str | None] = None
    # The properties that are altered together, in the order in which they are.
    groups: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @property
    def classes(self) -> tuple[type[Any], ...]:
        """The class of its values, and those of its own that these hold."""
        found: list[type[Any]] = [self.value]
        for one in found:  # which grows meanwhile
            for held in INSIDE.get(one, {}).values():
                own = (each for each in held if each.__module__ != model.__name__)
                found += [each for each in own if each not in found]
        return tuple(found)

    @property
    def class_names(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names of its classes."""
        return tuple(one.__name__ for one in self.classes)

    def kept_comment(self, name: Any, text: str | None) -> str | None:
        """Return a comment as a value has it: of `texts`, None for that one, and "" for none."""
        if name not in self.texts:
            return text
        return None if text == self.texts[name] else text or ""

    def created(self, value: Any) -> Any:
        """Return the value that an object has once it is created."""
        return value

    def bare(self, value: Any) -> Any:
        """Return a value without what is set by operations of its own."""
        apart = dict.fromkeys(self.apart)
        return replace(self.created(value), **apart)

    @property
    def apart(self) -> tuple[str, ...]:
        """The fields that are set by operations of their own: comment, owner, grants."""
        names = ("comment", "owner", "grants")
        return tuple(one for one in names if one in self.value.__dataclass_fields__)

    @property
    def has_owner(self) -> bool:
        """Whether its objects have owners."""
        return issubclass(self.value, Owned)

    def public(self, name: Any) -> tuple[str, ...]:
        """Return the privileges that all roles have on an object by themselves."""
        return () if self.granting is None else self.granting.public

    def columns(self, value: Any, relations: Known) -> Columns | None:
        """Return the columns of an object that queries select from; None where unknown."""
        return None

    def declared(self, value: Any) -> Collection[str]:
        """Return the columns that an object declares, which others may name; none of a query's."""
        return ()

    def base(self, value: Any) -> Type | None:
        """Return the type whose values a type has; None where they are its own."""
        return None

    def is_implied(self, name: Any, value: Any, schema: Schema) -> bool:
        """Tell whether an object is there by itself, since another one is."""
        return False

    def is_asking(self, value: Any) -> bool:
        """Tell whether a type refuses values of its base."""
        return False

    def granted(
        self, name: Any, value: Any, of: Granting, schema: str | None
    ) -> tuple[bool, Grants] | None:
        """Return what is granted on what is created later in a schema; None where it is not meant.

        With it goes whether it takes the place of what PostgreSQL gives by itself.
        """
        return None

    def definition(self, value: Any) -> str:
        """Return what an object is, as SQL behind its name; empty where a name is all."""
        return ""
