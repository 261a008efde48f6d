"""Changes in words: what, from what, to what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import visible
from gen_migration.model.schema import Generated, PartitionOf
from gen_migration.postgres.names import quote_name, quote_text, spell_part
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from gen_migration.model.schema import Inherited, NotNullState
    from gen_migration.postgres.names import Name

LONGEST = 40  # characters of a value


def change(what: str, old: Any, new: Any) -> str:
    """Return `set WHAT to NEW`, where there was none, or `change WHAT from OLD to NEW`.

    Of a text that has several lines, or differs where it is cut, it is `change WHAT`.
    """
    before, after = short(old), short(new)
    if before == NONE:
        return f"set {what} to {after}"
    if before == after or has_lines(old) or has_lines(new):
        return f"change {what}"
    return f"change {what} from {before} to {after}"


NONE = "none"


def short(value: Any) -> str:
    """Return a value on one line, cut where it is long; what is not there is `none`."""
    line = visible(" ".join(shown(value).split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def has_lines(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value.strip()


def shown(value: Any) -> str:
    """Return a value of a schema in words."""
    match value:
        case Generated():
            return ddl.generated(value)
        case PartitionOf(bound=bound):
            return ddl.bound(bound)
        case Mapping():
            return ddl.parameters(value) or NONE
    return NONE if value is None else str(value)


def not_null_state(value: NotNullState | None) -> str:
    """Return what a NOT NULL constraint is beside its name, in words."""
    if value is None:
        return "VALID"
    found = ["NO INHERIT"] if value.no_inherit else []
    found.append("NOT VALID" if value.not_valid else "VALID")
    if value.comment is not None:
        found.append(f"comment {quote_text(value.comment)}")
    return " ".join(found)


def inherited(value: Inherited | None) -> str | None:
    """Return what a partition has otherwise of an index or a constraint, in words."""
    if value is None:
        return None
    found = [value.name or ""]
    if value.storage_parameters is not None:
        found.append(f"WITH ({ddl.parameters(value.storage_parameters)})")
    if value.tablespace is not None:
        found.append(f"TABLESPACE {quote_name(value.tablespace)}")
    if value.comment is not None:
        found.append(f"comment {quote_text(value.comment)}")
    return " ".join(one for one in found if one)


def column(table: Name, name: str) -> str:
    """Return the name of a column with that of its table."""
    return f"{table}.{spell_part(name)}"
