"""Destruction is asked for; what may be a rename is reported with the line to write."""

from __future__ import annotations

import pytest
from environment import SHOP, Environment, refused, written
from gen_migration import apply, scratch
from test_regenerate import next_text, up_to_date, upgrade

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
    apply.upgrade(database, directory)
    with scratch.connect(database) as connection:
        connection.execute("INSERT INTO people VALUES (1, 'sad', 'kept')")
    spec = STATES.replace("note:", "remark:")
    done = project.generate(spec=spec)
    line = "renamed_from: note"
    refused(done, f'if it was renamed, write at column "remark": {line}')
    spec = spec.replace("varchar(80)", "{type: varchar(80), " + line + "}")
    text = next_text(project, spec)
    assert "new_column_name" in upgrade(text)
    apply.upgrade(database, directory)
    with scratch.connect(database) as connection:
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


def test_every_idle_hint_is_reported(project: Environment) -> None:
    project.generate(spec=HINTS)
    done = project.generate(spec=HINTS)
    assert done.status == 0
    notes = [
        line.partition("shop.yaml:")[2].partition(": ")[0]
        for line in done.stderr.splitlines()
        if line.startswith("note: ")
    ]
    lines = HINTS.splitlines()
    found = [
        lines[int(line) - 1][int(column) - 1 :].partition(":")[0]
        for line, column in (note.split(":") for note in notes)
    ]
    assert found == [
        "renamed_from",
        "renamed_from",
        "sad",
        "renamed_from",
        "renamed_from",
        "using",
        "renamed_from",
        "backfill",
        "renamed_from",
        "renamed_from",
    ]
    up_to_date(project.generate(spec=without_hints()))


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
    assert done.stderr.count("does nothing") == 3
