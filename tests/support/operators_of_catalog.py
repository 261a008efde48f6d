"""What the catalogs hold of operators, their classes and families: a part of `catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edges import printed
from gen_migration.kinds.operator_items import of_family
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

MINE = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"


def of_no_extension(catalog: str) -> str:
    return f"""NOT EXISTS (
        SELECT FROM pg_depend AS e WHERE e.classid = '{catalog}'::regclass AND e.objid = x.oid
            AND e.deptype = 'e')"""


def called(column: str) -> str:
    return f"""(SELECT m.nspname || '.' || o.oprname
        FROM pg_operator AS o JOIN pg_namespace AS m ON m.oid = o.oprnamespace
        WHERE o.oid = x.{column})"""


OPERATORS = f"""
    SELECT 'operator' AS word, n.nspname AS place,
        x.oprname || '(' || concat_ws(',', nullif(x.oprleft, 0)::regtype::text,
            x.oprright::regtype::text) || ')' AS name,
        jsonb_build_object(
            'function', x.oprcode::regproc, 'restrict', nullif(x.oprrest, 0)::regproc,
            'join', nullif(x.oprjoin, 0)::regproc, 'commutator', {called("oprcom")},
            'negator', {called("oprnegate")}, 'hashes', x.oprcanhash,
            'merges', x.oprcanmerge, 'comment', obj_description(x.oid, 'pg_operator')) AS fact
    FROM pg_operator AS x JOIN pg_namespace AS n ON n.oid = x.oprnamespace
    WHERE {MINE} AND x.oprcode <> 0 AND {of_no_extension("pg_operator")}
"""


def items(catalog: str) -> str:
    return f"""
        'operators', (
            SELECT jsonb_agg(format('%s %s', a.amopstrategy, a.amopopr::regoperator)
                    || coalesce(' by ' || f.opfname, '')
                ORDER BY a.amopstrategy, a.amopopr::regoperator::text)
            FROM pg_depend AS d JOIN pg_amop AS a ON a.oid = d.objid
            LEFT JOIN pg_opfamily AS f ON f.oid = a.amopsortfamily
            WHERE d.classid = 'pg_amop'::regclass AND d.refclassid = '{catalog}'::regclass
                AND d.refobjid = x.oid),
        'functions', (
            SELECT jsonb_agg(found ORDER BY found) FROM (
                SELECT format('%s (%s,%s) %s', a.amprocnum, a.amproclefttype::regtype,
                    a.amprocrighttype::regtype, a.amproc::regprocedure)
                FROM pg_depend AS d JOIN pg_amproc AS a ON a.oid = d.objid
                WHERE d.classid = 'pg_amproc'::regclass AND d.refclassid = '{catalog}'::regclass
                    AND d.refobjid = x.oid) AS f (found)),
        'comment', obj_description(x.oid, '{catalog}')"""


FAMILIES = f"""
    SELECT 'operator family' AS word, n.nspname AS place, x.opfname || ' ' || m.amname AS name,
        jsonb_build_object({items("pg_opfamily")}) AS fact
    FROM pg_opfamily AS x JOIN pg_namespace AS n ON n.oid = x.opfnamespace
    JOIN pg_am AS m ON m.oid = x.opfmethod
    WHERE {MINE} AND {of_no_extension("pg_opfamily")}
"""
CLASSES = f"""
    SELECT 'operator class' AS word, n.nspname AS place, x.opcname || ' ' || m.amname AS name,
        jsonb_build_object(
            'type', x.opcintype::regtype, 'default', x.opcdefault, 'family', f.opfname,
            'storage', nullif(x.opckeytype, 0)::regtype, {items("pg_opclass")}) AS fact
    FROM pg_opclass AS x JOIN pg_namespace AS n ON n.oid = x.opcnamespace
    JOIN pg_am AS m ON m.oid = x.opcmethod JOIN pg_opfamily AS f ON f.oid = x.opcfamily
    WHERE {MINE} AND {of_no_extension("pg_opclass")}
"""
QUERY = f"{OPERATORS} UNION ALL {FAMILIES} UNION ALL {CLASSES}"


def operator_facts(connection: Any) -> dict[str, Any]:
    """Return what a database holds of them, by word and name."""
    found = connection.execute(QUERY).fetchall()
    return {f"{word} {place}.{name}": fact for word, place, name, fact in found}


def expected_operators(schema: Schema, home: str) -> dict[str, Any]:
    """Return what `operator_facts` gives where a schema was built."""
    result: dict[str, Any] = {}
    for name, one in schema.of("operator").items():
        key = f"operator {name.schema or home}.{name.name}({listed(name.arguments)})"
        result[key] = {
            **{
                word: held and held.sql
                for word in ("function", "restrict", "join")
                for held in (getattr(one, word),)
            },
            **{
                word: held and f"{held.schema or home}.{held.name}"
                for word in ("commutator", "negator")
                for held in (getattr(one, word),)
            },
            "hashes": one.hashes,
            "merges": one.merges,
            "comment": one.comment,
        }
    for name, one in schema.of("operator family").items():
        key = f"operator family {name.schema or home}.{name.name} {name.method}"
        result[key] = {**parts(one, one.functions), "comment": one.comment}
    for name, one in schema.of("operator class").items():
        functions = [of_family(each, one.type, name.method) for each in one.functions]
        result[f"operator class {name.schema or home}.{name.name} {name.method}"] = {
            "type": printed(one.type),
            "default": one.standard,
            "family": one.family.name,
            "storage": one.stored and printed(one.stored),
            **parts(one, functions),
            "comment": one.comment,
        }
    return result


def parts(value: Any, functions: Iterable[Any]) -> dict[str, Any]:
    operators = sorted(
        f"{one.number} {dotted(one.operator.called)}({listed(one.operator.arguments)})"
        + (f" by {one.order_by.name}" if one.order_by else "")
        for one in value.operators
    )
    called = sorted(
        f"{one.number} ({listed(one.types)})"
        f" {one.routine.called.sql}({listed(one.routine.arguments)})"
        for one in functions
    )
    return {"operators": operators or None, "functions": called or None}


def dotted(name: Name) -> str:
    """Return an operator as `regoperator` prints it, whose name is never quoted."""
    return f"{quote_name(name.schema)}.{name.name}" if name.schema else name.name


def listed(types: Iterable[Type]) -> str:
    return ",".join(map(printed, types))
