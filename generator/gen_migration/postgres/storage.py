"""How values and rows are stored where nothing else is said."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

# The access method of tables that have none of their own.
HEAP = "heap"
# The built-in types whose values never leave their row, so that storage and compression mean
# nothing (pg_type.typlen > 0), and those that do not start from EXTENDED (pg_type.typstorage).
FIXED = frozenset(
    """
    bigint boolean box cid circle date "char" double interval integer line lseg macaddr macaddr8
    money name oid pg_lsn point real regclass regcollation regconfig regdictionary regnamespace
    regoper regoperator regproc regprocedure regrole regtype smallint tid time timestamp
    timestamptz timetz uuid xid xid8 serial bigserial smallserial aclitem
    """.split()
)
MAIN = frozenset(("numeric", "inet", "cidr"))
PLAIN = frozenset(("int2vector", "oidvector", "tsquery"))


def in_digits(number: int | str | Decimal) -> str:
    """Return a number as PostgreSQL reads it, without an exponent; its zeros stay."""
    return format(Decimal(number), "f")


def is_fixed(column_type: Type) -> bool:
    if column_type.array:
        return False
    if column_type.kind == "builtin":
        return column_type.name.split()[0] in FIXED
    return column_type.kind == "enum"


def default_storage(column_type: Type) -> str | None:
    """Return what `storage` is when nobody sets it; None when the type is not built in."""
    if column_type.array:
        return "extended"
    if column_type.kind == "other":
        return None
    if is_fixed(column_type) or column_type.name in PLAIN:
        return "plain"
    return "main" if column_type.name in MAIN else "extended"
