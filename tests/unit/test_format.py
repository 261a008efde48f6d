"""`gen-migration format`: one layout, and nothing that was written is lost."""

from __future__ import annotations

import os
import re
import stat
import time
from typing import TYPE_CHECKING, Any

import pytest
from cases import all_cases
from changes import all_changes
from click.testing import CliRunner
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.spec.load import load
from gen_migration.spec.write import spec
from gen_migration.spec.write.printer import Printer, formatted
from gen_migration.spec.yaml_reader import read
from gen_migration.workflows import import_files
from hypothesis import given, settings
from hypothesis import strategies as st
from random_examples import EXAMPLES
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode
from servers import each_nth, is_all
from strategies import documents
from yaml_text import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

GOLDEN = {
    **{
        str(case.path): case.spec
        for case in all_cases()
        if "error" not in case.sections
    },
    # What a change begins with is nearly what it ends with.
    **{
        f"{change.path}: {name}": text
        for change in all_changes()
        for name, text in change.sections.items()
        if (name.endswith(".yaml") if is_all() else name == "new.yaml")
        and "error" not in change.sections
    },
}


def columns(value: Any) -> list[tuple[str, list[str]]]:
    """Return the names under every `columns` of a document, in their order."""
    if isinstance(value, list):
        return [found for item in value for found in columns(item)]
    if not isinstance(value, dict):
        return []
    found = [
        ("columns", list(v))
        for k, v in value.items()
        if k == "columns" and isinstance(v, dict)
    ]
    return found + [one for key in sorted(value) for one in columns(value[key])]


def read_by_another(text: str) -> Any:
    """Return what another reader takes a text for; each scalar is a text, `<<` a key."""
    return plain(YAML(typ="safe", pure=True).compose(text))


def plain(node: Any) -> Any:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node, MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    return [plain(item) for item in node.value]


def check(text: str) -> str:
    """Insist on the laws of the layout for a valid spec; the text that it gets."""
    result = formatted(text, "spec.yaml")
    assert formatted(result, "spec.yaml") == result
    assert load(result, "spec.yaml") == load(text, "spec.yaml")
    assert columns(read(result, "new")) == columns(read(text, "old"))
    return result


def test_every_golden_spec_obeys_the_laws() -> None:
    tried = each_nth(4, [*GOLDEN])
    others = {*each_nth(2, tried)}  # that is a reader without any haste
    for name in tried:
        text = GOLDEN[name]
        result = check(text)
        assert result.count("#") == text.count("#"), name
        if name in others:
            assert read_by_another(result) == read_by_another(text), name
    assert len(GOLDEN) > 300


@settings(max_examples=EXAMPLES)
@given(documents())
def test_a_random_spec_keeps_its_values_and_an_imported_one_its_text(
    document: Any,
) -> None:
    text = yaml_text(document)
    check(text)
    check(text.replace("\n", "\r\n"))
    imported = import_files.text(load(text, "spec.yaml"), [])
    assert check(imported) == imported


def turned(value: Any) -> Any:
    """Return a document whose keys stand in the other order."""
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a spec's text with comments wherever YAML allows them, and the comments."""
    document = draw(documents())
    values = spec.document(load(yaml_text(document), "spec.yaml"))
    text = spec.text_of(turned(values) if draw(st.booleans()) else values)
    value, notes = read(text, "text"), []
    for number in range(draw(st.integers(1, 8))):
        note = f"# note {number}"
        places = [
            found.start() for found in re.finditer(r"\n|(?<=[,{\[]) ?|(?=[}\]])", text)
        ]
        at = draw(st.sampled_from(places))
        indent = " " * draw(st.integers(0, 12))
        end = "" if text[at] == "\n" else "\n" + " " * 20
        start = draw(st.sampled_from([" ", f"\n{indent}", f"\n\n{indent}"]))
        changed = f"{text[:at]}{start}{note}{end}{text[at:]}"
        try:
            same = read(changed, "changed") == value
        except Error:
            same = False
        if same:
            text = changed
            notes.append(note)
    return text, notes


@settings(max_examples=EXAMPLES)
@given(commented())
def test_every_comment_survives(found: tuple[str, list[str]]) -> None:
    text, notes = found
    result = check(text)
    assert sorted(re.findall(r"# note \d", result)) == notes
    assert read(result, "new") == read(re.sub(r"# note \d", "", result), "bare")
    assert read(result, "new") == read(text, "old")


LAYOUT = {
    "what fits stands in braces, what is listed one to a line": (
        "name: a\ntables:\n t: {columns: {id: {type: uuid,\n  primary_key: true}}}\n",
        "name: a\ntables:\n  t:\n    columns:\n      id: {type: uuid, primary_key: true}\n",
    ),
    "keys get the order of the shapes, columns keep theirs": (
        (
            "tables:\n  t:\n    indexes:\n    - [b]\n    columns:\n"
            "      b: {nullable: true, type: text}\n      a: text\n    comment: c\nname: a\n"
        ),
        (
            "name: a\ntables:\n  t:\n    comment: c\n    columns:\n"
            "      b: {type: text, nullable: true}\n      a: text\n    indexes:\n      - [b]\n"
        ),
    ),
    "a comment opens its braces, and moves with its key": (
        (
            "tables:\n  t:\n    columns:\n      a: { nullable: true, # why\n"
            "        type: text } # end\n      # last\n# id\nname: a\n# eof\n"
        ),
        (
            "# id\nname: a\ntables:\n  t:\n    columns:\n      a: # end\n        type: text\n"
            "        nullable: true # why\n      # last\n# eof\n"
        ),
    ),
    "anchors stay before their aliases": (
        "blocks:\n  s: &s { id: uuid }\nname: a\ntables:\n  t:\n    columns:\n      <<: *s\n",
        "blocks:\n  s: &s\n    id: uuid\nname: a\ntables:\n  t:\n    columns:\n      <<: *s\n",
    ),
    "one empty line stays of several": (
        "# modeline\n\n\nname: a\n\n\n\ntables:\n\n  t:\n    columns: { a: text }\n\n",
        "# modeline\n\nname: a\n\ntables:\n  t:\n    columns:\n      a: text\n",
    ),
    "quotes stay, and come where braces need them": (
        (
            'name: "a"\ntables:\n  t:\n    columns:\n      a:\n        type: numeric(10,2)\n'
            "        check: a IN ('x', 'y')\n"
        ),
        (
            'name: "a"\ntables:\n  t:\n    columns:\n'
            "      a: {type: 'numeric(10,2)', check: \"a IN ('x', 'y')\"}\n"
        ),
    ),
    "block scalars keep their text": (
        (
            "name: a\ndescription: |2-\n     x\n    y\ntables:\n  t:\n    comment: >+ # c\n"
            "            a\n\n            b\n\n\n    columns: {a: text}\n"
        ),
        (
            "name: a\ndescription: |2-\n     x\n    y\ntables:\n  t:\n    comment: >+ # c\n"
            "      a\n\n      b\n\n\n    columns:\n      a: text\n"
        ),
    ),
    "directives, a document's start and escapes": (
        (
            "%YAML 1.2\n# a\n---\n# b\nname: a\ntables:\n  t:\n    columns: {a: text}\n"
            '    comment: "x\\\n      \\ y\\u2028"\n'
        ),
        (
            "%YAML 1.2\n# a\n---\n# b\nname: a\ntables:\n  t:\n"
            '    comment: "x\\\n      \\ y\\u2028"\n    columns:\n      a: text\n'
        ),
    ),
}


@pytest.mark.parametrize("name", LAYOUT)
def test_layout(name: str) -> None:
    text, expected = LAYOUT[name]
    assert check(text) == expected


def test_a_block_that_the_file_ends_in_without_a_newline() -> None:
    text = "name: a\ntables:\n  t:\n    columns: {a: text}\n    comment: |\n      x"
    assert load(text, "t").schema.tables != load(text + "\n", "t").schema.tables
    assert "comment: |-\n" in check(text)


def test_what_cannot_be_laid_out_is_told() -> None:
    text = f"name: a\ntables:\n  t:\n    columns:\n      ? {'a' * 2000}\n      : text\n"
    with pytest.raises(Error, match="cannot be laid out"):
        formatted(text, "spec.yaml")


def test_a_block_that_keeps_its_end_may_move() -> None:
    text = "tables:\n  t:\n\n    columns:\n      a: text\n    comment: |+\n      x\nname: a\n"
    assert "    comment: |\n      x\n\n    columns:\n" in check(text)


def test_what_is_too_wide_is_opened() -> None:
    labels = [f"label_{number}" for number in range(20)]
    text = f"name: a\nenums: {{e: [{', '.join(labels)}]}}\ntables: {{}}\n"
    lines = "".join(f"    - {label}\n" for label in labels)
    assert check(text) == f"name: a\nenums:\n  e:\n{lines}tables: {{}}\n"


def test_hundreds_of_tables_take_a_second() -> None:
    column = "      c%d: { type: varchar(20), nullable: true } # note\n"
    columns = "".join(column % number for number in range(12))
    tables = (f"  t{number}:\n    columns:\n{columns}" for number in range(400))
    text = "name: a\ntables:\n" + "".join(tables)
    start = time.process_time()
    formatted(text, "spec.yaml")
    assert time.process_time() - start < 3  # less than one on an idle machine


def test_one_long_line_takes_no_longer() -> None:
    labels = ", ".join(f"l{number}" for number in range(25_000))
    start = time.process_time()
    formatted(f"name: a\nenums: {{e: [{labels}]}}\n", "spec.yaml")
    assert time.process_time() - start < 4


UGLY = "name: a\ntables:\n  t:\n    columns: { id: uuid } # é\n"
FINE = "name: a\ntables:\n  t:\n    columns: # é\n      id: uuid\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["format", *map(str, arguments)])


def test_it_writes_what_changes_and_says_so(tmp_path: Path) -> None:
    ugly, fine = tmp_path / "ugly.yaml", tmp_path / "fine.yaml"
    ugly.write_text(UGLY, encoding="utf-8")
    fine.write_text(FINE, encoding="utf-8")
    ugly.chmod(0o640)
    before = fine.stat()
    found = run("--check", ugly, fine)
    assert (found.exit_code, found.stdout) == (1, f"{ugly}\n")
    assert found.stderr == "1 of 2 files would be laid out anew\n"
    assert ugly.read_text(encoding="utf-8") == UGLY
    found = run(ugly, fine)
    assert (found.exit_code, found.stdout) == (0, f"{ugly}\n")
    assert ugly.read_text(encoding="utf-8") == FINE
    assert stat.S_IMODE(ugly.stat().st_mode) == 0o640
    after = fine.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    found = run("--check", ugly, fine)
    assert (found.exit_code, found.stdout) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "fine.yaml",
        "ugly.yaml",
    ]


def test_a_byte_order_mark_and_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(("\ufeff" + UGLY.replace("\n", "\r\n")).encode())
    assert run(path).exit_code == 0
    assert path.read_bytes() == ("\ufeff" + FINE.replace("\n", "\r\n")).encode()
    assert run("--check", path).exit_code == 0


def test_a_link_stays_one(tmp_path: Path) -> None:
    path, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    path.write_text(UGLY, encoding="utf-8")
    link.symlink_to(path)
    assert run(link).exit_code == 0
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == FINE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\ntables: {t: [\n", ":3:1: "),
        ("name: a\ntables:\n  t: {colums: {id: uuid}}\n", ":3:7: "),
        ("[" * 100 + "]" * 100, ":1:41: nested deeper"),
        ("name: a\nname: b\n", ":2:1: duplicate key"),
        ("- a\n", "no mapping"),
        ("", "empty"),
    ],
)
def test_what_is_no_spec_is_left_alone(tmp_path: Path, text: str, message: str) -> None:
    bad, ugly = tmp_path / "bad.yaml", tmp_path / "sub" / "ugly.yaml"
    ugly.parent.mkdir()
    bad.write_text(text, encoding="utf-8")
    ugly.write_text(UGLY, encoding="utf-8")
    found = run(bad, ugly, tmp_path / "none.yaml")
    assert found.exit_code == 2
    assert f"error: {bad}" in found.stderr
    assert message in found.stderr
    assert "none.yaml: no such file" in found.stderr
    assert run(bad).stderr.startswith("error: ")
    assert bad.read_text(encoding="utf-8") == text
    assert ugly.read_text(encoding="utf-8") == FINE


def test_a_directory_is_one_spec_and_a_file_may_be_a_part_of_it(tmp_path: Path) -> None:
    head, part = tmp_path / "_spec.yaml", tmp_path / "t.yaml"
    head.write_text("name:   a\n", encoding="utf-8")
    part.write_text(UGLY.removeprefix("name: a\n"), encoding="utf-8")
    assert run(part).stdout == f"{part}\n"
    assert part.read_text(encoding="utf-8") == FINE.removeprefix("name: a\n")
    assert run(tmp_path).stdout == f"{head}\n"
    head.write_text("nam: a\n", encoding="utf-8")
    found = run("--check", part)
    assert found.exit_code == 2
    assert "name" in found.stderr


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    path = tmp_path / "a.yaml"
    path.write_text(UGLY, encoding="utf-8")
    tmp_path.chmod(0o500)
    try:
        found = run(path)
    finally:
        tmp_path.chmod(0o700)
    assert found.exit_code == 2
    assert path.read_text(encoding="utf-8") == UGLY


def test_a_layout_that_would_lose_a_comment_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "name: app # ours\ntables: {t: {columns: {id: bigint}}}\n"
    whole = Printer.text

    def losing(self: Printer, value: Any) -> str:
        return whole(self, value).replace(" # ours", "")

    assert "# ours" in formatted(text, "app.yaml")
    monkeypatch.setattr(Printer, "text", losing)
    with pytest.raises(Error, match="cannot be laid out"):
        formatted(text, "app.yaml")
