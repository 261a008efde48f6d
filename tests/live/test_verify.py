"""`gen-migration verify` and `--verify`: what they run, say and refuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from environment import SHOP, Done, Environment, refused, revision_of, written
from gen_migration.history.alembic_errors import StepError
from gen_migration.scratch import databases as scratch
from gen_migration.scratch.programs import ICU, builds
from gen_migration.verify.refusals import is_of_server

if TYPE_CHECKING:
    from pathlib import Path

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
    assert "verified: the next revision of shop.yaml, which is not written yet" in (
        done.stderr
    )
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
    assert (
        "note: rows that were allowed before may stop the upgrade: value too"
        in done.stderr
    )
    assert "value too long for type character varying(3)" in done.stderr


def test_a_column_that_every_row_lacks(project: Environment) -> None:
    project.generate(spec=SHOP)
    changed = SHOP.replace("      state:", "      age: integer\n      state:")
    done = verify(project, spec=changed)
    assert done.status == 1
    assert (
        'error: shop.yaml: the rows of table "customers" have no value for the new'
        ' column "age"\n  hint: give it default: or backfill:, or write nullable: true\n'
        "not as it should be: the next revision of shop.yaml"
    ) in done.stderr
    assert "note: rows" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_generated_column_has_its_value_from_others(generic: Environment) -> None:
    generic.generate(spec=SHOP)
    column = (
        "      nothing: {type: text, generated: {virtual: 'nullif(state, state)'}}\n"
    )
    changed = "postgresql: 18\n" + SHOP.replace("      state:", column + "      state:")
    done = verify(generic, spec=changed)
    assert "have no value for the new column" not in done.stderr
    assert done.status == 0, done.stderr
    assert "note: the upgrade stops at rows that fit the new schema" in done.stderr


def by_hand(path: Path, sql: str) -> None:
    """Run SQL at the end of a revision's upgrade."""
    text = path.read_text(encoding="utf-8")
    start = text.index("\n\n\ndef downgrade")
    path.write_text(
        f"{text[:start]}\n    op.execute({sql!r})\n{text[start:]}", encoding="utf-8"
    )


def test_what_fails_without_rows_is_not_told_of_rows(project: Environment) -> None:
    by_hand(project.root / written(project.generate(spec=SHOP)), "SELECT 1 / 0")
    done = verify(project)
    assert done.status == 1
    assert "division by zero" in done.stderr
    assert "rows that" not in done.stderr


def test_what_the_second_upgrade_does_to_rows_is_seen(project: Environment) -> None:
    spec = SHOP.replace("tables:", "sequences: {flag: {}}\ntables:")
    project.generate(spec=spec)
    changed = spec.replace(
        "      state:", "      age: {type: text, nullable: true}\n      state:"
    )
    path = project.root / written(project.generate(spec=changed))
    by_hand(path, "UPDATE customers SET email = id WHERE (SELECT is_called FROM flag)")
    by_hand(path, "SELECT nextval('flag')")
    done = verify(project, spec=changed)
    assert done.status == 1
    assert "the second upgrade leaves other rows: table customers" in done.stderr


@pytest.mark.parametrize(
    ("state", "words", "expected"),
    [
        ("0A000", 'extension "x" is not available', True),
        ("0A000", "cannot alter type of a column used by a view", False),
        ("58P01", "could not open extension control file", True),
        ("57P01", "terminating connection", True),
        ("53100", "disk full", True),
        ("42883", "function f() does not exist", True),
        ("23505", "duplicate key", False),
        ("", "Python's", False),
    ],
)
def test_what_the_server_is_to_blame_for(
    state: str, words: str, expected: bool
) -> None:
    error = StepError("", words=words, hint="", where="")
    error.sqlstate = state
    assert is_of_server(error) is expected


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
    allowed = "--allow-data-loss"  # or it is an error before anything is tried
    stopped = project.generate("--verify", allowed, spec=changed)
    assert stopped.status == 1
    assert "have no value for the new column" in stopped.stderr
    assert project.files() == before
    assert project.generate(allowed, spec=changed).status == 0


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
    assert done.status == 2
    assert (
        "no connection to the server of --dev-url (postgresql://me:***@" in done.stderr
    )
    assert "secret" not in done.stderr


TABLES = """\
name: shop
enums: {mood: [good, bad, ugly]}
tables:
  t:
    columns:
      id: {type: integer, primary_key: true}
      mood: mood
      at: timestamptz
      kind: {type: varchar(10), nullable: true}
      score: integer
    checks: {ck_t: "kind IN ('a', 'b', 'c') AND score >= 0"}
  u: {columns: {x: text, y: text}}
  p:
    columns: {day: date, size: integer}
    partition_by: {range: [day, size]}
    partitions:
      p_now: {from: ["2020-01-01", 0], to: ["2024-01-01", 0]}
      p_rest: default
"""
CHANGES = {
    "null": ("varchar(10), nullable: true", "varchar(10)", "is violated by some row"),
    "value of a list": (", 'c')", ")", "ck_t"),
    "range": ("score >= 0", "score BETWEEN 0 AND 90000", "ck_t"),
    "narrower": ("score: integer", "score: smallint", "smallint out of range"),
    "value of an enum": (", ugly]", "]", "rows of t.mood still hold 'ugly'"),
    "bound": (
        'to: ["2024',
        'to: ["2022',
        'partition constraint of relation "p_now" is violated',
    ),
    "bound of another": (
        "      p_rest: default\n",
        '      p_rest: default\n      p_old: {from: [MINVALUE, MINVALUE], to: ["2020-01-01", 0]}\n',
        'constraint for default partition "p_rest" would be violated by some row',
    ),
    "rename": ("{x: text, ", "{z: {type: text, renamed_from: x}, ", None),
    "rename of a table": ("  u: {", "  v: {renamed_from: u, ", None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_rows_show_what_a_change_does(change: str, generic: Environment) -> None:
    generic.generate(spec=TABLES)
    old, new, words = CHANGES[change]
    done = verify(generic, spec=TABLES.replace(old, new))
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert "empty" not in done.stderr
    if words is None:
        assert "note: rows that were allowed" not in done.stderr
    else:
        assert "note: rows that were allowed before may stop the upgrade" in done.stderr
        assert words in done.stderr


@pytest.mark.parametrize(
    ("statement", "status"),
    [("DELETE FROM u", 1), ("UPDATE u SET y = 'lost'", 1), ("SELECT 1", 0)],
)
def test_a_downgrade_that_loses_rows_is_seen(
    statement: str, status: int, generic: Environment
) -> None:
    generic.generate(spec=TABLES)
    old, new, _ = CHANGES["rename"]
    spec = TABLES.replace(old, new)
    path = generic.root / written(generic.generate(spec=spec))
    head = "def downgrade() -> None:\n"
    edited = path.read_text("utf-8").replace(
        head, f"{head}    op.execute({statement!r})\n"
    )
    path.write_text(edited, encoding="utf-8")
    done = verify(generic, spec=spec)
    assert done.status == status, done.stderr
    assert ("error: the downgrade loses rows: table u" in done.stderr) == bool(status)


def hidden(project: Environment, path: str, statement: str) -> Done:
    """Verify a revision whose upgrade does what replay cannot see: a function of others."""
    file = project.root / path
    body, mark, rest = file.read_text("utf-8").partition("\n\n\ndef downgrade")
    line = '\n    op.execute("SELECT hidden()")'
    file.write_text(f"{body}{line}{mark}{rest}", encoding="utf-8")
    (project.root / "f.sql").write_text(
        "CREATE FUNCTION hidden() RETURNS void LANGUAGE plpgsql"
        f" AS $$BEGIN {statement}; END$$",
        encoding="utf-8",
    )
    return project.run("verify", "shop.yaml", "--before", "f.sql")


def test_what_an_upgrade_does_to_others_is_seen(generic: Environment) -> None:
    path = written(generic.generate(spec=TABLES))
    done = hidden(generic, path, "CREATE TABLE IF NOT EXISTS logs (a integer)")
    assert done.status == 1
    assert "--- of others, before\n+++ of others, after the upgrade\n" in done.stdout
    assert "@@ tables: logs @@\n+logs:\n" in done.stdout
    assert "+++ after the downgrade\n" in done.stdout


def test_a_table_unlike_its_spec_is_seen(generic: Environment) -> None:
    path = written(generic.generate(spec=TABLES))
    done = hidden(generic, path, "ALTER TABLE u ADD more integer")
    assert done.status == 1
    assert "--- shop.yaml\n+++ after the upgrade\n@@ tables: u: columns @@\n" in (
        done.stdout
    )
    assert "+    more: {type: integer, nullable: true}" in done.stdout


def test_grants_that_a_spec_does_not_say_are_lost_and_seen(
    generic: Environment,
) -> None:
    generic.generate(spec=TABLES)
    generic.alembic("revision", "--rev-id", "0002", "-m", "rights")
    (path,) = generic.root.rglob("0002_rights.py")
    text = path.read_text("utf-8").partition("def upgrade")[0]
    path.write_text(
        f"{text}def upgrade() -> None:\n    op.execute('GRANT SELECT ON u TO PUBLIC')\n\n\n"
        "def downgrade() -> None:\n    op.execute('REVOKE SELECT ON u FROM PUBLIC')\n",
        encoding="utf-8",
    )
    changed = TABLES.replace("y: text", "y: {type: text, comment: x}")
    written_ = written(generic.generate(spec=changed))
    done = hidden(generic, written_, "REVOKE SELECT ON u FROM PUBLIC")
    assert done.status == 1
    assert "error: the upgrade loses what table u grants to public\n" in done.stderr
    assert "error: the downgrade loses what table u grants to public\n" in done.stderr


PARTITIONED = """\
name: shop
enums: {mood: [good, bad]}
tables:
  t:
    columns: {a: mood}
    partition_by: {list: [a]}
    partitions: {t_good: {in: [good]}}
"""


def test_where_there_is_no_way_back(generic: Environment) -> None:
    generic.generate(spec=PARTITIONED)
    changed = PARTITIONED.replace("bad]", "bad, new]").replace(
        "{in: [good]}}", "{in: [good]}, t_new: {in: [new]}}"
    )
    done = verify(generic, spec=changed)
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert "note: no way back: downgrade of revision" in done.stderr
    assert "upgrade again" not in steps(done)


def test_names_of_the_home_schema_may_be_written_out(generic: Environment) -> None:
    spec = (
        "name: shop\nschema: public\nenums: {mood: [good]}\n"
        "sequences: {s: {}}\ntables: {t: {columns: {a: mood, b: serial}}}\n"
    )
    for text in (spec, spec.replace("[good]", "[good, bad]")):
        done = verify(generic, spec=text)
        assert (done.status, done.stdout) == (0, ""), done.stderr
        generic.generate(spec=text)


def test_what_a_renamed_column_loses_is_no_other_loss(generic: Environment) -> None:
    generic.generate(spec=TABLES)
    done = verify(
        generic,
        spec=TABLES.replace(
            "at: timestamptz", "on_day: {type: date, renamed_from: at}"
        ),
    )
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert "note: the upgrade changes rows: table t, column at: " in done.stderr
    assert "note: the downgrade does not bring back: table t, column at:" in done.stderr


CHILDREN = """\
name: shop
tables:
  p: {columns: {a: integer, b: {type: text, nullable: true}}}
  c: {inherits: [p]}
  d: {inherits: [p]}
"""


def test_a_child_loses_what_its_parent_does_and_comes_back(
    generic: Environment,
) -> None:
    """PostgreSQL makes no column that is there an inherited one alone."""
    generic.generate(spec=CHILDREN)
    b = ", b: {type: text, nullable: true}"
    spec = CHILDREN.replace(b, "").replace(
        "d: {inherits: [p]}", f"d: {{columns: {{a: integer{b}}}}}"
    )
    done = verify(generic, spec=spec)
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert "note: the downgrade does not bring back: table c, column b:" in done.stderr
    note = "note: after the downgrade, table d declares itself what it has from parents"
    assert note in done.stderr


def test_tables_of_others_are_made_up_where_no_revision_by_hand_builds_them(
    generic: Environment,
) -> None:
    spec = (
        "name: more\nexternal: {u: {id: integer}}\n"
        "tables: {m: {columns: {u_id: {type: integer, references: u.id}}}}\n"
    )
    assert verify(generic, spec=spec).status == 0
    generic.hand_written("0001")
    done = verify(generic, spec=spec)
    assert 'relation "u" does not exist' in done.stderr


def test_tables_of_another_spec_are_built_by_its_revisions(tmp_path: Path) -> None:
    project = Environment(tmp_path)
    project.generate(spec=TABLES)
    more = (
        "name: more\nexternal: {t: {id: integer}}\n"
        "tables: {m: {columns: {t_id: {type: integer, references: t.id}}}}\n"
    )
    project.spec(more, "more.yaml")
    done = project.run("verify", "more.yaml")
    assert (done.status, done.stdout) == (0, ""), done.stderr
    assert "history: 1 revision " in done.stderr


def test_a_failure_of_a_revision_without_a_file_is_told_of_its_spec(
    generic: Environment,
) -> None:
    path = generic.hand_written("0001")
    view = (
        'def upgrade() -> None:\n    op.execute("CREATE VIEW v AS SELECT x FROM u")\n'
    )
    generic.generate(spec=TABLES)
    generic.alembic("revision", "--rev-id", "0002", "-m", "view")
    (path,) = generic.root.rglob("0002_view.py")
    text = path.read_text("utf-8").partition("def upgrade")[0]
    path.write_text(text + view + "\n\ndef downgrade() -> None:\n    pass\n", "utf-8")
    done = verify(generic, spec=TABLES.replace("{x: text, ", "{"))
    assert done.status == 1
    assert (
        "error: shop.yaml: the upgrade of the next revision fails at op.drop_column("
        in (done.stderr)
    )
    assert (
        "what stands on it (a view, a rule, a function, a policy) has to go first, in a"
        " revision of your own before this one" in done.stderr
    )
    assert "revision.py" not in done.stderr
    assert "this destroys column x of table u" in done.stderr


def test_extensions_that_no_server_has(generic: Environment) -> None:
    done = verify(generic, spec="extensions: [nothing, none]\n" + TABLES)
    assert (done.status, done.stdout) == (2, "")
    words = 'error: no PostgreSQL here has the extensions "none", "nothing"\n'
    assert words in done.stderr
    assert "name a server that has them: --dev-url" in done.stderr


def test_icu_that_the_usual_server_lacks(generic: Environment) -> None:
    spec = "name: shop\ncollations: {loose: {provider: icu, locale: und}}\ntables: {}\n"
    done = verify(generic, spec=spec)
    if any(ICU in one.has for one in builds()):
        assert done.status == 0, done.stderr
        assert "note: scratch databases are on PostgreSQL" in done.stderr
        return
    assert "error: no PostgreSQL here has ICU\n" in done.stderr
    assert "name a server that has it: --dev-url" in done.stderr


def test_a_function_of_others_is_named_with_the_way_out(generic: Environment) -> None:
    spec = TABLES.replace(
        "score: integer", "score: {type: integer, default: {sql: f()}}"
    )
    done = verify(generic, spec=spec)
    assert done.status == 2
    assert "function f() does not exist" in done.stderr
    (generic.root / "f.sql").write_text("SELECT 1;\n\\i more\n", encoding="utf-8")
    broken = verify(generic, "--before", "f.sql", spec=spec)
    assert broken.status == 2
    assert "the SQL of --before fails in line 2" in broken.stderr
    assert "commands of psql are no SQL" in broken.stderr
    (generic.root / "f.sql").write_text(
        "SELECT 1;\n\n-- 'x';\nSELECT $$;\n$$;\n  SELECT 1 / 0;\nSELECT 2;\n", "utf-8"
    )
    halted = verify(generic, "--before", "f.sql", spec=spec)
    assert "the SQL of --before fails in line 6: division by zero" in halted.stderr
    sql = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    (generic.root / "f.sql").write_text(sql, encoding="utf-8")
    assert verify(generic, "--before", "f.sql", spec=spec).status == 0
