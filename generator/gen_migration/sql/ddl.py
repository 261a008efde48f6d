"""Statements and parts of statements as SQL, for what Alembic's directives cannot say.

Source: the PostgreSQL manual, part VI, the page of each statement. Everything that comes from
a spec is a name (quoted), a literal (quoted) or an expression (parsed and printed again).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.model import schema as model
from gen_migration.postgres.names import Name, quote_name, quote_names, quote_text
from gen_migration.sql.sequence_options import sequence_options

if TYPE_CHECKING:
    from collections.abc import Iterable


def parameters(values: model.Parameters) -> str:
    """Return storage parameters as a list without its parentheses."""
    return ", ".join(f"{key} = {value}" for key, value in values.items())


def statistics_target(value: int | None) -> str:
    """Return the action on a column that sets its statistics target; None is the server's."""
    return f"SET STATISTICS {-1 if value is None else value}"


# The options of a column.
OPTIONS_OF_COLUMNS = ("n_distinct", "n_distinct_inherited")


def column_options(values: Iterable[str | None]) -> dict[str, str]:
    """Return the options of a column that are given, of a value for each."""
    pairs = zip(OPTIONS_OF_COLUMNS, values, strict=True)
    return {key: value for key, value in pairs if value is not None}


def column(name: str, value: model.Column) -> str:
    """Return a column's definition in `CREATE TABLE`."""
    return f"{quote_name(name)} {column_body(value)}"


def type_with_collation(value: Any) -> list[str]:
    """Return what the definitions of a column, a domain and an attribute begin with."""
    found = [value.type.sql]
    if value.collation is not None:
        found.append(f"COLLATE {value.collation.sql}")
    return found


def type_with_default(value: Any) -> list[str]:
    """Return what the definitions of a column and of a domain begin with."""
    parts = type_with_collation(value)
    if value.default is not None:
        parts.append(f"DEFAULT {default(value.default)}")
    return parts


def column_body(value: model.Column) -> str:
    """Return a column's definition without its name."""
    parts = type_with_default(value)
    if value.generated is not None:
        parts.append(f"GENERATED ALWAYS AS {generated(value.generated)}")
    if value.identity is not None:
        parts.append(f"GENERATED {identity(value.identity, value.type.name)}")
    if not value.nullable:
        parts += not_null(value.not_null, value.not_null_state)
    return " ".join(parts)


def not_null(name: str | None, state: model.NotNullState | None) -> list[str]:
    """Return NOT NULL as it stands at a column; nothing where a statement of its own puts it off.

    Only a constraint of a table that is there can be NOT VALID. Before PostgreSQL 18, a name is
    read and forgotten.
    """
    state = state or model.NotNullState()
    if state.not_valid:
        return []
    named = [] if name is None else [f"CONSTRAINT {quote_name(name)}"]
    return [*named, "NOT NULL NO INHERIT" if state.no_inherit else "NOT NULL"]


def not_null_constraint(
    name: str, column: str, state: model.NotNullState | None
) -> str:
    """Return NOT NULL as a constraint of a table."""
    state = state or model.NotNullState()
    inherit = " NO INHERIT" if state.no_inherit else ""
    valid = " NOT VALID" if state.not_valid else ""
    return (
        f"CONSTRAINT {quote_name(name)} NOT NULL {quote_name(column)}{inherit}{valid}"
    )


def generated(value: model.Generated) -> str:
    """Return how a column is generated, behind the words GENERATED ALWAYS AS."""
    stored = "STORED" if value.stored else "VIRTUAL"
    return f"({value.expression}) {stored}"


def identity(value: model.Identity, integer: str) -> str:
    """Return the identity of a column of an integer type, behind the word GENERATED."""
    always = "ALWAYS" if value.always else "BY DEFAULT"
    options = [*sequence_options(value.options, integer).values()]
    if value.sequence is not None:
        # It is in the schema of its table.
        options.insert(0, f"SEQUENCE NAME {quote_name(value.sequence)}")
    listed = f" ({' '.join(options)})" if options else ""
    return f"{always} AS IDENTITY{listed}"


# A constant, which needs no parser to be told from an expression.
CONSTANT = re.compile(r"E?'(?:[^']|'')*'|-?[0-9.]+(?:E[-+]?[0-9]+)?|true|false")


def default(expression: str) -> str:
    """Return an expression as DEFAULT takes it: bare where the grammar's `b_expr` allows it."""
    if CONSTANT.fullmatch(expression):
        return expression
    from gen_migration.postgres.expressions import parse_expression

    return expression if parse_expression(expression).simple else f"({expression})"


def deferral(value: model.Deferral) -> str:
    """Return when a constraint is checked, with a leading space, or nothing."""
    if value.initially_deferred:
        return " DEFERRABLE INITIALLY DEFERRED"
    return " DEFERRABLE" if value.deferrable else ""


def create_index(
    table: Name, name: str, value: model.Index, *, concurrently: bool = False
) -> str:
    """`CREATE INDEX`; concurrently, nothing where there is one of this name."""
    unique = "UNIQUE " if value.unique else ""
    how = "CONCURRENTLY IF NOT EXISTS " if concurrently else ""
    only = "" if value.only is None else "ONLY "
    start = f"CREATE {unique}INDEX {how}{quote_name(name)} ON {only}{table.sql}"
    return f"{start} {index_body(value)}"


def index_body(value: model.Index) -> str:
    """Return an index's definition behind the name of its table."""
    method = "" if value.method == "btree" else f"USING {value.method} "
    listed = ", ".join(element(one) for one in value.elements)
    parts = [f"{method}({listed})"]
    if value.include:
        parts.append(f"INCLUDE ({quote_names(value.include)})")
    if value.nulls_not_distinct:
        parts.append("NULLS NOT DISTINCT")
    if value.storage_parameters:
        parts.append(f"WITH ({parameters(value.storage_parameters)})")
    if value.tablespace is not None:
        parts.append(f"TABLESPACE {quote_name(value.tablespace)}")
    if value.where is not None:
        parts.append(f"WHERE {value.where}")
    return " ".join(parts)


def constraint(name: str, value: model.Constraint) -> str:
    """Return a table constraint with its name."""
    return f"CONSTRAINT {quote_name(name)} {constraint_body(value)}"


def constraint_body(value: model.Constraint) -> str:
    match value:
        case model.PrimaryKey() | model.Unique():
            return key(value)
        case model.ForeignKey():
            return foreign_key(value)
        case model.Check():
            inherit = " NO INHERIT" if value.no_inherit else ""
            return f"CHECK ({value.expression}){inherit}{validity(value)}"
        case model.Exclude():
            elements = ", ".join(
                f"{element(e.element)} WITH {e.operator}" for e in value.elements
            )
            include = (
                f" INCLUDE ({quote_names(value.include)})" if value.include else ""
            )
            where = f" WHERE ({value.where})" if value.where else ""
            rest = f"{include}{index_settings(value)}{where}{deferral(value)}"
            return f"EXCLUDE USING {value.method} ({elements}){rest}"


def key(value: model.PrimaryKey | model.Unique) -> str:
    """Return a primary key or a unique constraint without its name."""
    word = "PRIMARY KEY" if isinstance(value, model.PrimaryKey) else "UNIQUE"
    nulls = ""
    if isinstance(value, model.Unique) and value.nulls_not_distinct:
        nulls = " NULLS NOT DISTINCT"
    overlaps = " WITHOUT OVERLAPS" if value.without_overlaps else ""
    include = f" INCLUDE ({quote_names(value.include)})" if value.include else ""
    rest = f"{include}{index_settings(value)}{deferral(value)}"
    return f"{word}{nulls} ({quote_names(value.columns)}{overlaps}){rest}"


def index_settings(value: model.Indexed) -> str:
    """Return the settings of a constraint's index, with a leading space, or nothing."""
    found = ""
    if value.storage_parameters:
        found = f" WITH ({parameters(value.storage_parameters)})"
    if value.tablespace is not None:
        found += f" USING INDEX TABLESPACE {quote_name(value.tablespace)}"
    return found


def foreign_key(value: model.ForeignKey) -> str:
    """Return a foreign key without its name."""
    parts = [
        f"FOREIGN KEY ({period(value, value.columns)})",
        f"REFERENCES {value.referred_table.sql} ({period(value, value.referred_columns)})",
    ]
    if value.match_full:
        parts.append("MATCH FULL")
    if value.on_update:
        parts.append(f"ON UPDATE {value.on_update}")
    if value.on_delete:
        columns = value.on_delete_columns
        listed = f" ({quote_names(columns)})" if columns else ""
        parts.append(f"ON DELETE {value.on_delete}{listed}")
    return " ".join(parts) + deferral(value) + validity(value)


def period(value: model.ForeignKey, columns: tuple[str, ...]) -> str:
    if not value.period:
        return quote_names(columns)
    return f"{quote_names(columns[:-1])}, PERIOD {quote_name(columns[-1])}"


def validity(value: model.ForeignKey | model.Check) -> str:
    if value.not_enforced:
        return " NOT ENFORCED"
    return " NOT VALID" if value.not_valid else ""


def replica_identity(value: model.ReplicaIdentity | None) -> str:
    """Return what rows are known by, behind the words REPLICA IDENTITY."""
    if value is None:
        return "DEFAULT"
    if value.index is not None:
        return f"USING INDEX {quote_name(value.index)}"
    return value.rows.upper()


def element(value: model.Element) -> str:
    """Return an element of an index, an exclusion constraint or a partition key."""
    if value.column is not None:
        text = quote_name(value.column)
    else:
        from gen_migration.postgres.expressions import parse_expression

        expression = value.expression or ""
        text = expression if parse_expression(expression).call else f"({expression})"
    if value.collation is not None:
        text += f" COLLATE {value.collation.sql}"
    if value.opclass is not None:
        text += f" {value.opclass.sql}"
        if value.opclass_parameters:
            text += f" ({parameters(value.opclass_parameters)})"
    if value.descending:
        text += " DESC"
    if value.nulls_first != value.descending:
        text += " NULLS FIRST" if value.nulls_first else " NULLS LAST"
    return text


def partition_by(value: model.PartitionBy) -> str:
    """Return a partition key: `RANGE (created_at)`."""
    return f"{value.strategy.upper()} ({', '.join(element(e) for e in value.elements)})"


def bound(value: model.Bound) -> str:
    """Return what a partition holds: `FOR VALUES …` or `DEFAULT`."""
    if value.lower:
        return (
            f"FOR VALUES FROM ({', '.join(value.lower)}) TO ({', '.join(value.upper)})"
        )
    if value.values:
        return f"FOR VALUES IN ({', '.join(value.values)})"
    if value.modulus is not None:
        return f"FOR VALUES WITH (MODULUS {value.modulus}, REMAINDER {value.remainder})"
    return "DEFAULT"


def create_table(name: Name, table: model.Table) -> str:
    """`CREATE TABLE`, with the constraints of the table; readable as a statement of its own."""
    unlogged = "UNLOGGED " if table.unlogged else ""
    lines = [column(key, value) for key, value in table.columns.items()]
    if not table.inherits:
        own_ = (one for one in table.own.items() if is_said(one[1]))
        lines += [own_column(*one) for one in own_]
    else:
        lines += [
            not_null_constraint(own["not_null"], key, own.get("not_null_state"))
            for key, own in table.own.items()
            if names_not_null(own)
        ]
    lines += [constraint(key, value) for key, value in table.constraints.items()]
    body = " (\n    " + ",\n    ".join(lines) + "\n)" if lines else ""
    statement = f"CREATE {unlogged}TABLE {name.sql}"
    if table.partition_of is None and table.of_type is None and not lines:
        body = " ()"  # a table needs no columns
    if table.of_type is not None:
        statement += f" OF {table.of_type.sql}{body}"
    elif table.partition_of is not None:
        parent = table.partition_of.parent.sql
        statement += f" PARTITION OF {parent}{body} {bound(table.partition_of.bound)}"
    else:
        statement += body
    if table.inherits:
        statement += f" INHERITS ({', '.join(one.sql for one in table.inherits)})"
    if table.partition_by is not None:
        statement += f" PARTITION BY {partition_by(table.partition_by)}"
    if table.access_method is not None:
        statement += f" USING {quote_name(table.access_method)}"
    if table.storage_parameters:
        statement += f" WITH ({parameters(table.storage_parameters)})"
    if table.tablespace is not None:
        statement += f" TABLESPACE {quote_name(table.tablespace)}"
    return statement


def names_not_null(own: model.Own) -> bool:
    """Tell whether `CREATE TABLE … INHERITS` gives a name to a NOT NULL: none can get it later."""
    state = own.get("not_null_state")
    return "not_null" in own and not (state is not None and state.not_valid)


def is_said(own: model.Own) -> bool:
    """Tell whether `CREATE TABLE … PARTITION OF`, or `OF`, says what a column has of its own."""
    return bool(own_body(own))


def own_column(name: str, own: model.Own) -> str:
    """Return what a column has of its own, behind PARTITION OF or OF."""
    return f"{quote_name(name)} {own_body(own)}"


def own_body(own: model.Own) -> str:
    parts = []
    if "default" in own:
        held = own["default"]
        parts.append(f"DEFAULT {'NULL' if held is None else default(held)}")
    if "nullable" in own:
        parts += not_null(own.get("not_null"), own.get("not_null_state"))
    return " ".join(parts)


def comment(what: str, text: str | None) -> str:
    """`COMMENT ON`; `what` is the kind of object and its name as SQL."""
    return f"COMMENT ON {what} IS {'NULL' if text is None else quote_text(text)}"
