"""What a spec leaves to the server, and a database names all the same. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.schema import Column, Extension, Schema, Table


def with_names_left_open(found: Schema, spec: Schema) -> Schema:
    """Return what a database holds, without what a spec leaves open.

    Those are names of NOT NULL and versions of extensions: where the spec has None, so has the
    result. What the spec does not have at all stays as it was found.
    """
    return replace(
        found,
        tables={
            name: table(value, spec.tables[name]) if name in spec.tables else value
            for name, value in found.tables.items()
        },
        extensions={
            name: extension(value, spec.extensions[name])
            if name in spec.extensions
            else value
            for name, value in found.extensions.items()
        },
    )


def table(found: Table, spec: Table) -> Table:
    columns = {
        name: column(value, spec.columns[name]) if name in spec.columns else value
        for name, value in found.columns.items()
    }
    return replace(found, columns=columns)


def column(found: Column, spec: Column) -> Column:
    return found if spec.not_null is not None else replace(found, not_null=None)


def extension(found: Extension, spec: Extension) -> Extension:
    return found if spec.version is not None else replace(found, version=None)
