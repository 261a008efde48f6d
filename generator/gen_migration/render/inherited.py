"""What the template prints of a partition's parts of indexes and constraints.

Registered with `create.view`. Source: the PostgreSQL manual, ALTER INDEX and COMMENT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.partitions import AS_THERE
from gen_migration.model.schema import Index
from gen_migration.operations.alterations import SetInherited
from gen_migration.postgres.names import quote_name
from gen_migration.render.alter import set_parameters
from gen_migration.render.create import View, statements, view
from gen_migration.sql import ddl, part_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Inherited, Parameters


@view.register
def _(operation: SetInherited) -> View:
    return statements(*changes(operation))


def changes(operation: SetInherited) -> Iterator[str]:
    """Yield the statements of a change; a name that is given comes first, or goes last."""
    table, of = operation.table, operation.of
    old, new = operation.old or AS_THERE, operation.new or AS_THERE
    whole = operation.above._replace(name=operation.name)
    called = new.name or old.name
    index = table._replace(name=called or "").sql
    if new.name not in {None, old.name}:
        yield part_names.rename(table, whole, new.name)
    if isinstance(of, Index):
        parameters = [with_parameters(one, of) for one in (old, new)]
        if parameters[0] != parameters[1]:
            yield set_parameters(f"INDEX {index}", *parameters)
        if old.tablespace != new.tablespace:
            tablespace = quote_name(new.tablespace or "pg_default")
            yield f"ALTER INDEX {index} SET TABLESPACE {tablespace}"
    if old.comment != new.comment:
        constraint = f"CONSTRAINT {quote_name(called or operation.name)} ON {table.sql}"
        what = f"INDEX {index}" if isinstance(of, Index) else constraint
        yield ddl.comment(what, new.comment)
    if old.name is not None and new.name is None:
        yield part_names.rename_back(table, whole, of)


def with_parameters(own: Inherited, of: Index) -> Parameters:
    """Return the storage parameters of a part."""
    found = own.storage_parameters
    return of.storage_parameters if found is None else found
