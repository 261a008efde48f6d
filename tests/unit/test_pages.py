"""README and the pages of `docs/` speak of all that there is, and their links lead somewhere."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
from typing import TYPE_CHECKING

import click
import pytest
from environment import forked
from gen_migration.base.configuration import Configuration, configured
from gen_migration.cli import main
from gen_migration.spec.shapes import SpecShape
from pages import PAGES, ROOT, TEXT, blocks, page

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
COMMANDS = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_them(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert f"gen-migration {name}" in TEXT or name == "generate"
    assert command.help
    assert re.search(rf"\bExample:\n  .*gen-migration ({name}|spec)", command.help)
    for parameter in command.params:
        for option in parameter.opts:
            assert f"`{option}" in TEXT or not option.startswith("--")


def test_what_the_code_says_is_fresh() -> None:
    made = runpy.run_path(str(ROOT / "scripts/reference.py"))["pages"]()
    for path, text in made.items():
        assert text == path.read_text(encoding="utf-8"), "python scripts/reference.py"
    man = runpy.run_path(str(ROOT / "scripts/man.py"))
    assert man["page"]() == man["PAGE"].read_text("utf-8"), "python scripts/man.py"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_man_page_is_one() -> None:
    command = ["groff", "-man", "-ww", "-Tascii", "man/gen-migration.1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr == ""
    # Bold is said by colours of a terminal, or by a letter over itself.
    shown = re.sub(".\x08", "", click.unstyle(done.stdout))
    for name in COMMANDS:
        assert f"gen-migration {name}" in shown


def test_every_key_of_a_spec_is_in_them() -> None:
    for word in SpecShape.by_word():
        assert f"`{word}`" in TEXT


def test_what_is_assumed_of_sizes_is_what_stands_there() -> None:
    sizes = [block.text for block in blocks(page("docs/how-to/sizes.md"))]
    shown = next(text for text in sizes if "busy-writes" in text)
    assert configured(shown.encode(), "pyproject.toml").assume == Configuration().assume
    assert "stats-age" in shown


def test_every_key_of_the_configuration_is_in_its_page() -> None:
    shown = page("docs/reference/configuration.md")
    for name in Configuration.__struct_encode_fields__:
        assert f"| `{name}` |" in shown


def test_make_targets_that_they_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`|\$ )make (\w+)", TEXT):
        assert f"\n{target}:" in makefile


def test_help_fits_a_narrow_terminal() -> None:
    for arguments in (["--help"], *([name, "--help"] for name in COMMANDS)):
        done = forked(["gen-migration", *arguments], ROOT)
        assert (done.status, done.stdout[:7]) == (0, "Usage: ")
        assert max(map(len, done.stdout.splitlines())) <= 80


def prose(path: Path) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and Sphinx make them."""
    titles = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in plain}


def test_links_lead_somewhere() -> None:
    broken = []
    others = (ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md")
    for one in (*PAGES, *others):
        for link in LINK.findall(prose(one)):
            name, _, anchor = link.partition("#")
            target = one.parent / name if name else one
            if "://" not in link and not (
                target.exists() and (not anchor or anchor in anchors(target))
            ):
                broken.append(f"{one.relative_to(ROOT)}: {link}")
    assert broken == []


def test_every_page_is_reached() -> None:
    """The page that begins the site links to each, and lists it at its side."""
    index = ROOT / "docs" / "index.md"
    text = index.read_text(encoding="utf-8")
    listed = re.findall(r"^[\w/*-]+$", text, re.MULTILINE)
    found = {path for one in listed for path in index.parent.glob(f"{one}.md")}
    linked = {index.parent / link for link in LINK.findall(text)}
    pages = {*PAGES} - {index, ROOT / "README.md"}
    assert (found, linked) == (pages, pages), "docs/index.md"


def test_readme_is_a_page() -> None:
    assert page("README.md").count("\n") <= 250
