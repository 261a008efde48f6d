"""What `[tool.gen-migration]` says, and what is said of mistakes in it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import msgspec
import pytest
from gen_migration.base.configuration import (
    MAX_BYTES,
    Assume,
    Configuration,
    Level,
    SpecPlace,
    configuration,
    configured,
)
from gen_migration.base.configuration_mistakes import EXAMPLES, fits
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from pathlib import Path


LEVELS = 'expected "danger", "error", "warning", "note" or "off"'


def test_no_file_and_no_table_say_nothing(tmp_path: Path) -> None:
    assert configuration(tmp_path) == Configuration()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "gen-migration-user"\n')
    assert configuration(tmp_path) == Configuration()


def test_levels_are_words_or_words_with_a_reason() -> None:
    found = configured(
        b"[tool.gen-migration]\n"
        b'rules = ["schema_rules"]\n'
        b"[tool.gen-migration.levels]\n"
        b'GM301 = "error"\n'
        b'GM204 = { level = "off", reason = "deploys stop the workers" }\n',
        "pyproject.toml",
    )
    assert found.rules == ("schema_rules",)
    assert found.levels == {
        "GM301": Level(level="error"),
        "GM204": Level(level="off", reason="deploys stop the workers"),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[project]\nname = "x"\n\n[tool.gen-migration]\nrulez = []\n',
            ':5:1: tool.gen-migration: unknown key "rulez"\n  hint: did you mean "rules"?',
        ),
        (
            "[tool.gen_migration]\nrules = []\n",
            ": tool.gen_migration is nobody's table\n  hint: write [tool.gen-migration]",
        ),
        (
            '[tool.gen-migration]\nrules = "schema_rules"\n',
            (
                ':2:1: tool.gen-migration.rules: expected a list, found the text "schema_rules"\n'
                '  hint: such as rules = ["schema_rules"]'
            ),
        ),
        (
            '[tool.gen-migration]\ndev-url = "superuser"\n',
            """:2:1: tool.gen-migration.dev-url: "superuser" is for who runs the command to say
  hint: give --dev-url superuser, for SQL that you trust""",
        ),
        (
            '[tool.gen-migration.levels]\nGM301 = "fatal"\n',
            (
                f":2:1: tool.gen-migration.levels.GM301: {LEVELS} or a table,"
                ' found the text "fatal"\n'
                '  hint: such as GM301 = "off", or { level = …, reason = … }'
            ),
        ),
        (
            "[tool.gen-migration]\nrules = []\nlevels.GM301 = { reason = 'why' }\n",
            (
                ':3:8: tool.gen-migration.levels.GM301: missing key "level"\n'
                '  hint: add level = "off"'
            ),
        ),
        (
            '[tool.gen-migration]\nspecs = [{ path = "a.yaml", file = "b.yaml" }]\n',
            (
                ':2:1: tool.gen-migration.specs[0]: unknown key "file"\n'
                "  hint: its keys are path, output, config, models"
            ),
        ),
        (
            '[tool.gen-migration]\nfail-on = "error"\n',
            (
                ':2:1: tool.gen-migration.fail-on: expected "danger", "warning" or "never",'
                ' found the text "error"\n  hint: such as fail-on = "danger"'
            ),
        ),
        (
            "[tool.gen-migration]\nrevision-ids = 'numberd'\n",
            (
                ':2:1: tool.gen-migration.revision-ids: expected "hash" or "numbered",'
                ' found the text "numberd"\n  hint: did you mean "numbered"?'
            ),
        ),
        (
            "[tool.gen-migration]\nverify = true\nverify = 2026-01-01\n",
            ":3:20: not TOML: cannot overwrite a value\n  hint: mend it",
        ),
        (
            "[tool.gen-migration]\nverify = 2026-01-01\n",
            (
                ":2:1: tool.gen-migration.verify: expected true or false,"
                " found the time 2026-01-01\n  hint: such as verify = true"
            ),
        ),
        (
            "tool = 1 # gen-migration",
            ": tool is no table\n  hint: write [tool.NAME]",
        ),
        (
            "[tool]\ngen-migration = 1\n",
            ": tool.gen-migration is no table\n  hint: write [tool.gen-migration]",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Error) as caught:
        configured(text.encode(), "pyproject.toml")
    assert str(caught.value) == f"error: pyproject.toml{said}"


def test_all_mistakes_are_told_in_their_order() -> None:
    text = (
        "[tool.gen-migration]\n"
        "rulez = []\n"
        "specs = ['a.yaml', 1, {path = '', output = 'x'}]\n"
        "assume = {scan-rate = 'fast', busy-writes = 0}\n"
        "levels = {GM301 = 'fatal', GM302 = 'note'}\n"
        "rules = ['a', 2]\n"
    )
    with pytest.raises(Error) as caught:
        configured(text.encode(), "pyproject.toml")
    assert [(one.line, one.column) for one in caught.value.errors] == [
        (2, 1),
        (3, 1),
        (3, 1),
        (4, 11),
        (4, 31),
        (5, 11),
        (6, 1),
    ]
    said = str(caught.value)
    assert "rules[1]: expected text, found the number 2" in said
    assert "specs[1]: expected text or a table, found the number 1" in said
    assert "specs[2].path: expected text, found an empty text" in said
    assert "assume.scan-rate: expected a rate" in said


@pytest.mark.parametrize("shape", [Configuration, SpecPlace, Level, Assume])
def test_each_key_has_an_example_that_is_right(shape: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(shape):
        found = tomllib.loads(f"a = {EXAMPLES[field.encode_name]}")["a"]
        assert fits(found, field.type)


def test_the_order_is_that_of_the_lines() -> None:
    text = (
        "[tool.gen-migration]\n"
        "levels.GM301 = 'note'\n"
        "rules = [2]\n"
        "levels.GM302 = 'fatal'\n"
    )
    with pytest.raises(Error) as caught:
        configured(text.encode(), "pyproject.toml")
    assert [one.line for one in caught.value.errors] == [3, 4]


@pytest.mark.parametrize(
    "content",
    [
        b"[tool.gen-migration",
        b"\xff gen-migration",
        b"tool = 1 # gen-migration",
        b"# gen-migration" + b"\n" * MAX_BYTES,
        b"# gen-migration\na = " + b"[" * 100_000,
    ],
)
def test_what_is_no_such_file_is_an_error(content: bytes) -> None:
    with pytest.raises(Error):
        configured(content, "pyproject.toml")
