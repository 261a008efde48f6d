"""What hints propose for a spec is text that can be pasted into it as it is."""

from __future__ import annotations

import re

import pytest
from gen_migration.base.errors import Error
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.spec.load import load
from gen_migration.spec.yaml_reader import read

WORDS = (
    "id",
    "on",
    "null",
    "True",
    "~",
    "",
    "1",
    "0x1f",
    ".inf",
    "a.b",
    '"c.d"',
    'app."c.d"',
    "made at",
    "a: b",
    "a #b",
    "- a",
    "a-",
    "now()",
    "f(a, b)",
    "numeric(10,2)[]",
    "it's",
    'a "b" it\'s \\n',
    "tab\t\u200b'",
    "größe",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_read_back(word: str) -> None:
    text = in_yaml(word)
    assert read(f"{{{text}: {{x: {text}, y: [{text}]}}}}", "t.yaml") == {
        word: {"x": word, "y": [word]}
    }
    assert read(f"{text}: {text}\n", "t.yaml") == {word: word}
    assert text.isprintable()


def test_what_is_plain_stands_without_quotes() -> None:
    assert [in_yaml(one) for one in ("a.b", "now()", "on")] == ["a.b", "now()", "on"]


SPEC = """\
name: t
tables:
  a:
    columns:
      "1": { type: "numeric(10,2)" }
      "null": { type: text }
    foreign_keys:
      fk: { columns: ["1", "null"], references: { table: '"c.d"', columns: ["a: b", "1"] } }
"""


def test_the_external_table_of_a_hint_is_what_was_missing() -> None:
    with pytest.raises(Error) as caught:
        load(SPEC, "t.yaml")
    found = re.search("stands under (external: .*)", str(caught.value))
    assert found is not None, caught.value
    assert load(f"{SPEC}{found[1]}\n", "t.yaml").external
