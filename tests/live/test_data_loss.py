"""Destruction is asked for; what may be a rename is reported with the line to write."""

from __future__ import annotations

import pytest
from environment import SHOP, Environment, refused, written
from gen_migration.history import offline_sql
from gen_migration.scratch import databases
from next_revisions import next_text, up_to_date, upgrade

STATES = """\
name: shop
enums:
  mood: [happy, sad, ok]
sequences:
  numbers: {}
tables:
  people:
    columns:
      id: {type: bigint, primary_key: true}
      mood: mood
      note: varchar(80)
      born: {type: timestamptz, nullable: true}
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("      note: varchar(80)\n", "", "9:7", "column note of table people"),
        ("note: varchar(80)", "note: varchar(8)", "11:13", "varchar(80) becomes"),
        ("timestamptz", "date", "12:20", "timestamptz becomes date"),
        ("[happy, sad, ok]", "[happy, ok]", "3:9", "sad of enum mood"),
        ("  numbers: {}\n", "  others: {}\n", "5:3", "sequence numbers"),
    ],
)
def test_each_loss_has_its_place(
    old: str, new: str, place: str, what: str, project: Environment
) -> None:
    project.generate(spec=STATES)
    before = project.files()
    spec = STATES.replace(old, new)
    done = project.generate(spec=spec)
    refused(done, f"shop.yaml:{place}: ", "this destroys ", what, "--allow-data-loss")
    assert project.generate("--check", spec=spec).status == 1
    refused(project.generate("--dry-run", spec=spec), "--allow-data-loss")
    assert project.files() == before
    done = project.generate("--allow-data-loss", spec=spec)
    assert "--allow-data-loss" not in done.stderr
    text = (project.root / written(done)).read_text("utf-8")
    docstring = text.split('"""')[1]
    assert "It destroys, and its downgrade does not bring back:\n- " in docstring
    assert what in docstring
    up_to_date(project.generate(spec=spec))


def test_all_losses_are_listed(project: Environment) -> None:
    project.generate(spec=STATES)
    spec = STATES.replace("      note: varchar(80)\n", "").replace(", ok]", "]")
    done = project.generate(spec=spec)
    assert done.stderr.count("error: shop.yaml:") == 2


def test_a_table_is_lost(project: Environment) -> None:
    project.generate()
    spec = SHOP.partition("  orders:\n")[0]
    refused(project.generate(spec=spec), "shop.yaml:4:3: this destroys table orders")


def test_a_column_that_may_have_been_renamed(
    project: Environment, database: str
) -> None:
    directory = (project.root / written(project.generate(spec=STATES))).parent
    offline_sql.upgrade(database, directory)
    with databases.connect(database) as connection:
        connection.execute("INSERT INTO people VALUES (1, 'sad', 'kept')")
    spec = STATES.replace("note:", "remark:")
    done = project.generate(spec=spec)
    line = "renamed_from: note"
    refused(done, f'if it was renamed, write at column "remark": {line}')
    spec = spec.replace("varchar(80)", "{type: varchar(80), " + line + "}")
    text = next_text(project, spec)
    assert "new_column_name" in upgrade(text)
    offline_sql.upgrade(database, directory)
    with databases.connect(database) as connection:
        found = connection.execute("SELECT remark FROM people").fetchall()
    assert found == [("kept",)]


def test_a_table_that_may_have_been_renamed(project: Environment) -> None:
    project.generate(spec=STATES)
    spec = STATES.replace("  people:\n", "  humans:\n")
    line = "renamed_from: people"
    refused(
        project.generate(spec=spec),
        f'if it was renamed, write at table "humans": {line}',
    )
    spec = spec.replace("  humans:\n", f"  humans:\n    {line}\n")
    assert 'op.rename_table("people", "humans")' in next_text(project, spec)


# --- hints that history has consumed ----------------------------------------------------

HINTS = """\
name: shop
schemas:
  app: {renamed_from: old_app}
enums:
  mood: {values: [happy, sad], renamed_from: old_mood, renamed_values: {sad: blue}}
sequences:
  numbers: {renamed_from: old_numbers}
tables:
  people:
    renamed_from: old_people
    columns:
      id: {type: bigint, primary_key: true}
      mood: {type: mood, using: mood::text::mood}
      note: {type: text, renamed_from: old_note, backfill: ''}
    checks:
      ck_a: {expression: note <> '', renamed_from: old_ck}
    indexes:
      ix_a: {columns: [note], renamed_from: old_ix}
"""


def test_every_idle_hint_is_reported_in_one_line(project: Environment) -> None:
    project.generate(spec=HINTS)
    done = project.generate(spec=HINTS)
    assert done.status == 0
    (note,) = [one for one in done.stderr.splitlines() if one.startswith("note: ")]
    assert note == (
        "note: shop.yaml:3:9: 10 hints do nothing any more: renamed_from (lines 3, 5, 7, 10, 14,"
        " 16, 18), this renamed value (line 5), using (line 13), backfill (line 14)"
    )
    assert "format --drop-used SPEC" in done.stderr
    up_to_date(project.generate(spec=without_hints()))


def test_used_hints_are_taken_out(project: Environment) -> None:
    """Comments stay, and what the history has not consumed yet; a check writes nothing."""
    project.generate(spec=HINTS)
    spec = (
        HINTS.replace(
            "    renamed_from: old_people\n",
            "    # It has a history.\n    renamed_from: old_people # since May\n",
        )
        .replace("ix_a:", "ix_b:")
        .replace("old_ix}", "ix_a}")
    )
    name = project.spec(spec)
    place = () if project.ini.exists() else ("--output", "output")
    done = project.run("format", "--drop-used", *place, "--check", name)
    assert (done.status, done.stdout) == (1, f"{name}\n")
    assert (project.root / name).read_text("utf-8") == spec
    done = project.run("format", "--drop-used", *place, name)
    assert (done.status, done.stdout) == (0, f"{name}\n"), done
    text = (project.root / name).read_text("utf-8")
    assert text.count("renamed_from") == 1
    assert "ix_b: {columns: [note], renamed_from: ix_a}" in text
    assert "# It has a history.\n" in text
    assert "# since May\n" in text
    assert not any(word in text for word in ("using", "backfill", "blue"))
    written = project.generate(spec=text)
    assert written.stdout, written
    assert "does nothing" not in written.stderr


def test_used_hints_need_a_history(project: Environment) -> None:
    name = project.spec(HINTS)
    done = project.run("format", "--drop-used", name)
    assert done.status == 2
    assert "has no revision of this spec" in done.stderr
    assert (project.root / name).read_text("utf-8") == HINTS
    done = project.run("format", "--config", "alembic.ini", name)
    assert "note: --config has no effect" in done.stderr


def test_a_hint_that_others_share_is_not_taken_out_in_silence(
    project: Environment,
) -> None:
    first = "name: shop\ntables: {t: {columns: {a: &x {type: text, backfill: none}}}}\n"
    project.generate(spec=first)
    spec = first.replace("none}", "none}, b: *x")  # that of b is in use
    name = project.spec(spec)
    done = project.run("format", "--drop-used", name)
    assert done.status == 2
    assert "by hand" in done.stderr
    assert (project.root / name).read_text("utf-8") == spec


def without_hints() -> str:
    text = HINTS.replace("    renamed_from: old_people\n", "")
    for hint in ("old_app", "old_numbers"):
        text = text.replace(f"{{renamed_from: {hint}}}", "{}")
    for hint in ("old_mood", "old_note", "old_ck", "old_ix"):
        text = text.replace(f", renamed_from: {hint}", "")
    text = text.replace(", renamed_values: {sad: blue}", "")
    return text.replace(", using: mood::text::mood", "").replace(", backfill: ''", "")


def test_a_hint_in_use_is_not_reported(project: Environment) -> None:
    project.generate(spec=STATES)
    spec = STATES.replace(
        "note: varchar(80)",
        "remark: {type: integer, renamed_from: note, using: remark::integer}",
    ).replace("nullable: true", "backfill: {sql: now()}")
    done = project.generate("--allow-data-loss", spec=spec)
    assert done.status == 0, done
    assert "does nothing" not in done.stderr
    done = project.generate(spec=spec)
    assert "3 hints do nothing any more" in done.stderr
