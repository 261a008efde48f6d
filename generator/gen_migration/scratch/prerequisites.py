"""Prerequisites of a spec as SQL: schemas of others, roles, tables that keys point at. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.kinds import access
from gen_migration.model.partitions import standalone
from gen_migration.model.schema import ForeignKey
from gen_migration.postgres.names import quote_name, quote_names
from gen_migration.scratch import roles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.postgres.names import Name

MAKES_ROLES = re.compile(r"\bcreate\s+(role|user)\b", re.IGNORECASE)


def of_all(specs: Sequence[Spec], but: Collection[Name] = ()) -> list[str]:
    """Return the statements that build on an empty database what specs refer to and have not.

    Each can be repeated; the tables of `but` are built by others. A table of others has the
    columns that a spec knows of it, and the keys that foreign keys need.
    """
    needed = {name for spec in specs for name in schemas(spec)}
    result = [
        f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema)}" for schema in sorted(needed)
    ]
    result += dict.fromkeys(one for spec in specs for one in make_roles(spec.schema))
    keys: dict[Name, dict[tuple[str, ...], None]] = {}
    held: dict[Name, dict[str, str]] = {}
    for spec in specs:
        for name, found in referred_keys(spec.schema).items():
            keys.setdefault(name, {}).update(dict.fromkeys(found))
        for name, columns in tables(spec).items():
            held[name] = columns | held.get(name, {})
    for name, columns in held.items():
        if name in but:
            continue
        parts = [f"{quote_name(column)} {type_}" for column, type_ in columns.items()]
        parts += [f"UNIQUE ({quote_names(key)})" for key in keys.get(name, ())]
        result.append(f"CREATE TABLE IF NOT EXISTS {name.sql} ({', '.join(parts)})")
    return result


def schemas(spec: Spec) -> set[str]:
    """Return the schemas that a spec names and leaves to others."""
    schema = spec.schema
    names = (*tables(spec), *schema.names)
    used = {name.schema for name in names}
    used |= {extension.schema for extension in schema.of("extension").values()}
    return {one for one in used if one} - set(schema.of("schema"))


def make_roles(*schemas: Schema) -> list[str]:
    """Return the statements that make the roles that schemas name, where there are none."""
    found: set[str] = set()
    owners: set[str | None] = {None}
    for schema in schemas:
        for kind in kinds.of(schema):
            for name, value in schema.of(kind.word).items():
                found.update(kind.roles_of(name, value))
        found |= access.roles_of(schema)
        owners.update(value.owner for _, _, value in access.every(schema))
    found = {one for one in found if not one.startswith("pg_")}  # each server has those
    made = [roles.make_sure(one) for one in sorted(found)]
    return [*made, roles.let_own()] if owners - {None} else made


def roles_before(revisions: Iterable[str], schemas: Iterable[Schema]) -> list[str]:
    """Return the statements that make roles for revisions, by their texts, on an empty database.

    Roles are of the server, and so no history's: unless a revision makes some, there are those that
    these schemas name.
    """
    makes_some = any(MAKES_ROLES.search(one) for one in revisions)
    return [] if makes_some else make_roles(*schemas)


def tables(spec: Spec) -> dict[Name, dict[str, str]]:
    """Return the tables of others with the types, as SQL, of the columns that are known of them.

    What a history or a database says of its foreign keys is all that is known of such a table
    where no spec lists it: the referring column's type is taken for the referred one's.
    """
    found = {
        name: {column: type_.sql for column, type_ in columns.items()}
        for name, columns in spec.external.items()
    }
    for name, key in foreign_keys(spec.schema):
        if key.referred_table in spec.schema.tables:
            continue
        types = standalone(spec.schema, name).columns
        known = found.setdefault(key.referred_table, {})
        for column, referred in zip(key.columns, key.referred_columns, strict=True):
            known.setdefault(referred, types[column].type.plain.sql)
    return found


def referred_keys(schema: Schema) -> dict[Name, list[tuple[str, ...]]]:
    """Return the columns that foreign keys refer to together, by their table."""
    found: dict[Name, dict[tuple[str, ...], None]] = {}
    for _, key in foreign_keys(schema):
        found.setdefault(key.referred_table, {})[key.referred_columns] = None
    return {name: list(keys) for name, keys in found.items()}


def foreign_keys(schema: Schema) -> Iterator[tuple[Name, ForeignKey]]:
    """Yield each foreign key with its table."""
    for name, table in schema.tables.items():
        for constraint in table.constraints.values():
            if isinstance(constraint, ForeignKey):
                yield name, constraint
