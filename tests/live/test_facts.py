"""The facts about PostgreSQL and SQLAlchemy that tables of ours hold are those of the originals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from gen_migration.model import convention
from gen_migration.postgres import (
    own_functions,
    own_objects,
    own_relations,
    text_search,
)
from gen_migration.postgres.expressions import parse_expression
from gen_migration.postgres.names import (
    KEYWORDS,
    UNQUOTED,
    quote_text,
    spell_part,
    split_name,
)
from gen_migration.postgres.storage import default_storage, is_fixed
from gen_migration.postgres.type_names import BUILTIN, OTHERS, SERIAL
from gen_migration.postgres.types import Type, TypeMistake, parse_type
from gen_migration.scratch import databases
from gen_migration.spec.build import columns
from gen_migration.sql.literals import literal
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS
from sqlalchemy.sql.elements import _truncated_label
from vocabulary import TYPES, nonempty, texts

if TYPE_CHECKING:
    from collections.abc import Callable


def test_keywords_are_those_of_postgresql() -> None:
    with databases.connect(databases.server().get_uri()) as connection:
        found = connection.execute(
            "SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'"
        )
        assert {row[0] for row in found} == KEYWORDS


@pytest.mark.parametrize(
    ("catalog", "prefix", "names"),
    [("pg_proc", "pro", own_functions.names), ("pg_class", "rel", own_relations.names)],
)
def test_names_are_those_of_postgresql(
    catalog: str, prefix: str, names: Callable[[], frozenset[str]]
) -> None:
    found: set[str] = set()
    for version in (16, 18):
        with databases.connect(databases.server(version).get_uri()) as connection:
            sql = f"""
                SELECT {prefix}name FROM {catalog}
                WHERE {prefix}namespace = 'pg_catalog'::regnamespace AND oid < 16384
            """
            found |= {row[0] for row in connection.execute(sql)}
    assert found == names()


@pytest.mark.parametrize("version", [16, 18])
def test_what_changes_is_never_immutable(version: int) -> None:
    with databases.connect(databases.server(version).get_uri()) as connection:
        sql = """
            SELECT proname, bool_or(provolatile = 'i') FROM pg_proc
            WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname
        """
        found = dict(connection.execute(sql).fetchall())
    assert own_functions.names() >= own_functions.CHANGING
    assert not [one for one in sorted(own_functions.CHANGING) if found.get(one)]


def test_objects_are_those_of_postgresql() -> None:
    found: set[tuple[str, ...]] = set()
    for version in (16, 18):
        with databases.connect(databases.server(version).get_uri()) as connection:
            sql = """
                SELECT 'conversion', conname, NULL, connamespace FROM pg_conversion
                UNION ALL SELECT 'operator_class', opcname, amname, opcnamespace
                FROM pg_opclass JOIN pg_am ON pg_am.oid = opcmethod
                UNION ALL SELECT 'operator_family', opfname, amname, opfnamespace
                FROM pg_opfamily JOIN pg_am ON pg_am.oid = opfmethod
            """
            rows = connection.execute(
                f"SELECT * FROM ({sql}) WHERE connamespace = 'pg_catalog'::regnamespace"
            )
            found |= {tuple(filter(None, row[:3])) for row in rows}
    assert found == own_objects.names()


def test_relations_begin_alike() -> None:
    assert all(map(own_relations.is_own, own_relations.names()))


def test_words_that_sqlalchemy_does_not_quote() -> None:
    """Those that PostgreSQL takes for no column's or no index's name without quotes."""
    refused = set()
    with databases.connect(databases.server().get_uri()) as connection:
        for word in KEYWORDS - RESERVED_WORDS:
            for sql in (
                f"SELECT 1 FROM (SELECT 1 AS x) t ({word})",
                f"CREATE INDEX {word} ON nothing (x)",
                f"CREATE INDEX {word} ON {word} (x)",
            ):
                try:
                    connection.execute(sql)
                except psycopg.errors.SyntaxError:
                    refused.add(word)
                except psycopg.Error:
                    pass
    assert refused == UNQUOTED


def catalog(name: str) -> tuple[Any, ...]:
    """Return storage, length and collation of a type in PostgreSQL's catalog."""
    query = (
        "SELECT typstorage, typlen, typcollation FROM pg_type WHERE oid = %s::regtype"
    )
    with databases.connect(databases.server().get_uri()) as connection:
        row = connection.execute(query, [name]).fetchone()
        assert row is not None
        return tuple(row)


@pytest.mark.parametrize("name", sorted(set(BUILTIN) - set(SERIAL)))
def test_types_are_stored_as_in_the_catalog(name: str) -> None:
    storage, length, collation = catalog(name)
    words = {"p": "plain", "e": "external", "x": "extended", "m": "main"}
    found = parse_type(name)
    assert default_storage(found) == words[storage]
    assert is_fixed(found) == (length > 0)
    assert (name in columns.COLLATABLE) == (collation != 0)


@pytest.mark.parametrize("name", sorted(BUILTIN))
def test_a_type_reads_back_as_itself(name: str) -> None:
    found = parse_type(name)
    assert parse_type(str(found)) == found
    assert parse_type(found.sql) == found
    if name not in SERIAL:
        assert parse_type(f"{found}[]") == parse_type(f"{found} ARRAY[3]")


@pytest.mark.parametrize(("word", "meant"), OTHERS.items())
def test_words_of_others_lead_to_types(word: str, meant: str) -> None:
    parse_type(meant)
    with pytest.raises(TypeMistake):
        parse_type(word)


@given(nonempty)
def test_any_name_of_a_type_reads_back_as_itself(name: str) -> None:
    for found in (
        Type(name=name, kind="enum"),
        Type(name=name, schema="a.b", kind="enum"),
    ):
        assert (
            parse_type(str(found), frozenset({(found.schema, name, "enum")})) == found
        )


@pytest.mark.fuzz
@pytest.mark.parametrize("name", TYPES)
def test_literals_are_what_the_parser_prints(name: str) -> None:
    @given(TYPES[name])
    def check(value: Any) -> None:
        sql = literal(value, parse_type(name), {})
        assert parse_expression(sql).sql == sql

    check()


@given(texts)
def test_quoted_text_is_what_the_parser_prints(text: str) -> None:
    assert parse_expression(quote_text(text)).sql == quote_text(text)


@given(st.lists(nonempty, min_size=1, max_size=3))
def test_dotted_names_read_back_as_themselves(parts: list[str]) -> None:
    assert split_name(".".join(map(spell_part, parts))) == parts


@given(st.text("abc_", min_size=55, max_size=80))
def test_long_names_are_shortened_as_sqlalchemy_does_it(name: str) -> None:
    preparer = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
    label = _truncated_label(name)
    assert convention.shorten(name) == preparer._truncate_and_render_maxlen_name(
        label, 63, False
    )


TOKENS = "SELECT alias FROM ts_token_type('default') ORDER BY tokid"
MAPPED = """
    SELECT c.cfgname, t.alias, d.dictname FROM pg_ts_config AS c
    JOIN pg_ts_config_map AS m ON m.mapcfg = c.oid
    JOIN ts_token_type(c.cfgparser) AS t ON t.tokid = m.maptokentype
    JOIN pg_ts_dict AS d ON d.oid = m.mapdict
    WHERE c.oid < 16384
"""
NAMED = {
    text_search.PARSERS: "SELECT prsname FROM pg_ts_parser WHERE oid < 16384",
    text_search.TEMPLATES: "SELECT tmplname FROM pg_ts_template WHERE oid < 16384",
    text_search.DICTIONARIES: "SELECT dictname FROM pg_ts_dict WHERE oid < 16384",
    text_search.CONFIGURATIONS: "SELECT cfgname FROM pg_ts_config WHERE oid < 16384",
}


@pytest.mark.parametrize("version", databases.VERSIONS)
def test_text_search_of_postgresql(version: int) -> None:
    """Its own objects, and what its own configurations map."""
    younger = {one for one, since in text_search.SINCE.items() if since > version}
    younger |= {f"{one}_stem" for one in younger}
    with databases.connect(databases.server(version).get_uri()) as connection:
        for space, query in NAMED.items():
            found = {name for (name,) in connection.execute(query)}
            assert found == text_search.OWN[space] - younger
        tokens_ = tuple(name for (name,) in connection.execute(TOKENS))
        assert tokens_ == text_search.TOKENS
        mapped: dict[str, dict[str, str]] = {}
        for name, token, dictionary in connection.execute(MAPPED):
            mapped.setdefault(name, {})[token] = dictionary
    for name, tokens in mapped.items():
        known = text_search.mappings_of(name)
        assert known is not None
        assert {token: one.name for token, (one,) in known.items()} == tokens
