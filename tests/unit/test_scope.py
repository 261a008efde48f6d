"""Names as a catalog has them, of objects whose schema is the home one."""

from __future__ import annotations

from gen_migration.kinds.scope import at_home
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load

SPEC = """
name: shop
collations: {public.C: C, public.ours: C}
text_search_configurations: {public.english: {copy: simple}, public.ours: {copy: simple}}
enums: {public.pg_enum: [a], public.mine: [a]}
tables: {public.pg_class: {columns: {id: uuid}}, public.ours: {columns: {id: uuid}}}
"""


def test_what_postgresqls_own_hides_keeps_its_schema_at_home() -> None:
    found = at_home(load(SPEC, "spec.yaml").schema, "public")
    held = {"table": found.tables, **found.objects}
    assert {word: {*names} for word, names in held.items() if names} == {
        word: {Name("public", own), Name(None, "mine" if word == "enum" else "ours")}
        for word, own in {
            "collation": "C",
            "text search configuration": "english",
            "enum": "pg_enum",
            "table": "pg_class",
        }.items()
    }
