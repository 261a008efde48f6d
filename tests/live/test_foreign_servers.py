"""Foreign servers: no secret of theirs comes out of a database or a revision."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from dumps import dump
from environment import as_superuser
from gen_migration.cli import main
from gen_migration.history import migrate, offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from round_trips import imported
from statements import execute

if TYPE_CHECKING:
    from pathlib import Path

BUILT = r"""
CREATE FUNCTION verify(text[], oid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FOREIGN DATA WRAPPER "W 1" VALIDATOR verify OPTIONS (debug 'true', api_key 'hidden');
CREATE SERVER reports TYPE 'oracle' VERSION '12' FOREIGN DATA WRAPPER "W 1"
    OPTIONS (port '5433', host 'it''s', password_required 'false');
CREATE SERVER other FOREIGN DATA WRAPPER "W 1";
CREATE USER MAPPING FOR PUBLIC SERVER reports OPTIONS ("user" 'reader', password 'hidden\');
CREATE USER MAPPING FOR pg_monitor SERVER other;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FOREIGN TABLE orders (
    id bigint OPTIONS (column_name 'key') NOT NULL DEFAULT 7, "Note" varchar(20) COLLATE "C",
    low text GENERATED ALWAYS AS (lower("Note")) STORED, tags text[],
    CONSTRAINT ck CHECK (id > 0)
) SERVER reports OPTIONS (table_name 'o', secret 'hidden');
ALTER FOREIGN TABLE orders ADD CONSTRAINT later CHECK ("Note" <> '') NOT VALID;
CREATE TRIGGER touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW v AS SELECT id, low FROM orders;
COMMENT ON COLUMN orders.id IS 'Id.';
COMMENT ON FOREIGN TABLE orders IS 'Theirs.';
COMMENT ON SERVER reports IS 'There.';
COMMENT ON FOREIGN DATA WRAPPER "W 1" IS 'Ours.';
"""
IMPORTED = """\
foreign_data_wrappers:
  W 1: {validator: verify, options: {api_key: {env: W_1_API_KEY}, debug: 'true'}, comment: Ours.}
foreign_servers:
  other: {wrapper: W 1, user_mappings: {pg_monitor: {}}}
  reports:
    type: oracle
    wrapper: W 1
    version: '12'
    options: {host: it's, password_required: 'false', port: '5433'}
    user_mappings: {public: {password: {env: REPORTS_PUBLIC_PASSWORD}, user: reader}}
    comment: There.
foreign_tables:
  orders:
    server: reports
    options: {secret: {env: ORDERS_SECRET}, table_name: o}
    columns:
      id: {type: bigint, default: 7, options: {column_name: key}, comment: Id.}
      Note: {type: varchar(20), nullable: true, collation: C}
      low: {type: text, nullable: true, generated: lower("Note")}
      tags: {type: 'text[]', nullable: true}
    checks:
      ck: id > 0
      later: {expression: '"Note" <> ''''', not_valid: true}
    comment: Theirs.
    triggers:
      touch: before insert execute touch()
"""
TOLD = """\
note: a secret of foreign data wrapper W 1 is not written: a revision reads it from W_1_API_KEY
note: a secret of foreign server reports is not written: a revision reads it from\
 REPORTS_PUBLIC_PASSWORD
note: a secret of foreign table orders is not written: a revision reads it from ORDERS_SECRET
"""
SECRETS = {"W_1_API_KEY": "hidden", "REPORTS_PUBLIC_PASSWORD": "hidden\\"} | {
    "ORDERS_SECRET": "hidden"
}


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_imported_builds_it_again(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "Placeholders", lambda: SECRETS)
    with databases.database(version) as one, databases.database(version) as two:
        url, other = as_superuser(one), as_superuser(two)
        execute(url, BUILT)
        found = imported(url, "--name", "shop", "--strict")
        assert (found.exit_code, found.stderr) == (0, TOLD)
        assert IMPORTED in found.stdout
        assert "hidden" not in found.stdout
        draft = first_revision(load(found.stdout, "spec.yaml"))
        text = draft.text(draft.header)
        assert "hidden" not in text
        (tmp_path / "revision.py").write_text(text, encoding="utf-8")
        offline_sql.upgrade(other, tmp_path)
        execute(other, "DROP TABLE alembic_version")
        assert dump(other) == dump(url)


def test_drift_compares_no_secret(database: str, tmp_path: Path) -> None:
    url = as_superuser(database)
    execute(url, BUILT)
    spec = tmp_path / "shop.yaml"
    text = imported(url, "--name", "shop").stdout
    # Whatever is read from the environment is of the environment.
    for old, new in (
        ("REPORTS_PUBLIC_PASSWORD", "ANOTHER"),
        ("it's", "{env: HOST}"),
    ):
        assert old in text
        text = text.replace(old, new)
    spec.write_text(text, encoding="utf-8")
    command = ["diff", str(spec), url, "--dev-url", scratch.server().get_uri()]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    spec.write_text(re.sub(r"port: '5433'", "port: 1", text), encoding="utf-8")
    execute(url, "ALTER USER MAPPING FOR PUBLIC SERVER reports OPTIONS (DROP password)")
    done = CliRunner().invoke(main, [*command, "--format", "markdown"])
    assert done.exit_code == 1
    assert "5433" in done.stdout
    assert "ANOTHER" in done.stdout
    assert "hidden" not in done.stdout + done.stderr
