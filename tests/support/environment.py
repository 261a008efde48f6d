"""A project in a directory of its own, where the tool and Alembic are run as users run them."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from alembic import config as alembic_config
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from forks import Fork
from gen_migration.cli import main
from gen_migration.postgres import urls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM = [sys.executable, "-m", "gen_migration"]
SHOP = """\
name: shop
description: Create the shop.
tables:
  customers:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      email: {type: text, unique: true}
      state: {type: text, default: new}
    indexes:
      ix_customers_by_their_current_state_only: [state]
    checks:
      ck_customers_state: state IN ('new', 'old')
  orders:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      customer_id: {type: bigint, references: customers.id, on_delete: cascade}
"""


# What no other user may do: to move what an extension holds, which belongs to a superuser, to make
# a transform, an access method, an operator class, an event trigger, a parser of text search or a
# foreign data wrapper, to publish all tables of the database or of a schema, or to subscribe to
# what another server publishes. Golden changes, or folders of them.
SUPERUSERS = {
    *("alter_foreign_data_wrapper", "create_foreign_data_wrapper"),
    *("drop_foreign_data_wrapper", "rename_foreign_data_wrapper"),
    *("alter_foreign_server", "create_foreign_server", "drop_foreign_server"),
    *("rename_foreign_server", "rename_foreign_table", "set_foreign_table_schema"),
    *("alter_foreign_table", "create_foreign_table", "drop_foreign_table"),
    "rename_foreign_table_column",
    *("create_text_search_configuration/anew", "rename_function/of_a_template"),
    "rename_function/of_an_operator_class",
    *("create_text_search_parser", "create_text_search_template"),
    *("drop_text_search_parser", "drop_text_search_template"),
    *("rename_text_search_parser", "rename_text_search_template"),
    *("set_text_search_parser_schema", "set_text_search_template_schema"),
    "alter_event_trigger/state",
    "alter_extension/moved",
    "create_statement/foreign_partition",
    "alter_publication/schemas",
    "alter_subscription/in_place",
    "create_event_trigger/all",
    "create_event_trigger/anew",
    "create_publication/all",
    "create_subscription/all",
    "drop_event_trigger",
    "rename_event_trigger",
    "drop_subscription/with_its_slot",
    "rename_subscription/renamed",
    *("create_access_method", "drop_access_method", "drop_cast/with_its_type"),
    *("alter_transform", "create_transform", "drop_transform"),
    "alter_function/transforms",
    "alter_function/transforms_that_come",
    *("alter_language", "create_language", "drop_language", "rename_language"),
    *("create_base_type", "create_shell_type", "drop_base_type", "drop_shell_type"),
    *("rename_base_type", "set_base_type_schema"),
    "alter_operator_family",
    "create_operator/anew",
    "create_operator_class",
    "create_operator_family",
    "drop_operator_class",
    "drop_operator_family",
    "rename_operator_class",
    "rename_operator_family",
    "set_operator_class_schema",
    "set_operator_family_schema",
    "set_table_access_method/written_anew",
}


def is_superusers(case: str) -> bool:
    """Tell whether a golden change is one of a superuser."""
    return not SUPERUSERS.isdisjoint((case, case.partition("/")[0]))


def as_superuser(url: str) -> str:
    """Return the URL of a scratch database for the administrator of the embedded server."""
    return urls.with_database(url, urls.parse(url).database, user="postgres")


@dataclasses.dataclass(frozen=True)
class Done:
    """What a run of a program left behind."""

    status: int
    stdout: str
    stderr: str


@dataclasses.dataclass(frozen=True)
class Environment:
    """A directory with an Alembic configuration in it."""

    root: Path

    @property
    def ini(self) -> Path:
        return self.root / "alembic.ini"

    @property
    def versions(self) -> Path:
        return self.root / "migrations" / "versions"

    def spec(self, text: str = SHOP, name: str = "shop.yaml") -> str:
        (self.root / name).write_text(text, encoding="utf-8")
        return name

    def configure(self, **options: str) -> None:
        """Set options in the section [alembic]."""
        lines = "".join(f"{key} = {value}\n" for key, value in options.items())
        self.edit(self.ini, "[alembic]\n", f"[alembic]\n{lines}")

    def hooks(self, **hooks: Mapping[str, str]) -> None:
        """Set the post-write hooks."""
        lines = [f"hooks = {', '.join(hooks)}"]
        lines += [
            f"{name}.{key} = {value}"
            for name, options in hooks.items()
            for key, value in options.items()
        ]
        section = "[post_write_hooks]\n"
        self.edit(self.ini, section, section + "\n".join(lines) + "\n")

    def edit(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def generate(self, *arguments: str, spec: str = SHOP) -> Done:
        """Run the tool in this process."""
        name = self.spec(spec)
        with contextlib.chdir(self.root):
            result = CliRunner().invoke(main, [name, *arguments])
        if result.exception is not None:
            assert isinstance(result.exception, SystemExit), result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    def run(self, *arguments: str, **environ: str) -> Done:
        """Run the tool in a process of its own."""
        return forked(["gen-migration", *arguments], self.root, **environ)

    def alembic(self, *arguments: str) -> str:
        """Run a command of Alembic that needs no database; its output."""
        output = io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(output):
            alembic_config.CommandLine(prog="alembic").main(list(arguments))
        return output.getvalue()

    def hand_written(self, revision: str, *arguments: str) -> Path:
        """Write a revision as users of Alembic do."""
        self.alembic("revision", "--rev-id", revision, "-m", "by hand", *arguments)
        (path,) = self.root.rglob(f"*{revision}_by_hand.py")
        return path

    def files(self) -> list[str]:
        """Return the names of all revisions, and whatever else lies beside them."""
        found = (*self.root.rglob("versions*/**/*"), *self.root.glob("output/*"))
        return sorted(
            str(path.relative_to(self.root))
            for path in found
            if path.is_file() and "__pycache__" not in path.parts
        )

    def scripts(self) -> ScriptDirectory:
        """Return what Alembic reads."""
        toml = self.root / "pyproject.toml"
        with contextlib.chdir(self.root):
            return ScriptDirectory.from_config(
                alembic_config.Config(
                    str(self.ini), toml_file=str(toml) if toml.exists() else None
                )
            )

    def down_revision(self, path: str) -> Any:
        """Return the parents of the revision that a run has printed."""
        revision = revision_of(self.root / path)
        script = self.scripts().get_revision(revision)
        assert script is not None
        return script.down_revision


def process(command: list[str], cwd: Path, **environ: str) -> Done:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=clean_environment() | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def forked(command: Sequence[str], cwd: Path, **environ: str) -> Done:
    """Run a program as `process` does, but without the time to start and import it."""
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        of = clean_environment() | environ
        streams = {"out": out.fileno(), "err": err.fileno()}
        status = Fork(command, cwd, of, **streams).wait().status
        return Done(status, said(out), said(err))


def said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


def clean_environment() -> dict[str, str]:
    left_out = {"ALEMBIC_CONFIG", "SOURCE_DATE_EPOCH"}
    return {key: value for key, value in os.environ.items() if key not in left_out}


def revision_of(path: Path) -> str:
    match = re.search(
        r'^revision: str = "(\w+)"$', path.read_text("utf-8"), re.MULTILINE
    )
    assert match is not None
    return match[1]


def written(done: Done) -> str:
    """Return the path that a successful run has printed, and nothing else with it."""
    assert (done.status, done.stderr.count("Traceback")) == (0, 0), done
    (path,) = done.stdout.splitlines()[-1:]
    return path


def refused(done: Done, *words: str) -> None:
    """Insist on an error that a user can read."""
    assert done.status == 2, done
    assert done.stderr.startswith("error: "), done
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    assert done.stdout == ""


def environment(root: Path, template: str = "generic") -> Environment:
    """Return a directory with what `alembic init` makes in it."""
    shutil.copytree(made(template).root, root, dirs_exist_ok=True)
    return Environment(root)


@cache
def made(template: str) -> Environment:
    root = tempfile.mkdtemp(prefix="gen-migration-init-")
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    result = Environment(Path(root))
    result.alembic("init", "--template", template, "migrations")
    return result
