"""Names of NOT NULL, which PostgreSQL keeps as constraints from 18 on.

Source: the manual, CREATE TABLE and ALTER TABLE (RENAME CONSTRAINT), and for the names that
PostgreSQL chooses, `ChooseConstraintName` (pg_constraint.c).
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from gen_migration.model.given import columns_of
from gen_migration.postgres.do_bodies import Body
from gen_migration.postgres.names import object_name, relation_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.schema import Column, NotNullState, Schema, Table
    from gen_migration.postgres.names import Name


def default_name(table: str, column: str, number: int | None = None) -> str:
    """Return the name that PostgreSQL chooses; with a number where others are taken."""
    return object_name(table, column, f"not_null{number or ''}")


def called(schema: Schema, table: Name, key: str, column: Column) -> str:
    """Return the name of the NOT NULL of a column, as far as that is known."""
    kept = schema.kept.get((table, key))
    return column.not_null or kept or default_name(table.name, key)


def free_name(schema: Schema, name: Name, column: str) -> str:
    """Return the name that PostgreSQL chooses where nothing of the table is called so yet."""
    taken = set(schema.tables[name].constraints) | {
        called(schema, name, key, one)
        for key, one in columns_of(schema, name).items()
        if not one.nullable and key != column
    }
    found = default_name(name.name, column)
    return numbered_name(name.name, column, taken) if found in taken else found


def numbered_name(table: str, column: str, taken: Collection[str]) -> str:
    """Return the first name with a number that is not taken."""
    names = (default_name(table, column, number) for number in count(1))
    return next(one for one in names if one not in taken)


def given_name(table: str, column: str, found: str | None) -> str | None:
    """Return the name of a NOT NULL that a database holds; None where PostgreSQL chose it.

    One with a number is given: which number it is, what else the schema holds decides.
    """
    # Most often, it is not too long for a name.
    if found is None or found == f"{table}_{column}_not_null":
        return None
    return None if found == default_name(table, column) else found


def borrowed(tables: Mapping[Name, Table]) -> Iterator[tuple[Name, Name]]:
    """Yield tables and others that call a NOT NULL as PostgreSQL calls one of the first.

    `CREATE TABLE … (LIKE …)` takes such names over. A name that PostgreSQL chooses is new in its
    schema, so the first of the two has to be there before the second.
    """
    given = {
        (name.schema, column.not_null): name
        for name, table in tables.items()
        for column in table.columns.values()
        if column.not_null is not None
    }
    for name, table in tables.items() if given else ():
        for key, column in table.columns.items():
            if not column.nullable and column.not_null is None:
                other = given.get((name.schema, default_name(name.name, key)), name)
                if other != name:
                    yield name, other


def is_put_off(state: NotNullState | None) -> bool:
    """Tell whether the rows that are there may hold NULL all the same."""
    return state is not None and state.not_valid


def holder(schema: Schema, name: Name, constraint: str) -> str | None:
    """Return the column whose NOT NULL is called so, as far as that is known."""
    if constraint in schema.tables[name].constraints:
        return None
    for key, column in columns_of(schema, name).items():
        if called(schema, name, key, column) == constraint and not column.nullable:
            return key
    return None


# What the name is now, nobody knows: PostgreSQL keeps it when a table or a column is renamed.
# Before 18, there is no such constraint, and nothing happens. ALTER TABLE renames those of tables
# below along, by name; what to do where one of them calls it otherwise comes last.
BODY = """
DECLARE
    held name;
    wanted name;
BEGIN
    SELECT conname INTO held FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE conrelid = {table}::regclass AND contype = 'n'
        AND attname = {column};
%s
    IF held <> wanted THEN
        EXECUTE format(
            'ALTER TABLE %%s RENAME CONSTRAINT %%I TO %%I',
            {table}::regclass, held, wanted
        );
    END IF;
EXCEPTION WHEN undefined_object THEN
%s
END
"""
GIVEN = "    wanted := {name};"
CHOSEN = """\
    SELECT free INTO wanted
    FROM unnest(ARRAY[{names}]) WITH ORDINALITY AS choice (free, place)
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = {table}::regclass AND conname = free AND conname <> held
    ) ORDER BY place LIMIT 1;"""
# What revisions of earlier versions have: the first name, as long as the plan keeps their order.
FORMER = """\
    SELECT free INTO wanted
    FROM unnest(ARRAY[{names}]) AS free
    WHERE NOT EXISTS (
        SELECT FROM pg_constraint
        WHERE conrelid = {table}::regclass AND conname = free AND conname <> held
    ) LIMIT 1;"""
# Of partitions that were attached: they would lose their own.
KEPT = """\
    RAISE WARNING 'NOT NULL of %.% keeps its name: a partition calls it otherwise',
        {table}, {column};"""
# Of children: that of their parent is made anew, but for what a key needs.
ANEW = """\
    IF EXISTS (
        SELECT FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE conrelid = {table}::regclass AND contype = 'p' AND attname = {column}
    ) THEN
        RAISE WARNING 'NOT NULL of %.% keeps its name: a child calls it otherwise',
            {table}, {column};
    ELSE
        EXECUTE (
            SELECT format(
                'ALTER TABLE %1$s DROP CONSTRAINT %2$I; '
                'ALTER TABLE %1$s ADD CONSTRAINT %3$I %4$s; '
                'COMMENT ON CONSTRAINT %3$I ON %1$s IS %5$L',
                {table}::regclass, held, wanted, pg_get_constraintdef(oid),
                obj_description(oid, 'pg_constraint')
            ) FROM pg_constraint
            WHERE conrelid = {table}::regclass AND conname = held
        );
    END IF;"""
BODIES = {
    (is_given, has_children): Body(BODY % (naming, otherwise))
    for is_given, naming in ((True, GIVEN), (False, CHOSEN))
    for has_children, otherwise in ((False, KEPT), (True, ANEW))
}
READ = (*BODIES.values(), *(Body(BODY % (FORMER, one)) for one in (KEPT, ANEW)))


def rename(
    table: Name, column: str, name: str | None, *, has_children: bool = False
) -> str:
    """Return the statement that gives a NOT NULL a name; None is the one PostgreSQL chooses.

    `has_children` tells that children may call theirs otherwise.
    """
    body = BODIES[name is not None, has_children]
    if name is not None:
        return body.statement(table=table, column=column, name=name)
    return body.statement(table=table, column=column, names=chosen_names(table, column))


def chosen_names(table: Name, column: str) -> tuple[str, ...]:
    """Return the names that PostgreSQL tries, one after the other."""
    return tuple(default_name(table.name, column, number) for number in range(3))


def renamed(text: str) -> tuple[Name, str, str | None] | None:
    """Return table, column and name of the body of a DO block; None where it is no `rename`."""
    found = next(filter(None, (body.read(text) for body in READ)), None)
    if found is None:
        return None
    (table_text,), (column,) = found["table"], found["column"]
    table = relation_of(table_text)
    if "name" in found:
        (name,) = found["name"]
        return table, column, name
    is_chosen = found["names"] == chosen_names(table, column)
    return (table, column, None) if is_chosen else None
