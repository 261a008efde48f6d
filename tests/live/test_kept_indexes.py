"""A run that is repeated keeps the indexes that it has built, and no others of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import databases
import pytest
from gen_migration.base.errors import Error
from gen_migration.history import migrate
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.scratch import databases as scratch
from gen_migration.scratch.databases import VERSIONS
from gen_migration.workflows.generate import generate

if TYPE_CHECKING:
    from pathlib import Path
    from typing import LiteralString

    from psycopg import Connection

BRACKETS = """\
  '"a.[b]".t':
    columns: {id: bigint}
"""
INDEX = f"{BRACKETS}    indexes: {{ix_brackets: [id]}}\n"
OLD = f"""
name: shop
schemas:
  a.[b]: {{}}
tables:
{BRACKETS}  Odd 'table' 5%:
    columns:
      id: {{type: bigint, primary_key: true}}
      a b: text
      rate: {{type: numeric, nullable: true}}
      tags: {{type: "text[]", nullable: true}}
"""

# The unique one is the last, and stops at equal rows.
NEW = f"""{OLD.replace(BRACKETS, INDEX)}\
    indexes:
      ix_plain: [a b]
      Ix 'odd' 5%: [a b desc nulls last, id]
      ix_opclass:
        columns: [{{column: a b, opclass: text_pattern_ops, collation: C}}]
        where: >-
          "a b" LIKE '5%' AND rate IS NOT NULL
      ix_expression: [{{expression: 'lower("a b")'}}]
      ix_tags: {{columns: [tags], method: gin, storage_parameters: {{fastupdate: false}}}}
      ix_include: {{columns: [rate], include: [id], storage_parameters: {{fillfactor: 70}}}}
      ix_reversed: [rate]
      ix_unique: [id, rate]
      ix_predicate: {{columns: [id], where: "rate::float8 > '0.1'::float8"}}
      ix_zz: {{columns: [rate], unique: true}}
"""
KEPT = {
    "ix_plain",
    "Ix 'odd' 5%",
    "ix_opclass",
    "ix_expression",
    "ix_tags",
    "ix_include",
    "ix_brackets",
}
TABLE = "\"Odd 'table' 5%\""
OTHERS = {
    "ix_reversed": f"CREATE INDEX ix_reversed ON {TABLE} (rate DESC)",
    "ix_unique": f"CREATE UNIQUE INDEX ix_unique ON {TABLE} (id, rate)",
    "ix_predicate": f"CREATE INDEX ix_predicate ON {TABLE} (id)"
    " WHERE rate::float8 > '0.10000000000000002'::float8",
}
# Of the same names, nearer on the search path.
NEARER = """
CREATE SCHEMA nearer;
CREATE TABLE nearer.t (a integer);
CREATE INDEX ix_plain ON nearer.t (a);
CREATE INDEX ix_reversed ON nearer.t (a);
"""
# Settings that say how texts are read, and numbers are written.
SETTINGS = (
    *("search_path%3Dnearer,public", "standard_conforming_strings%3Doff"),
    "extra_float_digits%3D0",
)


class Built(NamedTuple):
    """An index: another one of its name has another oid."""

    oid: int
    is_valid: bool


def built(connection: Connection[Any]) -> dict[str, Built]:
    """Return the indexes of the tables."""
    query = """
    SELECT relname, indexrelid, indisvalid FROM pg_index JOIN pg_class c ON c.oid = indexrelid
    WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary
    """
    rows = connection.execute(query, [[f"public.{TABLE}", '"a.[b]".t']])
    return {name: Built(*rest) for name, *rest in rows}


def one(connection: Connection[Any], query: LiteralString) -> tuple[Any, ...]:
    found: tuple[Any, ...] | None = connection.execute(query).fetchone()
    assert found is not None
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_an_index_that_is_whole_and_the_same_stays(
    version: int, tmp_path: Path
) -> None:
    spec, directory = tmp_path / "shop.yaml", OutputDirectory(tmp_path / "versions")

    def edit(text: str) -> None:
        spec.write_text(text, encoding="utf-8")
        generate(spec, directory, Request())
        migrate.upgrade(url, directory)

    with databases.database(version) as url, scratch.connect(url) as connection:

        def again() -> dict[str, Built]:
            """Repeat the run that was the last, with other settings."""
            connection.execute("UPDATE alembic_version SET version_num = %s", [first])
            options = "%20".join(f"-c{setting}" for setting in SETTINGS)
            migrate.upgrade(f"{url}&options={options}", directory)
            return built(connection)

        edit(OLD)
        (first,) = one(connection, "SELECT version_num FROM alembic_version")
        rows = "SELECT n, 5, 1, '{}' FROM generate_series(1, 2) AS n"
        connection.execute(f"INSERT INTO {TABLE} {rows}")
        with pytest.raises(Error, match="ix_zz"):
            edit(NEW)
        found = built(connection)
        assert [name for name, each in found.items() if not each.is_valid] == ["ix_zz"]
        for name, sql in OTHERS.items():
            connection.execute(f"DROP INDEX {name}; {sql}")
        connection.execute(f"UPDATE {TABLE} SET rate = id; {NEARER}")
        before, after = built(connection), again()
        assert before.keys() == after.keys() == {*KEPT, *OTHERS, "ix_zz"}
        assert all(each.is_valid for each in after.values())
        assert {name for name in after if before[name] == after[name]} == KEPT
        assert again() == after
        # Who may make no copy of the table builds the indexes anew.
        name = connection.info.dbname
        connection.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC, {name}")
        anew = again()
        assert anew.keys() == after.keys()
        assert not {*anew.values()} & {*after.values()}
        nearer = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'nearer'"
        assert one(connection, nearer) == (2,)
        # That of another table is nobody's to drop.
        connection.execute("CREATE TABLE public.other (a integer); DROP INDEX ix_plain")
        connection.execute("CREATE INDEX ix_plain ON public.other (a)")
        with pytest.raises(Error, match="something else is called ix_plain"):
            again()
        assert built(connection).keys() == anew.keys() - {"ix_plain"}
