"""What the catalogs hold of operators, their classes and families: a part of `catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edges import printed
from gen_migration.kinds.operator_items import of_family
from gen_migration.postgres.names import quote_name
from present import Query, made

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

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
CASTS = """
    SELECT 'cast' AS word, '' AS place,
        x.castsource::regtype || ' as ' || x.casttarget::regtype AS name,
        jsonb_build_object('function', nullif(x.castfunc, 0)::regprocedure,
            'method', x.castmethod, 'context', x.castcontext,
            'comment', obj_description(x.oid, 'pg_cast')) AS fact
    FROM pg_cast AS x WHERE x.oid >= 16384 AND NOT EXISTS (
        SELECT FROM pg_depend AS e WHERE e.classid = 'pg_cast'::regclass AND e.objid = x.oid
            AND e.deptype IN ('e', 'i'))
"""
CONVERSIONS = f"""
    SELECT 'conversion' AS word, n.nspname AS place, x.conname AS name,
        jsonb_build_object('from', pg_encoding_to_char(x.conforencoding),
            'to', pg_encoding_to_char(x.contoencoding), 'function', x.conproc,
            'default', x.condefault, 'comment', obj_description(x.oid, 'pg_conversion')) AS fact
    FROM pg_conversion AS x JOIN pg_namespace AS n ON n.oid = x.connamespace
    WHERE {MINE} AND {of_no_extension("pg_conversion")}
"""
LANGUAGES = f"""
    SELECT 'language' AS word, '' AS place, x.lanname AS name,
        jsonb_build_object('handler', nullif(x.lanplcallfoid, 0)::regproc,
            'inline', nullif(x.laninline, 0)::regproc,
            'validator', nullif(x.lanvalidator, 0)::regproc, 'trusted', x.lanpltrusted,
            'comment', obj_description(x.oid, 'pg_language')) AS fact
    FROM pg_language AS x WHERE x.oid >= 16384 AND {of_no_extension("pg_language")}
"""
TRANSFORMS = f"""
    SELECT 'transform' AS word, '' AS place,
        x.trftype::regtype || ' language ' || l.lanname AS name,
        jsonb_build_object('from_sql', nullif(x.trffromsql, 0)::regprocedure,
            'to_sql', nullif(x.trftosql, 0)::regprocedure,
            'comment', obj_description(x.oid, 'pg_transform')) AS fact
    FROM pg_transform AS x JOIN pg_language AS l ON l.oid = x.trflang
    WHERE {of_no_extension("pg_transform")}
"""
METHODS = f"""
    SELECT 'access method' AS word, '' AS place, x.amname AS name,
        jsonb_build_object('type', x.amtype, 'handler', x.amhandler,
            'comment', obj_description(x.oid, 'pg_am')) AS fact
    FROM pg_am AS x WHERE x.oid >= 16384 AND {of_no_extension("pg_am")}
"""
BASE_TYPES = f"""
    SELECT CASE WHEN x.typisdefined THEN 'base type' ELSE 'shell type' END AS word,
        n.nspname AS place, x.typname AS name,
        CASE WHEN x.typisdefined THEN jsonb_build_object(
            'input', x.typinput, 'output', x.typoutput,
            'receive', nullif(x.typreceive, 0)::regproc, 'send', nullif(x.typsend, 0)::regproc,
            'length', x.typlen, 'by_value', x.typbyval, 'alignment', x.typalign,
            'storage', x.typstorage, 'category', x.typcategory, 'default', x.typdefault,
            'delimiter', x.typdelim, 'collatable', x.typcollation <> 0,
            'comment', obj_description(x.oid, 'pg_type'))
        ELSE jsonb_build_object('comment', obj_description(x.oid, 'pg_type')) END AS fact
    FROM pg_type AS x JOIN pg_namespace AS n ON n.oid = x.typnamespace
    WHERE {MINE} AND (x.typtype = 'b' OR NOT x.typisdefined) AND NOT EXISTS (
        SELECT FROM pg_type AS t WHERE t.oid = x.typelem AND t.typarray = x.oid)
        AND {of_no_extension("pg_type")}
"""
QUERIES = {
    "operator": Query(made("pg_operator"), OPERATORS),
    "operator family": Query(made("pg_opfamily"), FAMILIES),
    "operator class": Query(made("pg_opclass"), CLASSES),
    "cast": Query(made("pg_cast"), CASTS),
    "conversion": Query(made("pg_conversion"), CONVERSIONS),
    "language": Query(made("pg_language"), LANGUAGES),
    "transform": Query("pg_transform", TRANSFORMS),
    "access method": Query(made("pg_am"), METHODS),
    # An array type has no array type of its own.
    "base type": Query(
        f"{made('pg_type')} AND (typtype = 'b' AND typarray <> 0 OR NOT typisdefined)",
        BASE_TYPES,
    ),
}


def facts(connection: Any, asked: Collection[str]) -> dict[str, Any]:
    """Return what a database holds of them, by word and name."""
    return {
        f"{word} {place}.{name}": fact
        for key, query in QUERIES.items()
        if key in asked
        for word, place, name, fact in connection.execute(query.sql).fetchall()
    }


def expected_operators(schema: Schema, home: str) -> dict[str, Any]:
    """Return what `facts` gives where a schema was built."""
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
    return result | dict(expected_more(schema, home))


def expected_more(schema: Schema, home: str) -> Iterator[tuple[str, Any]]:
    for name, one in schema.of("cast").items():
        method = "i" if one.inout else "b" if one.routine is None else "f"
        yield (
            f"cast .{printed(name.source)} as {printed(name.target)}",
            {
                "function": called_so(one.routine),
                "method": method,
                "context": one.context[0],
                "comment": one.comment,
            },
        )
    for name, one in schema.of("shell type").items():
        if name not in schema.of("base type"):
            place = f"{name.schema or home}.{name.name}"
            yield f"shell type {place}", {"comment": one.comment}
    for name, one in schema.of("base type").items():
        yield (
            f"base type {name.schema or home}.{name.name}",
            {
                **{
                    word: held and held.sql
                    for word in ("input", "output", "receive", "send")
                    for held in (getattr(one, word),)
                },
                "length": one.length or -1,
                "by_value": one.by_value,
                "alignment": {"int2": "s"}.get(one.alignment, one.alignment[0]),
                "storage": {"extended": "x"}.get(one.stored_as, one.stored_as[0]),
                "category": one.category,
                "default": one.standard,
                "delimiter": one.delimiter,
                "collatable": one.collatable,
                "comment": one.comment,
            },
        )
    for name, one in schema.of("conversion").items():
        yield (
            f"conversion {name.schema or home}.{name.name}",
            {
                "from": one.source,
                "to": one.target,
                "function": one.function.sql,
                "default": one.standard,
                "comment": one.comment,
            },
        )
    for name, one in schema.of("language").items():
        yield (
            f"language .{name}",
            {
                **{
                    word: held and held.sql
                    for word in ("handler", "inline", "validator")
                    for held in (getattr(one, word),)
                },
                "trusted": one.trusted,
                "comment": one.comment,
            },
        )
    for name, one in schema.of("transform").items():
        yield (
            f"transform .{printed(name.type)} language {name.language}",
            {
                "from_sql": called_so(one.from_sql),
                "to_sql": called_so(one.to_sql),
                "comment": one.comment,
            },
        )
    for name, one in schema.of("access method").items():
        yield (
            f"access method .{name}",
            {
                "type": one.of[0],
                "handler": one.function.sql,
                "comment": one.comment,
            },
        )


def called_so(name: Any) -> str | None:
    """Return a function as `regprocedure` prints it."""
    return name and f"{name.called.sql}({listed(name.arguments)})"


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
