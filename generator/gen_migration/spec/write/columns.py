"""A column's value back to the keys of a spec: all of it, or what a table has otherwise of one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gen_migration.kinds.kind_spec import shortened
from gen_migration.model.hints import NO_ROWS
from gen_migration.spec.write.writer import of, sequence_options, without_empty
from gen_migration.sql.ddl import OPTIONS_OF_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.hints import Expand
    from gen_migration.model.schema import Column, Identity, NotNullState, Own
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type
    from gen_migration.spec.write.writer import Writer


def column(writer: Writer, value: Column, short: dict[str, Any]) -> Any:
    """Return a column; its type alone where that is all."""
    identity = generated = None
    if value.identity is not None:
        identity = identity_of(value.identity, value.type)
    if value.generated is not None:
        kind = "stored" if value.generated.stored else "virtual"
        generated = {kind: value.generated.expression}
    forbids = not_null(value.not_null, value.not_null_state)
    result = without_empty(
        {"type": writer.type(value.type), **of(value, "nullable"), "not_null": forbids}
    )
    if value.default is not None:
        result["default"] = writer.value(value.default, value.type)
    rest = of(value, "collation", "storage", "compression", "statistics_target")
    rest |= distinct(of(value, *OPTIONS_OF_COLUMNS)) | of(value, "comment")
    result |= short
    result |= without_empty({"generated": generated, "identity": identity, **rest})
    return shortened(result, "type")


def not_null(name: str | None, state: NotNullState | None) -> Any:
    """Return a NOT NULL constraint; its name where that is all."""
    more = {} if state is None else of(state, "no_inherit", "not_valid", "comment")
    return shortened(without_empty({"name": name, **more}), "name") or None


def identity_of(value: Identity, of_type: Type) -> Any:
    """Return an identity."""
    word = "always" if value.always else "by default"
    options = sequence_options(value.options, of_type.name)
    named = without_empty(of(value, "sequence"))
    return shortened({"generated": word, **named, **options}, "generated")


def distinct(own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a column as numbers."""
    return {
        key: Decimal(own[key]) for key in OPTIONS_OF_COLUMNS if own.get(key) is not None
    }


# As in `column`.
ORDER = (
    *("nullable", "not_null", "default", "identity", "storage", "compression"),
    *("statistics_target", *OPTIONS_OF_COLUMNS, "comment"),
)


def own_entry(
    writer: Writer, own: Own, of_type: Type, *, is_told: bool
) -> dict[str, Any]:
    """Return what a table has otherwise of a column; that it forbids NULL may be told elsewhere."""
    found = dict(own)
    if is_told or "not_null" in own:
        found.pop("nullable", None)
    forbids = not_null(own.get("not_null"), found.pop("not_null_state", None))
    if forbids is not None:
        found["not_null"] = forbids
    if found.get("default") is not None:
        found["default"] = writer.value(own["default"], of_type)
    if found.get("identity") is not None:
        found["identity"] = identity_of(own["identity"], of_type)
    found |= distinct(found)
    return {field: found[field] for field in ORDER if field in found}


def column_hints(
    writer: Writer, table: Name, name: str, value: Column
) -> dict[str, Any]:
    """Return the hints of a column."""
    hints, key = writer.spec.hints, (table, name)
    found = without_empty(
        {
            "renamed_from": hints.columns.get(key),
            "using": hints.using.get(key),
            "rewrite": hints.rewrite.get(key),
            "python": writer.python("column", key),
            "expand": expand(hints.expand.get(key)),
            "ignore": writer.ignore("column", key),
        }
    )
    return found | filling(writer, table, name, value.type)


def expand(hint: Expand | None) -> Any:
    """Return what is said of two versions of the code that write a column meanwhile."""
    if hint is None:
        return None
    return without_empty({"up": hint.up, "down": hint.down}) or True


def filling(writer: Writer, table: Name, name: str, of_type: Type) -> dict[str, Any]:
    """Return what fills the rows of a column."""
    hints, key = writer.spec.hints, (table, name)
    if hints.no_rows.get(key):
        return {"backfill": dict(NO_ROWS)}
    fill = hints.backfill.get(key)
    return {} if fill is None else {"backfill": writer.value(fill, of_type)}
