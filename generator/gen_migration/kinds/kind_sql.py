"""SQL of a kind: the statements that make and change its objects, and how those are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.traits import Traits
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


class SqlOfKind(Traits):
    """The statements of a kind."""

    def create(self, name: Any, value: Any) -> Any:
        """Return what creates an object, as SQL; the comment is a statement of its own.

        It may be a `Block`, which is run as it stands.
        """
        return f"CREATE {self.sql(name)} {self.definition(value)}".rstrip()

    def after(self, name: Any, value: Any) -> Iterator[str]:
        """Yield what follows the statement that creates an object, but for the comment."""
        yield from ()

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        """Return what makes one step of `steps`."""
        raise NotImplementedError

    def alter_in_use(self, name: Any, old: Any, new: Any) -> list[str]:
        """Return what makes a step of those that are long: it can be repeated."""
        return self.alter(name, old, new)

    def alter_with_heirs(self, name: Any, old: Any, new: Any) -> list[str]:
        """Return what makes one step of `steps` where tables have their columns from the object."""
        return self.alter(name, old, new)

    def sql(self, name: Any) -> str:
        """Return what an object is called behind ALTER, DROP and COMMENT ON."""
        return f"{self.called} {self.spelled(name)}"

    def spelled(self, name: Any) -> str:
        """Return the name of an object as SQL."""
        return quote_name(name) if isinstance(name, str) else str(name.sql)

    def drop(self, name: Any) -> str:
        """Return what drops an object."""
        return f"DROP {self.sql(name)}"

    def dropped(self, name: Any, value: Any) -> Iterator[Any]:
        """Yield what drops an object, as `create` returns it."""
        yield from self.before_drop(name, value)
        yield self.drop(name)

    def before_drop(self, name: Any, value: Any) -> Iterator[str]:
        """Yield what has to be altered before an object can be dropped."""
        yield from ()

    def rename(self, old: Any, new: Any) -> str:
        """Return what gives an object another name in its schema."""
        last = new if isinstance(new, str) else new.name
        return f"ALTER {self.sql(old)} RENAME TO {quote_name(last)}"

    def move(self, old: Name, new: Name) -> str:
        """Return what brings an object to another schema."""
        # A name without a schema is where the search path begins.
        schema = quote_name(new.schema or "public")
        return f"ALTER {self.sql(old)} SET SCHEMA {schema}"

    # SQL in: the parser's statements that create and alter it.

    def reads(self, node: Any) -> bool:
        """Tell whether a statement that several kinds share is one of this kind."""
        return True

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        """Return the name and the value that a statement creates."""
        raise NotImplementedError

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        """Return which of its objects a statement alters, drops or comments on."""
        from gen_migration.sql import tree

        return tree.object_name(node)

    def read_rename(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        """Return the name and the new value of an object of which a part gets another name."""
        raise NotImplementedError

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        """Return the name and the new value of an object; None for one that is not known."""
        raise NotImplementedError

    def read_drop(self, node: Any) -> Any:
        """Return the name of the object that a statement of its own (`drops`) drops."""
        raise NotImplementedError

    def read_alter_table(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        """Return the name and the new value of an object that `ALTER TABLE` takes for a table."""
        raise NotImplementedError

    def read_comment(self, value: Any, column: str, text: str | None) -> Any:
        """Return an object of which a column, or what it has in place of those, has a comment.

        Raises ValueError where it has no such thing.
        """
        raise ValueError(f"COMMENT ON COLUMN of a {self.word}")

    def read_index(self, value: Any, name: str, index: Any) -> Any:
        """Return an object with an index; None takes it away. Raises ValueError if it has none."""
        raise ValueError(f"an index on a {self.word}")

    def switched(self, value: Any, command: str) -> Any:
        """Return what one of its `switches` makes of an object."""
        raise NotImplementedError

    def replaced(self, old: Any, new: Any) -> Any:
        """Return what `CREATE OR REPLACE` makes of an object, which names a new value."""
        return new

    def read_part_comment(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        """Return the name and the new value of an object of which a part gets a comment."""
        raise NotImplementedError
