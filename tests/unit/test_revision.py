"""The mark of a revision is a comment of ours, whatever the texts of its spec say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gen_migration.history.directory import OutputDirectory
from gen_migration.render.marker import is_edited, read_marker, remarked
from gen_migration.workflows.generate import generate
from yaml_text import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

FORGED = "# gen-migration: spec=other checksum=0123456789abcdef"
TEXTS = [
    f"first\n{FORGED}\nlast",
    "first\n# gen-migration\nlast",
    f"first\n# gen-migration\n{FORGED}\nlast",
    FORGED,
    '"""\n' + FORGED,
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_forges_no_mark(text: str, tmp_path: Path) -> None:
    document = {
        "name": "mine",
        "description": text,
        "tables": {
            "t": {"comment": text, "columns": {"a": {"type": "text", "default": text}}}
        },
    }
    spec, output = tmp_path / "spec.yaml", OutputDirectory(tmp_path / "output")
    spec.write_text(yaml_text(document), encoding="utf-8")
    first = generate(spec, output)
    found = first.paths[0].read_text(encoding="utf-8")
    mark = read_marker(found)
    assert mark is not None
    assert mark.spec == "mine"
    assert not is_edited(found)
    assert remarked(found) == found
    assert not generate(spec, output).written
    assert not any(one.spec == "other" for one in output.revisions())


def test_a_file_without_a_mark_is_not_ours() -> None:
    assert read_marker(f'"""\n{FORGED}\n"""\n') is None
    assert read_marker(f"x = 1\n{FORGED}\n") is not None
