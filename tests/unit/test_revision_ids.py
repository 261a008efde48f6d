"""The ids of new revisions: given, and numbers that go on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.history.revision_ids import (
    LONGEST,
    checked,
    numbered,
    same_number,
)
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from click.testing import Result

FIRST = "name: shop\ntables:\n  users:\n    columns: {id: uuid}\n"
MORE = FIRST.replace("{id: uuid}", "{id: uuid, mail: {type: text, nullable: true}}")
# A column and an index on a table in use are two revisions.
CHAIN = MORE + "    indexes: {by_mail: [mail]}\n"
BY_HAND = '''\
"""Task sandbox id"""
revision = "036_task_sandbox_id"
down_revision = None
def upgrade() -> None: ...
def downgrade() -> None: ...
'''


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(
        '[tool.gen-migration]\nrevision-ids = "numbered"\n', encoding="utf-8"
    )
    Path("output").mkdir()


def run(text: str, *arguments: str) -> Result:
    Path("shop.yaml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["shop.yaml", *arguments])


def written() -> list[str]:
    return sorted(path.stem for path in Path("output").glob("*.py"))


def test_numbers_go_on_behind_those_of_others() -> None:
    Path("output/036.py").write_text(BY_HAND, encoding="utf-8")
    assert run(FIRST).exit_code == 0
    assert written() == ["036", "037_shop"]
    assert run(CHAIN).exit_code == 0
    assert written()[2:] == ["038_add_column_mail", "039_create_index_by_mail"]
    assert all(len(one) <= LONGEST for one in written())
    assert run(CHAIN, "--check").exit_code == 0


def test_a_part_that_is_missing_comes_back_under_its_number() -> None:
    run(FIRST)
    run(CHAIN)
    before = {path: path.read_bytes() for path in Path("output").glob("*.py")}
    last = max(before)
    last.unlink()
    found = run(CHAIN)
    assert found.exit_code == 0, found.output
    assert {path: path.read_bytes() for path in Path("output").glob("*.py")} == before


def test_an_id_that_is_given() -> None:
    assert run(FIRST, "--rev-id", "first").exit_code == 0
    assert written() == ["first_shop"]
    assert "--rev-id has no effect" in run(FIRST, "--rev-id", "other").stderr
    again = run(MORE, "--rev-id", "first")
    assert again.exit_code == 2
    assert "the history has a revision first already" in again.stderr
    assert run(CHAIN, "--rev-id", "second").exit_code == 0
    assert [one[:9] for one in written()] == ["first_sho", "second_1_", "second_2_"]


def test_two_branches_with_one_number_are_told_by_name() -> None:
    run(FIRST)
    for name in ("002_a", "002_b"):
        text = BY_HAND.replace("036_task_sandbox_id", name).replace(
            "None\ndef", '"001_shop"\ndef'
        )
        Path(f"output/{name}.py").write_text(text, encoding="utf-8")
    found = run(MORE)
    assert found.exit_code == 2
    assert "2 heads: 002_a, 002_b; 002_a and 002_b have the same number" in found.stderr
    assert "--rebase" in found.stderr


@pytest.mark.parametrize("more", ["", "timezone = UTC\n"])
def test_an_id_of_words_names_its_file_alone(more: str) -> None:
    ini = f"[alembic]\nscript_location = migrations\n{more}"
    Path("alembic.ini").write_text(ini, encoding="utf-8")
    Path("migrations/versions").mkdir(parents=True)
    Path("migrations/script.py.mako").write_text("", encoding="utf-8")
    for text in (FIRST, CHAIN):
        found = run(text)
        assert found.exit_code == 0, found.output
    assert {one.name for one in Path("migrations/versions").glob("*.py")} == {
        "001_shop.py",
        "002_add_column_mail.py",
        "003_create_index_by_mail.py",
    }
    Path("alembic.ini").write_text(
        f"{ini}file_template = rev_%%(rev)s_%%(slug)s\n", encoding="utf-8"
    )
    assert run(CHAIN + "    comment: us\n").exit_code == 0
    assert [one.name for one in Path("migrations/versions").glob("rev_004*")]


def test_each_number_is_one_more_than_the_highest() -> None:
    assert numbered("Add column", ()) == "001_add_column"
    assert numbered("", ("9", "0010_x", "cafe12345678")) == "0011"
    assert numbered("Größe: a/b", {"041_x"}) == "042_gr_e_a_b"
    assert same_number(["1_a", "001_b", "2"]) == ["1_a", "001_b"]
    assert same_number(["a", "b", "1"]) == []


@given(st.text(), st.sets(st.from_regex(r"[0-9]{1,6}(_[a-z]{1,9})?", fullmatch=True)))
def test_a_number_is_an_id_that_alembic_takes(words: str, taken: set[str]) -> None:
    assert checked(numbered(words, taken), taken)


@pytest.mark.parametrize("id_", ["", "a-b", "a@b", "../x", "head", "a" * 33, "é", ".x"])
def test_what_is_no_id(id_: str) -> None:
    with pytest.raises(Error):
        checked(id_, ())
