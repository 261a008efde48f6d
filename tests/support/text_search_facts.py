"""What the catalogs hold of text search, and what makes it: a part of `catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from present import FIRST_ID, Query, made

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

FUNCTION = "(SELECT p.proname FROM pg_proc AS p WHERE p.oid = {})"
ALL = {
    "text search parser": f"""
        SELECT n.nspname || '.' || x.prsname, jsonb_build_object(
            'start', {FUNCTION.format("x.prsstart")}, 'gettoken', {FUNCTION.format("x.prstoken")},
            'end', {FUNCTION.format("x.prsend")}, 'headline', {FUNCTION.format("x.prsheadline")},
            'lextypes', {FUNCTION.format("x.prslextype")},
            'comment', obj_description(x.oid, 'pg_ts_parser'))
        FROM pg_ts_parser AS x JOIN pg_namespace AS n ON n.oid = x.prsnamespace""",
    "text search template": f"""
        SELECT n.nspname || '.' || x.tmplname, jsonb_build_object(
            'init', {FUNCTION.format("x.tmplinit")}, 'lexize', {FUNCTION.format("x.tmpllexize")},
            'comment', obj_description(x.oid, 'pg_ts_template'))
        FROM pg_ts_template AS x JOIN pg_namespace AS n ON n.oid = x.tmplnamespace""",
    "text search dictionary": """
        SELECT n.nspname || '.' || x.dictname, jsonb_build_object(
            'template', (SELECT tn.nspname || '.' || t.tmplname FROM pg_ts_template AS t
                JOIN pg_namespace AS tn ON tn.oid = t.tmplnamespace WHERE t.oid = x.dicttemplate),
            'options', x.dictinitoption, 'comment', obj_description(x.oid, 'pg_ts_dict'))
        FROM pg_ts_dict AS x JOIN pg_namespace AS n ON n.oid = x.dictnamespace""",
    "text search configuration": """
        SELECT n.nspname || '.' || x.cfgname, jsonb_build_object(
            'parser', (SELECT pn.nspname || '.' || p.prsname FROM pg_ts_parser AS p
                JOIN pg_namespace AS pn ON pn.oid = p.prsnamespace WHERE p.oid = x.cfgparser),
            'mappings', (
                SELECT coalesce(jsonb_object_agg(alias, names), '{}') FROM (
                    SELECT t.alias, jsonb_agg(dn.nspname || '.' || d.dictname ORDER BY m.mapseqno)
                        AS names
                    FROM pg_ts_config_map AS m
                    JOIN ts_token_type(x.cfgparser) AS t ON t.tokid = m.maptokentype
                    JOIN pg_ts_dict AS d ON d.oid = m.mapdict
                    JOIN pg_namespace AS dn ON dn.oid = d.dictnamespace
                    WHERE m.mapcfg = x.oid GROUP BY t.alias) AS found),
            'comment', obj_description(x.oid, 'pg_ts_config'))
        FROM pg_ts_config AS x JOIN pg_namespace AS n ON n.oid = x.cfgnamespace""",
}
CATALOGS = {
    "text search parser": "pg_ts_parser",
    "text search template": "pg_ts_template",
    "text search dictionary": "pg_ts_dict",
    "text search configuration": "pg_ts_config",
}
QUERIES = {
    word: Query(
        made(catalog),
        f"""{ALL[word]} WHERE x.oid >= {FIRST_ID} AND NOT EXISTS (
            SELECT FROM pg_depend AS e WHERE e.classid = '{catalog}'::regclass
                AND e.objid = x.oid AND e.deptype = 'e')""",
    )
    for word, catalog in CATALOGS.items()
}
OWN = {
    "default",
    "simple",
    "synonym",
    "ispell",
    "thesaurus",
    "snowball",
    "english_stem",
}


def facts(connection: Any, asked: Collection[str]) -> dict[str, Any]:
    """Return what a database has of text search, but for what extensions brought."""
    return {
        f"{word} {name}": fact
        for word, query in QUERIES.items()
        if word in asked
        for name, fact in connection.execute(query.sql).fetchall()
    }


def expected_text_search(
    schema: Schema, full: Callable[[Name], str]
) -> Iterator[tuple[str, Any]]:
    """Yield what `facts` gives of a schema."""

    def named(name: Name) -> str:
        # No case has a dictionary of its own that is called as PostgreSQL's stemmers are.
        is_own = name.schema is None and (
            name.name in OWN or name.name.endswith("_stem")
        )
        return f"pg_catalog.{name.name}" if is_own else full(name)

    for word, keys in {
        "text search parser": ("start", "gettoken", "end", "headline", "lextypes"),
        "text search template": ("init", "lexize"),
    }.items():
        for name, one in schema.of(word).items():
            functions = {key: getattr(one, key) for key in keys}
            given = {key: held and held.name for key, held in functions.items()}
            yield f"{word} {full(name)}", {**given, "comment": one.comment}
    for name, one in schema.of("text search dictionary").items():
        options = ", ".join(f"{key} = {held}" for key, held in one.options.items())
        yield (
            f"text search dictionary {full(name)}",
            {
                "template": named(one.template),
                "options": options or None,
                "comment": one.comment,
            },
        )
    for name, one in schema.of("text search configuration").items():
        mappings = {
            token: [*map(named, found)] for token, found in one.mappings.items()
        }
        yield (
            f"text search configuration {full(name)}",
            {
                "parser": named(one.parser),
                "mappings": mappings,
                "comment": one.comment,
            },
        )
