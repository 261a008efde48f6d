"""Table rewrites and scans by `ALTER COLUMN … TYPE`, on PostgreSQL 14 to 18.

Sources: the manual, ALTER TABLE, Notes; `ATColumnChangeRequiresRewrite` and `TryReuseIndex` in
tablecmds.c, `CheckIndexCompatible` in indexcmds.c; the functions that `pg_proc.prosupport` names
for casts of a type to itself; `pg_cast` where `castmethod` is `b`. A test asks PostgreSQL.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from gen_migration.model import schema as model
from gen_migration.model.casts import OID_ALIASES, family, scalar
from gen_migration.model.constraints import elements_of, expressions_of, plain_columns
from gen_migration.postgres.types import TypeMistake, parse_type

if TYPE_CHECKING:
    from gen_migration.operations.columns import SetColumnType, Typing
    from gen_migration.postgres.types import Type


class Cost(StrEnum):
    """What a change does to the table, under ACCESS EXCLUSIVE."""

    SCAN = "scan"
    REWRITE = "rewrite"

    @property
    def text(self) -> str:
        """The same in words, behind the name of the change."""
        return f"{TEXTS[self]}, while readers and writers wait"


TEXTS = {
    Cost.SCAN: "builds indexes on the column again",
    Cost.REWRITE: "rewrites the table and its indexes",
}


class Indexed(StrEnum):
    """How indexes, or constraints that own one, use a column."""

    NO = "no"
    PLAIN = "plain"  # as an element; built again where the operator class is another
    ANEW = "anew"  # in one that PostgreSQL always builds again


# Types whose values are stored alike: a change is one of the catalog alone.
RELABELED: dict[str, frozenset[str]] = {
    source: frozenset(targets.split())
    for source, targets in {
        "bit": "varbit",
        "varbit": "bit",
        "cidr": "inet",
        "varchar": "bpchar citext text",
        "text": "bpchar citext varchar",
        "xml": "bpchar varchar text",
        "citext": "bpchar text varchar",
        "integer": "oid" + OID_ALIASES,
        "oid": "integer" + OID_ALIASES,
        **dict.fromkeys(OID_ALIASES.split(), "integer oid"),
        "regoper": "integer oid regoperator",
        "regoperator": "integer oid regoper",
        "regproc": "integer oid regprocedure",
        "regprocedure": "integer oid regproc",
    }.items()
}
# Types that share the operator classes of another, for every method of an index.
CLASSES = {"varchar": "text", "cidr": "inet"} | dict.fromkeys(
    OID_ALIASES.split(), "oid"
)
FIELDS = ("second", "minute", "hour", "day", "month", "year")


def cost(
    old: Typing,
    new: Typing,
    using: str | None,
    column: str,
    indexed: Indexed = Indexed.NO,
) -> Cost | None:
    """Return what a change of type or collation costs; None where it is free.

    It is a rewrite where PostgreSQL does without one in some sessions only (`timestamp` and
    `timestamptz`, in UTC), and for types that are not known here. Left to the caller is what
    PostgreSQL checks by a scan even where the change is free: CHECK constraints that read the
    column, and foreign keys that compare it by another operator afterwards.
    """
    if not is_asked(old, new, using):
        return None
    between = casts(old.type, new.type, using, column)
    if between is None:
        return Cost.REWRITE
    steps = [old.type, *between, new.type]
    if not all(map(is_free, steps, steps[1:])):
        return Cost.REWRITE
    kept = classes(old.type) == classes(new.type) and old.collation == new.collation
    is_kept = indexed is Indexed.NO or (indexed is Indexed.PLAIN and kept)
    return None if is_kept else Cost.SCAN


def is_asked(old: Typing, new: Typing, using: str | None) -> bool:
    """Tell whether there is a statement for it at all, as there is none for serial to integer."""
    same = as_stored(old.type) == as_stored(new.type) and old.collation == new.collation
    return using is not None or not same


def casts(old: Type, new: Type, using: str | None, column: str) -> list[Type] | None:
    """Return the types that `using` casts the column to; None where it is anything else."""
    from gen_migration.postgres.expressions import parse_expression
    from gen_migration.postgres.parser import SqlMistake

    if using is None:
        return []
    own = frozenset(
        (one.schema, one.name, one.kind) for one in (old, new) if one.kind != "builtin"
    )
    try:
        # The parser prints `a::b::c`. Of anything else, a part is no column or no type.
        first, *types = parse_expression(using).sql.split("::")
        path = parse_expression(first).column or ()  # perhaps behind the table's name
        return (
            [parse_type(one, own) for one in types] if path[-1:] == (column,) else None
        )
    except (SqlMistake, TypeMistake):
        return None


def word(of: Type) -> str:
    """Return the name of a type in the tables here; an enum may have that of a built-in type."""
    return f"enum {family(of)}" if of.kind == "enum" else scalar(family(of))


def as_stored(of: Type) -> tuple[str, tuple[str, ...], bool]:
    """Return what PostgreSQL keeps of a column's type: `serial` is an integer."""
    name = of.name if of.name.startswith("interval ") else word(of)
    return name, of.arguments, of.array


def classes(of: Type) -> str:
    """Return the type whose operator classes serve the indexes over a type."""
    return CLASSES.get(word(of), word(of))


def is_free(old: Type, new: Type) -> bool:
    """Tell whether PostgreSQL takes the stored values of one type for those of another."""
    name, _, is_array = as_stored(new)
    is_bare = not new.arguments and not name.startswith("interval ")
    if as_stored(old) == as_stored(new):
        return True
    if old.array or is_array:
        # An array is cast element by element, but for a modifier that goes.
        return is_bare and old.array == is_array and word(old) == name
    if word(old) != word(new):
        return is_bare and name in RELABELED.get(word(old), ())
    return is_bare or is_wider(old, new)


def is_wider(old: Type, new: Type) -> bool:
    """Tell whether a modifier lets pass all that another does, as the `prosupport` of casts."""
    before, after = old.arguments, new.arguments
    match word(new):
        case "varchar" | "varbit":
            return before != () and int(before[0]) <= int(after[0])
        case "numeric":
            return (
                before != ()
                and before[1] == after[1]
                and int(before[0]) <= int(after[0])
            )
        case "time" | "timetz" | "timestamp" | "timestamptz":
            return precision(old) <= precision(new)
        case "interval":
            # Only what is smaller than the last field is cut off.
            was, becomes = last_field(old), last_field(new)
            is_exact = was > 0 or precision(old) <= precision(new)
            return becomes <= was and is_exact
    return False


def precision(of: Type) -> int:
    """Return how many digits of a second a type keeps."""
    return int(of.arguments[0]) if of.arguments else 6


def last_field(of: Type) -> int:
    """Return the place of the smallest unit that an interval keeps."""
    return FIELDS.index(of.name.split()[-1]) if " " in of.name else 0


def cost_of(operation: SetColumnType, schema: model.Schema) -> Cost | None:
    """Return what a change of type costs where it runs."""
    indexed = usage(schema.tables[operation.table], operation.name)
    return cost(operation.old, operation.new, operation.using, operation.name, indexed)


def usage(table: model.Table, column: str) -> Indexed:
    """Return how the indexes of a table use a column, as `CheckIndexCompatible` sees them."""
    parts = [*table.indexes.values(), *table.constraints.values()]
    found = {use(one, column, table.columns[column].type) for one in parts}
    return max(found, key=list(Indexed).index, default=Indexed.NO)


def use(part: model.Index | model.Constraint, column: str, of: Type) -> Indexed:
    from gen_migration.postgres.names_in import names_in

    match part:
        case model.PrimaryKey() | model.Unique():
            return Indexed.PLAIN if column in part.columns else Indexed.NO
        case model.ForeignKey() | model.Check():
            return Indexed.NO
    columns = {one.column for one in elements_of(part)}
    texts = expressions_of(part)
    named = plain_columns(part).union(*(names_in(text).columns for text in texts))
    if texts and column in named:
        return Indexed.ANEW  # expressions are not compared
    # Indexes over an array of other methods than B-tree hold its elements, or hashes.
    is_anew = of.array and part.method != "btree"
    return (
        (Indexed.ANEW if is_anew else Indexed.PLAIN)
        if column in columns
        else Indexed.NO
    )
