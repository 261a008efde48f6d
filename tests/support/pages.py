"""README and the pages of `docs/`: what their fenced blocks show is what happens.

A page is a story. Its blocks are taken in their order, in a directory that is empty before the
first. Each console block is run and compared, line by line: a line of `…` stands for lines that are
not shown, and a number of seconds for any other; a command that shows no output makes no promise
but its exit status. Sessions of Python (`pycon`) are doctests. A comment before a block says what
else it is:

    <!-- begin: app -->     what README begins with is there: its spec, the revision, a branch main
    <!-- file: PATH -->     it is written to PATH
    <!-- edit: PATH -->     it is a diff, which is made in PATH
    <!-- in: PATTERN -->    it stands in one of these files
    <!-- exit: STATUS -->   its last command exits with STATUS, and not with 0
    <!-- not run: WHY -->   it is not looked at: a test of its own does, or none can

`file` and `edit` may hold the text themselves, after their first line, and `run` commands, a line
each: readers do not see them. What has no comment has to be what its language says: `yaml` is a
spec, and `yml` any other YAML. `postgresql://localhost/NAME` is an empty database of its own.
"""

from __future__ import annotations

import ast
import doctest
import json
import os
import re
import shlex
import subprocess
import textwrap
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import databases
import yaml
from click.testing import CliRunner
from environment import Done, forked
from gen_migration.base.configuration import configured
from gen_migration.cli import main
from gen_migration.postgres import urls
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
TOKEN = re.compile(
    r"^ *<!-- (?P<word>begin|file|edit|in|run|exit|not run): (?P<rest>.*?)\s*-->"
    r"|^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
URL = re.compile(r"postgresql(?P<driver>\+\w+)?://localhost/(?P<name>\w+)")
SECONDS = re.compile(r" *\b\d+\.\d+ s\b")
# What a machine that is busy says beside: a statement that takes longer than a second.
BESIDE = re.compile(r"^INFO .* runs for \d+ s: .*\n", re.MULTILINE)
# Dates that are shown, of commits and of today.
DAY, EPOCH = "2026-11-30T12:00:00Z", "1796040000"
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "ada@example.org" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": DAY for who in ("AUTHOR", "COMMITTER")},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block, or a comment that holds a text; where its text is in the page."""

    notes: dict[str, str]
    language: str
    text: str
    indent: str
    span: tuple[int, int]


def page(name: str) -> str:
    """Return the text of a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(source: str) -> Iterator[Block]:
    """Yield the blocks of a page, each with the comments before it."""
    notes: dict[str, str] = {}
    for found in TOKEN.finditer(source):
        if found["word"] is None:
            text = re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
            yield Block(
                notes=notes,
                language=found["language"],
                text=text,
                indent=found["indent"],
                span=found.span("text"),
            )
            notes = {}
            continue
        first, line_end, body = found["rest"].partition("\n")
        notes[found["word"]] = first
        if line_end or found["word"] in {"begin", "run"}:
            text = f"{body}\n"
            yield Block(
                notes=notes, language="", text=text, indent="", span=found.span()
            )
            notes = {}
    assert notes == {}, f"no block follows {notes}"


def edited(text: str, diff: str) -> str:
    """Return a text after a diff without line numbers."""
    before, after = (
        "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in kinds)
        for kinds in (" -", " +")
    )
    assert text.count(before) == 1, f"not once in the file:\n{before}"
    return text.replace(before, after)


def a_spec(text: str) -> None:
    load(text, "spec.yaml")


def a_configuration(text: str) -> None:
    if "gen-migration" in tomllib.loads(text).get("tool", {}):
        configured(text.encode(), "pyproject.toml")


def a_script(text: str) -> None:
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)


# What a block of a language has to be, where no comment says more.
IS: dict[str, Callable[[str], object]] = {
    "yaml": a_spec,
    "yml": yaml.safe_load,
    "toml": a_configuration,
    "json": json.loads,
    "python": ast.parse,
    "sh": a_script,
    "sql": str,
    "text": str,
}


class Story:
    """A page in its directory, which is the working directory."""

    def __init__(self, path: Path, close: contextlib.ExitStack) -> None:
        self.page = path.read_text(encoding="utf-8")
        self.close = close
        self.databases: dict[str, str] = {}
        self.found: list[tuple[Block, str]] = []
        self.names: dict[str, object] = {}

    def take(self) -> None:
        """Take all blocks in their order. Raises AssertionError."""
        for block in blocks(self.page):
            notes = block.notes
            if "begin" in notes:
                self.begin()
            elif "not run" in notes:
                assert notes["not run"], block.text
            elif "file" in notes:
                path = Path(notes["file"])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.real(block.text), encoding="utf-8")
            elif "edit" in notes:
                path = Path(notes["edit"])
                text = edited(self.shown(path.read_text("utf-8")), block.text)
                path.write_text(self.real(text), encoding="utf-8")
            elif "in" in notes:
                files = [
                    self.shown(path.read_text("utf-8"))
                    for path in Path().glob(notes["in"])
                ]
                assert any(block.text in text for text in files), block.text
            elif "run" in notes:
                self.silently(notes["run"], *block.text.splitlines())
            elif block.language == "pycon":
                self.session(block)
            elif block.language == "console":
                self.found.append((block, self.console(block)))
            else:
                assert block.language in IS, f"no test knows what {block.language} is"
                IS[block.language](block.text)

    def begin(self) -> None:
        """Write what README begins with."""
        spec = next(
            block for block in blocks(page("README.md")) if "file" in block.notes
        )
        Path("spec").mkdir()
        Path(spec.notes["file"]).write_text(spec.text, encoding="utf-8")
        self.silently(f"gen-migration {spec.notes['file']}", "git init -qb main")
        self.silently("git add .", "git commit -qm first")

    def silently(self, *commands: str) -> None:
        for command in filter(None, commands):
            done = self.run(command)
            assert done.status == 0, f"{command}\n{done}"

    def console(self, block: Block) -> str:
        """Run the commands of a block, and return it with what they say."""
        parts = re.split(r"^(\$ .*(?:\\\n.*)*)\n", block.text, flags=re.MULTILINE)[1:]
        said = ""
        for command, shown in zip(parts[::2], parts[1::2], strict=True):
            done = self.run(command.removeprefix("$ "))
            last = shown is parts[-1]
            status = int(block.notes.get("exit", 0)) if last else 0
            assert done.status == status, f"{command}\n{done}"
            output = self.shown(done.stdout)
            output = re.sub(r"[ \t]+$", "", output, flags=re.MULTILINE).rstrip("\n")
            output = f"{output}\n" if output else ""
            same = not shown or is_shown(output, shown)
            said += f"{command}\n{shown if same else output}"
        return said

    def session(self, block: Block) -> None:
        """Run a session of Python, which knows the names of those before it in the page."""
        test = doctest.DocTestParser().get_doctest(
            block.text, self.names, "page", "", 0
        )
        said: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
            test, out=said.append, clear_globs=False
        )
        self.names = test.globs
        assert said == [], "".join(said)

    def updated(self) -> str:
        """Return the page with what was found."""
        page = self.page
        for block, text in reversed(self.found):
            start, end = block.span
            page = page[:start] + textwrap.indent(text, block.indent) + page[end:]
        return page

    def run(self, command: str) -> Done:
        """Run a command; what it says on both streams is its standard output."""
        words = shlex.split(self.real(command), comments=True)
        target = ""
        if ">" in words:
            *words, _, target = words
        done = self.ran(words)
        if target:
            Path(target).write_text(done.stdout, encoding="utf-8")
            done = Done(done.status, "", "")
        return done

    def ran(self, words: list[str]) -> Done:
        # What imports modules of a project does so in a process of its own.
        if words[0] == "alembic" or any(one.startswith("models:") for one in words):
            done = forked(words, Path.cwd(), SOURCE_DATE_EPOCH=EPOCH, PYTHONPATH=".")
            return Done(done.status, done.stderr + done.stdout, "")
        if words[0] == "gen-migration":
            result = CliRunner().invoke(main, words[1:])
            if not isinstance(result.exception, SystemExit | None):
                raise result.exception
            return Done(result.exit_code, result.output, "")
        if words[0] == "psql":
            words[:1] = [str(scratch.program("psql")), "-Xq", "-P", "pager=off"]
        assert Path(words[0]).name in {"cat", "git", "ls", "mkdir", "psql", "rm"}, words
        run = subprocess.run(
            words,
            env=os.environ | GIT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Done(run.returncode, run.stdout, "")

    def real(self, text: str) -> str:
        """Return a text with URLs of databases that there are."""

        def real(found: re.Match[str]) -> str:
            name = found["name"]
            if name not in self.databases:
                url = self.close.enter_context(databases.database())
                self.databases[name] = url
            scheme = f"postgresql{found['driver'] or ''}"
            return self.databases[name].replace("postgresql", scheme, 1)

        return URL.sub(real, text)

    def shown(self, text: str) -> str:
        """Return a text with URLs as pages have them."""
        for name, url in self.databases.items():
            for one in (url, urls.for_libpq(url), urls.masked(url)):
                _, _, rest = one.partition("://")
                # A narrow terminal's lines may break it.
                wrapped = r"(?:\n +)?".join(map(re.escape, rest))
                text = re.sub(f"://{wrapped}", f"://localhost/{name}", text)
        return text


def is_shown(output: str, shown: str) -> bool:
    """Tell whether an output is what a page shows of it."""
    pattern = "".join(
        "(?:.*\n)*" if line == "…" else f"{re.escape(line)}\n"
        for line in SECONDS.sub(" 0.0 s", shown).splitlines()
    )
    found = SECONDS.sub(" 0.0 s", BESIDE.sub("", output))
    return re.fullmatch(pattern, found) is not None
