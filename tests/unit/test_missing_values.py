"""A new NOT NULL column needs a value for rows that are there, or a word that there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from environment import Environment, refused, written
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump

if TYPE_CHECKING:
    from environment import Done

OLD = "name: shop\ntables:\n  users:\n    columns:\n      id: {type: bigint, primary_key: true}\n"
NEW = f"{OLD}      name: text\n"
EMPTY = f"{OLD}      name: {{type: text, backfill: {{rows: none}}}}\n"
PLACE = "shop.yaml:6:13: "


def notes(done: Done) -> list[str]:
    assert done.status == 0, done
    return [line for line in done.stderr.splitlines() if line.startswith("note: ")]


def test_it_stops_the_command(project: Environment) -> None:
    written(project.generate(spec=OLD))
    before = project.files()
    refused(project.generate(spec=NEW), PLACE, "backfill: {rows: none}")
    refused(project.generate("--dry-run", spec=NEW), PLACE)
    assert project.files() == before
    # What would change is no question of rows.
    done = project.generate("--check", spec=NEW)
    assert (done.status, done.stdout) == (1, "add column name to table users\n")


def test_allow_data_loss_goes_on_with_a_note(project: Environment) -> None:
    written(project.generate(spec=OLD))
    (note,) = notes(project.generate("--allow-data-loss", spec=NEW))
    assert note.startswith(f"note: {PLACE}")


def test_what_stops_production_is_told_when_it_is_written(project: Environment) -> None:
    written(project.generate(spec=NEW))
    renamed = NEW.replace("name: text", "title: {type: text, renamed_from: name}")
    (note,) = notes(project.generate("--dry-run", spec=renamed))
    assert (
        "GM112: rename column name of table users to title, which breaks code" in note
    )
    ignored = renamed.replace(
        "renamed_from: name", "renamed_from: name, ignore: {GM112: new}"
    )
    assert notes(project.generate("--dry-run", spec=ignored)) == []
    # What is lost is told once, and a value that is missing.
    (note,) = notes(project.generate("--allow-data-loss", "--dry-run", spec=OLD))
    assert "this destroys column name" in note


def test_no_rows_is_a_hint_that_history_consumes(project: Environment) -> None:
    written(project.generate(spec=OLD))
    (note,) = notes(project.generate(spec=EMPTY))
    assert (
        "GM122: column name of table users: new, NOT NULL, and without a default"
        in note
    )
    (note,) = notes(project.generate(spec=EMPTY))
    assert "backfill does nothing" in note


def test_no_rows_is_kept_by_dump() -> None:
    spec = load(EMPTY, "shop.yaml")
    assert load(dump(spec), "shop.yaml") == spec
    assert "backfill: {rows: none}" in dump(spec)


def test_no_rows_is_kept_by_format(project: Environment) -> None:
    name = project.spec(EMPTY)
    assert project.run("format", "--check", name).status == 0


def test_none_is_a_text(project: Environment) -> None:
    written(project.generate(spec=OLD))
    done = project.generate("--dry-run", spec=EMPTY.replace("{rows: none}", "none"))
    assert "SET name = 'none'" in done.stdout.replace("''", "'")


def test_no_columns_are_seldom_meant(project: Environment) -> None:
    spec = "name: shop\ntables:\n  users:\n    columns: {}\n"
    (note,) = notes(project.generate(spec=spec))
    assert note.startswith("note: shop.yaml:4:5: ")
    assert "no columns" in note
