"""`gen-migration verify` and `--verify`: what they run, say and refuse."""

from __future__ import annotations

import re

import pytest
from environment import SHOP, Done, Environment, refused, revision_of, written
from gen_migration import scratch

STEPS = [
    "history: 0 revisions",
    "rows: allowed before",
    "upgrade",
    "the spec alone, to compare with",
    "downgrade",
    "upgrade again",
]


def steps(done: Done) -> list[str]:
    """Return the steps that were timed."""
    found = re.findall(r"^(.+?) +\d+\.\d\d s$", done.stderr, re.MULTILINE)
    return [str(one) for one in found]


def databases() -> set[str]:
    with scratch.connect(scratch.server().get_uri()) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {name for (name,) in rows}


def verify(project: Environment, *arguments: str, spec: str = SHOP) -> Done:
    return project.run("verify", project.spec(spec), *arguments)


def test_the_next_revision(project: Environment) -> None:
    done = verify(project)
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert steps(done) == STEPS
    assert "verified: revision " in done.stderr
    assert project.files() == []


def test_the_newest_revision(project: Environment) -> None:
    id_ = revision_of(project.root / written(project.generate(spec=SHOP)))
    before = project.files()
    done = verify(project)
    assert done.status == 0, done.stderr
    assert steps(done) == STEPS
    assert f"verified: revision {id_}" in done.stderr
    assert project.files() == before


def test_a_change_with_its_rows(project: Environment) -> None:
    project.generate(spec=SHOP)
    changed = SHOP.replace(
        "state: {type: text, default: new}",
        "state: {type: text, default: new, comment: x}",
    ).replace(
        "email: {type: text, unique: true}", "email: {type: varchar(3), unique: true}"
    )
    done = verify(project, spec=changed)
    assert done.status == 0, done.stderr
    assert steps(done)[0] == "history: 1 revision"
    assert "note: the upgrade stops at some rows that a table may hold" in done.stderr
    assert "value too long for type character varying(3)" in done.stderr


def test_a_column_that_every_row_lacks(project: Environment) -> None:
    project.generate(spec=SHOP)
    changed = SHOP.replace("      state:", "      age: integer\n      state:")
    done = verify(project, spec=changed)
    assert done.status == 1
    assert "error: every row stops it: upgrade of revision" in done.stderr
    assert "not as it should be: revision" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_downgrade_that_leaves_something_is_seen(project: Environment) -> None:
    path = project.root / written(project.generate(spec=SHOP))
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('op.drop_table("customers")', "pass"), encoding="utf-8"
    )
    done = verify(project)
    assert done.status == 1
    assert (
        "--- before\n+++ after the downgrade\n@@ tables: customers @@\n" in done.stdout
    )
    assert "+customers:\n" in done.stdout


def test_what_a_revision_does_beside_the_spec_is_seen(project: Environment) -> None:
    path = project.root / written(project.generate(spec=SHOP))
    text = path.read_text(encoding="utf-8")
    by_hand = """
    bind = op.get_bind()
    bind.exec_driver_sql("CREATE TABLE IF NOT EXISTS logs (a integer)")
"""
    edited = text.replace(
        "def upgrade() -> None:\n", f"def upgrade() -> None:{by_hand}"
    )
    path.write_text(edited, encoding="utf-8")
    done = verify(project)
    assert done.status == 2  # replay sees no bind
    assert f"{path.name}:" in done.stderr


def test_a_history_that_fails_is_an_error(project: Environment) -> None:
    path = project.root / written(project.generate(spec=SHOP))
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "def upgrade() -> None:\n",
            'def upgrade() -> None:\n    op.execute("SELECT 1 / 0")\n',
        ),
        encoding="utf-8",
    )
    done = verify(project, spec=SHOP + "  more:\n    columns: {id: integer}\n")
    assert done.status == 2
    assert f"{path.name}:" in done.stderr
    assert "division by zero" in done.stderr


def test_nothing_to_verify(project: Environment) -> None:
    refused(verify(project, spec="name: shop\n"), "there is nothing to verify")


def test_verify_writes_what_passed(project: Environment) -> None:
    done = project.generate("--verify", spec=SHOP)
    assert done.status == 0, done.stderr
    assert steps(done) == STEPS
    assert (project.root / written(done)).exists()
    again = project.generate("--verify", spec=SHOP)
    assert "up to date" in again.stderr
    changed = SHOP.replace("      state:", "      age: integer\n      state:")
    before = project.files()
    stopped = project.generate("--verify", spec=changed)
    assert stopped.status == 1
    assert "every row stops it" in stopped.stderr
    assert project.files() == before
    assert project.generate(spec=changed).status == 0


def test_verify_and_amend(project: Environment) -> None:
    project.generate(spec=SHOP)
    before = project.files()
    changed = SHOP.replace("      state:", "      age: integer\n      state:")
    done = project.generate("--verify", "--amend", spec=changed)
    assert done.status == 0, done.stderr
    assert steps(done) == STEPS
    assert project.files() == before
    assert '"age"' in (project.root / written(done)).read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--check", "--dry-run", "--sql"])
def test_options_that_write_nothing_verify_nothing(
    option: str, project: Environment
) -> None:
    done = project.generate("--verify", option, spec=SHOP)
    assert done.status == 2
    assert f"{option} and --verify contradict each other" in done.stderr


def test_on_another_server(project: Environment) -> None:
    url = scratch.server(16).get_uri()
    with scratch.connect(url) as connection:
        query = "SELECT datname FROM pg_database WHERE datname NOT LIKE 'gm_%'"
        before = connection.execute(query).fetchall()
        done = verify(project, "--dev-url", url)
        assert done.status == 0, done.stderr
        assert connection.execute(query).fetchall() == before


def test_a_server_that_is_not_there(project: Environment) -> None:
    done = verify(project, "--dev-url", "postgresql://me:secret@127.0.0.1:1/x")
    refused(
        done,
        "no connection to the server of --dev-url (postgresql://me:***@127.0.0.1:1/x)",
    )
