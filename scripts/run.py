"""`make run`: a revision, an edit of the spec and its revision, on a real PostgreSQL and back.

All is written into a temporary directory: the spec and `output/` stay as they are.
"""

from __future__ import annotations

import ast
import difflib
import os
import shlex
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from gen_migration.history import offline_sql
from gen_migration.scratch import built, databases, prerequisites
from gen_migration.spec.load import load_file

ROOT = Path(__file__).parents[1]
SPEC, OUTPUT = Path("spec/notifications.yaml"), Path("output")
WIDTH = 80
# Lines of the spec, and what is added after them: a column, and an index over it.
EDITS = (
    (
        "      status: {type: varchar(20), default: unread}\n",
        "      priority: {type: varchar(10), default: normal}\n",
    ),
    (
        "      ix_notifications_user_id: [user_id]\n",
        "      ix_notifications_user_id_priority: [user_id, priority]\n",
    ),
)


def main() -> None:
    """Show the main path in a temporary directory, and leave nothing."""
    with tempfile.TemporaryDirectory(prefix="gen-migration-run-") as name:
        os.chdir(name)
        SPEC.parent.mkdir()
        SPEC.write_bytes((ROOT / SPEC).read_bytes())
        with databases.database() as url:
            built.prepare(url, prerequisites.of_all([load_file(SPEC)]))
            first(url)
            edit(url)


def first(url: str) -> None:
    """Write the first revision, compare it with that of the repository, and run it."""
    say("The first revision of the spec, and PostgreSQL after it")
    run("gen-migration", str(SPEC))
    (path,) = OUTPUT.iterdir()
    same = path.read_bytes() == (ROOT / path).read_bytes()
    print(
        f"\nit is {'the same as' if same else 'NOT THE SAME AS'} {path} of this repository"
    )
    if not same:
        raise SystemExit(1)
    upgrade(url)
    for table in load_file(SPEC).schema.tables:
        describe(url, table.sql)


def edit(url: str) -> None:
    """Edit the spec, and show its review, its revisions, their upgrade and the way back."""
    say("An edit: a column, and an index over it")
    text = edited = SPEC.read_text("utf-8")
    for line, more in EDITS:
        edited = edited.replace(line, line + more, 1)
    SPEC.write_text(edited, encoding="utf-8")
    old, new = (one.splitlines(keepends=True) for one in (text, edited))
    show("".join(difflib.unified_diff(old, new, "before", str(SPEC), n=1)))
    run("gen-migration", "diff", "history", str(SPEC), good=1)
    # What is written is laid out with the project's own settings of ruff.
    Path("ruff.toml").write_text(f"line-length = {WIDTH}\n", encoding="utf-8")
    for path in run("gen-migration", str(SPEC)).split():
        code = Path(path).read_text("utf-8")
        print(f"\n# {path}")
        for one in ast.parse(code).body:
            if isinstance(one, ast.FunctionDef) and one.name in {
                "upgrade",
                "downgrade",
            }:
                print(f"\n{ast.get_source_segment(code, one)}")
    upgrade(url)
    describe(url, "notifications")
    say("And the way back")
    print("$ alembic downgrade base", flush=True)
    offline_sql.downgrade(url, OUTPUT)
    print("all tables are gone again")


def upgrade(url: str) -> None:
    print("\n$ alembic upgrade head", flush=True)
    offline_sql.upgrade(url, OUTPUT)


def describe(url: str, table: str) -> None:
    """Show a table as psql does."""
    command = f"\\d {table}"
    print(f"\n=# {command}")
    layout = ("pager=off", "border=0", "format=wrapped", f"columns={WIDTH}")
    options = [word for one in layout for word in ("-P", one)]
    run(
        str(databases.program("psql")),
        "-Xq",
        *options,
        "-d",
        url,
        "-c",
        command,
        quiet=True,
    )


def say(what: str) -> None:
    print(f"\n{what}\n{'-' * len(what)}")


def run(*command: str, good: int = 0, quiet: bool = False) -> str:
    """Run a command, show it with what it says, and return that; end where it fails."""
    if not quiet:
        print(f"\n$ {shlex.join(command)}", flush=True)
    program, *arguments = command
    if program == "gen-migration":
        command = (sys.executable, "-m", "gen_migration", *arguments)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    show(done.stdout)
    if done.returncode != good:
        raise SystemExit(done.returncode or 1)
    return done.stdout


def show(text: str) -> None:
    """Print lines that fit on a terminal of 80 columns."""
    for line in text.rstrip().splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        held = textwrap.wrap(
            line, WIDTH, subsequent_indent=indent, break_on_hyphens=False
        )
        print("\n".join(held or [""]))
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever reads has seen enough; what is left is not for them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
