"""A PostgreSQL that is installed here, chosen where it alone has an extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases as kept
import psycopg
import pytest
from cases import Case, all_cases, name_of, spec_of
from environment import environment
from gen_migration.base.errors import Error
from gen_migration.history.step_hints import HINTS
from gen_migration.scratch import databases, extensions, needs, roles
from gen_migration.scratch.needs import Needs
from gen_migration.scratch.programs import builds
from round_trips import build, round_trip, unequal
from test_rights import STATEMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.scratch.programs import Build

# Those of what the packages have are offline for a reason of their own.
OFFLINE = [
    case
    for case in all_cases()
    if {"revision.py", "offline"} <= {*case.sections}
    and databases.chosen().build.lacking(needs.of_spec(spec_of(case)).told)
]
NEEDED = Needs(told=frozenset({"uuid-ossp"}))
FIRST = """
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0001"
down_revision = None


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS citext")
    op.execute(open(__file__.replace("0001.py", "more.sql")).read())
    op.create_table(
        "users",
        sa.Column("id", pg.UUID),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.execute("UPDATE users SET id = uuid_generate_v4()")


def downgrade():
    op.drop_table("users")
"""
MORE = 'CREATE EXTENSION "uuid-ossp"'  # which no string of the module names
SPEC = """
name: shop
tables:
  users:
    columns:
      id: {type: uuid, primary_key: true}
"""
MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
now = sa.text("uuid_generate_v4()")
sa.Table("users", metadata, sa.Column("id", sa.Uuid, primary_key=True, server_default=now))
"""


@pytest.fixture
def own() -> Build:
    """Return an installed server that has what packages lack; a machine may have none."""
    for one in builds():
        if not one.package and not one.lacking(("uuid-ossp", "citext", "pgcrypto")):
            return one
    pytest.skip("no PostgreSQL is installed with contrib")


def test_a_history_is_adopted_and_verified(own: Build, tmp_path: Path) -> None:
    project = environment(tmp_path / "project")
    (project.root / "migrations" / "versions" / "0001.py").write_text(FIRST, "utf-8")
    (project.root / "migrations" / "versions" / "more.sql").write_text(MORE, "utf-8")
    spec = project.spec(SPEC)
    done = project.run(spec, "--adopt")
    assert done.status == 0, done.stderr
    usual = databases.chosen().build.words
    note = f"note: scratch databases are on {own.words}: {usual} lacks"
    assert note in done.stderr
    done = project.run("verify", spec)
    assert done.status == 0, done.stderr
    project.spec(f"extensions: [uuid-ossp]\n{SPEC}")
    (project.root / "pyproject.toml").write_text(
        f'[tool.gen-migration]\nspecs = ["{spec}"]\n', "utf-8"
    )
    done = project.run("doctor")
    words = f"ok    scratch databases of {spec}: {own.words}, since {usual} lacks"
    assert words in done.stdout


@pytest.mark.parametrize("case", OFFLINE, ids=name_of)
def test_what_packages_lack_is_tried_where_it_is(case: Case, tmp_path: Path) -> None:
    """Golden cases of extensions and libraries that no package has: PostGIS, ICU, LZ4, libxml."""
    spec = spec_of(case)
    needed = needs.of_spec(spec)
    try:
        found = databases.chosen(needs=needed).build
    except Error as error:
        pytest.skip(error.message)
    assert not found.package
    text, before = case.sections["revision.py"], case.sections.get("before.sql", "")
    with kept.database(needs=needed) as url:
        built = build(url, spec, text, tmp_path, before)
        assert unequal(case.spec, url, before, tmp_path) == ""
        round_trip(built)


@pytest.mark.usefixtures("own")
def test_models_find_the_server_that_has_their_extension(tmp_path: Path) -> None:
    project = environment(tmp_path / "project")
    (project.root / "shop_models.py").write_text(MODELS, "utf-8")
    done = project.run("import", "models:shop_models:metadata", "--output", "new.yaml")
    assert done.status == 0, done.stderr
    assert "uuid-ossp" in (project.root / "new.yaml").read_text("utf-8")


def test_rights_on_an_older_server(own: Build, tmp_path: Path) -> None:
    """Before 16, who makes roles may give them all rights: there, none are made."""
    with (
        databases.database(own.major, needs=NEEDED) as url,
        databases.connect(url) as connection,
    ):
        connection.execute('CREATE EXTENSION "uuid-ossp"')
        connection.execute(roles.make_sure("reader"))
        connection.execute(roles.let_own())
        connection.execute("CREATE TABLE u (x integer); ALTER TABLE u OWNER TO reader")
        more = [f"CREATE EXTENSION {one}" for one in ("file_fdw", "postgres_fdw")]
        for statement in (*STATEMENTS, *more):
            with pytest.raises(psycopg.errors.Error) as caught:
                connection.execute(statement.format(path=tmp_path / "written"))
            assert caught.value.sqlstate == "42501", statement


def test_what_postgresql_tells_too_late() -> None:
    said = 'extension "nothing" is not available'
    with pytest.raises(Error) as caught, extensions.told(is_embedded=True):
        raise Error(said, hint=HINTS["extension"])
    assert databases.chosen().build.words in caught.value.hint
    assert caught.value.hint.endswith(
        "server that has it: --dev-url postgresql://user@host/database"
    )
    with pytest.raises(Error) as caught, extensions.told(is_embedded=True, note="n"):
        raise Error(said.replace("nothing", "plpgsql"), hint=HINTS["extension"])
    assert isinstance(caught.value, extensions.ElsewhereError)
    assert "is chosen where extensions: of the spec" in caught.value.hint
    with pytest.raises(Error) as caught, extensions.told(is_embedded=False):
        raise Error(said, hint=HINTS["extension"])
    assert caught.value.hint == HINTS["extension"]
