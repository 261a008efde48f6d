"""Nothing of a project is run by a command that only reads it.

Whatever of the project would run writes a file. `verify`, `--verify`, `--adopt` and `models:` run
Python and say so.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from environment import (
    SHOP,
    Environment,
    clean_environment,
    environment,
    forked,
    written,
)
from gen_migration.cli import main
from servers import in_turn
from sqlalchemy.exc import NoSuchModuleError

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
LINE = "      state: {type: text, default: new}\n"
EDITED = SHOP.replace(LINE, LINE + "      note: {type: text, nullable: true}\n")

# Each with whether a generated revision that cannot be read is in its way.
READS = [
    ("shop.yaml", True),
    ("shop.yaml --check", True),
    ("shop.yaml --dry-run", True),
    ("shop.yaml --sql", True),
    ("shop.yaml --check --head heads", True),
    (
        "shop.yaml --dry-run --head base --splice --branch-label x --depends-on aaaa",
        None,
    ),
    ("shop.yaml --amend", None),
    ("shop.yaml --amend --dry-run", None),
    ("shop.yaml --amend --force", None),
    ("diff shop.yaml", True),
    ("diff history shop.yaml --format text", True),
    ("diff history shop.yaml --format markdown", True),
    ("diff history shop.yaml --format json", True),
    ("diff history shop.yaml --format sql", True),
    ("diff history shop.yaml --format mermaid", True),
    ("diff history shop.yaml --format github", True),
    ("diff history shop.yaml --format gitlab", True),
    ("diff history shop.yaml --format sarif", True),
    ("diagram history", True),
    ("diagram shop.yaml --old history", True),
    ("diagram shop.yaml", False),
    ("docs shop.yaml --output site", False),
    ("docs history --output site --format markdown", True),
    ("format shop.yaml", False),
    ("format shop.yaml --check", False),
    ("import postgresql://127.0.0.1:1/nothing --output new.yaml", None),
    ("stats postgresql://127.0.0.1:1/nothing shop.yaml", None),
    ("status postgresql://127.0.0.1:1/nothing", None),
    ("completion bash", False),
    ("doctor", None),
    ("explain GM101", False),
    ("init --name other", False),
    ("models shop.yaml --output models.py", False),
    ("schema", False),
]
RUNS = {"verify"}  # `alembic upgrade` on a scratch database


def canary(project: Environment, name: str) -> str:
    """Return a statement that leaves a trace."""
    return f"open({str(project.root.parent / f'RAN {name}')!r}, 'w').close()\n"


def traces(project: Environment) -> list[str]:
    return sorted(path.name for path in project.root.parent.glob("RAN *"))


def put_before(path: Path, code: str) -> None:
    path.write_text(code + path.read_text("utf-8"), encoding="utf-8")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return an environment with a revision by hand and one of ours, which the spec is ahead of."""
    made = environment(tmp_path_factory.mktemp("sound") / "project")
    made.hand_written("aaaa1111")
    written(made.generate())
    made.spec(EDITED)
    return made


@pytest.fixture
def project(sound: Environment, tmp_path: Path) -> Environment:
    """Return an environment with canaries wherever Alembic would run something."""
    made = Environment(tmp_path / "project")
    shutil.copytree(sound.root, made.root)
    made.configure(revision_environment="true")
    (hand,) = made.versions.glob("aaaa1111_*.py")
    text = canary(made, "hand upgrade").join(("\n\ndef upgrade() -> None:\n    ", "\n"))
    hand.write_text(
        canary(made, "hand")
        + hand.read_text("utf-8").partition("\n\ndef ")[0]
        + text
        + "\n\ndef downgrade() -> None:\n    pass\n",
        encoding="utf-8",
    )
    put_before(made.root / "migrations" / "env.py", canary(made, "env"))
    (made.versions / "__init__.py").write_text(canary(made, "versions"), "utf-8")
    (made.root / "migrations" / "__init__.py").write_text(
        canary(made, "package"), "utf-8"
    )
    put_before(
        made.root / "migrations" / "script.py.mako", f"<% {canary(made, 'template')} %>"
    )
    return made


def generated(project: Environment) -> Path:
    (path,) = project.versions.glob("*_shop.py")
    return path


def at_the_top(project: Environment) -> int:
    """Let a generated revision run something when it is imported; return the line."""
    path = generated(project)
    code = f"import os; os.system('touch {project.root.parent}/RAN\\\\ top')\n"
    text = path.read_text("utf-8")
    head, found, rest = text.partition("\n# revision identifiers")
    path.write_text(head + "\n" + code + found + rest, encoding="utf-8")
    return head.count("\n") + 2


def in_upgrade(project: Environment) -> int:
    """Let the upgrade of a generated revision run something; return the line."""
    path = generated(project)
    head, found, rest = path.read_text("utf-8").partition("def upgrade() -> None:\n")
    path.write_text(
        f"{head}{found}    {canary(project, 'upgrade')}{rest}", encoding="utf-8"
    )
    return (head + found).count("\n") + 1


def run(project: Environment, command: str) -> tuple[int, str]:
    os.chdir(project.root)
    done = CliRunner().invoke(main, shlex.split(command))
    assert done.exception is None or isinstance(done.exception, SystemExit), done
    return done.exit_code, done.stderr


@pytest.fixture(autouse=True)
def back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_canaries_sing(project: Environment) -> None:
    """Alembic itself runs them: that none is heard below says something."""
    assert len(project.scripts().get_heads()) == 1
    with contextlib.suppress(SystemExit, NoSuchModuleError):  # of no database
        project.alembic("upgrade", "head", "--sql")
    assert "RAN hand" in traces(project)
    assert "RAN env" in traces(project)


def test_every_command_is_tried() -> None:
    tried = {"generate", *(command.split()[0] for command, _ in READS), *RUNS}
    assert set(main.list_commands(None)) <= tried  # type: ignore[arg-type]


@pytest.mark.parametrize("command", [command for command, _ in READS])
def test_what_is_sound_is_read_and_not_run(command: str, project: Environment) -> None:
    status, stderr = run(project, command)
    assert "Traceback" not in stderr
    assert status in {0, 1} or "postgresql" in command or "--splice" in command, stderr
    assert traces(project) == []


@pytest.mark.parametrize(("command", "stops"), READS)
@pytest.mark.parametrize("place", [at_the_top, in_upgrade])
def test_a_strangers_code_is_an_error_with_its_line(
    place: object, command: str, stops: bool | None, project: Environment
) -> None:
    assert callable(place)
    line = place(project)
    status, stderr = run(project, command)
    assert traces(project) == []
    where = f"{generated(project).relative_to(project.root)}:{line}: "
    if stops is not None:
        assert (status == 2, where in stderr) == (stops, stops), stderr


DEEP = "-" * 200_000 + "1\n"
UNREADABLE = {
    "no Python": "\ndef f(:\n",
    "a null byte": "\n\0\n",
    "quotes": "\n" + "'" * 30_001 + "\n",
    "deep": f"\nx = {DEEP}",
    "deep in a function": f"\ndef f():\n    x = {DEEP}",
    "brackets": "\nx = " + "[" * 30_000,
    "a chain": "\nx = 1" + " + 1" * 30_000 + "\n",
    "no Python in adopted": "\ndef adopted(: pass\n",
    "deep in adopted": f"\ndef adopted():\n    x = {DEEP}",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_an_error(name: str, project: Environment) -> None:
    """It is none of Python's own, whatever is asked."""
    path = generated(project)
    path.write_text(path.read_text("utf-8") + UNREADABLE[name], encoding="utf-8")
    for options in ("--check", "--amend", "--adopt --dry-run", "--amend --force"):
        status, stderr = run(project, f"shop.yaml {options}")
        assert stderr.startswith("error: ") or status == 0, stderr
        assert status == 2 or options.endswith("--force")
        assert path.name in stderr or status == 0
    assert traces(project) == []


HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
# What this process imports late, under names that a project could have as well.
MODULES = """
alembic postgast jinja2 yaml pydantic pydantic_core mako sqlalchemy rich ruff google platformdirs
tomllib markupsafe secrets random zoneinfo graphlib statistics
""".split()


@pytest.fixture
def shadowed(project: Environment) -> Environment:
    """Return a project with modules of the names that the tool imports."""
    for name in MODULES:
        (project.root / f"{name}.py").write_text(canary(project, name), "utf-8")
    for name in ("app", "app/db"):
        (project.root / name).mkdir()
        (project.root / name / "__init__.py").write_text(
            canary(project, name[-3:].strip("/")), "utf-8"
        )
    return project


def process(project: Environment, *command: str, **environ: str) -> tuple[int, str]:
    done = subprocess.run(
        command,
        cwd=project.root,
        env=clean_environment() | {"PYTHONSAFEPATH": ""} | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


PROCESSES = [f"gen-migration {command}" for command, _ in READS[:4] + READS[10:11]]
# As a project writes them, each with its exit status beside a revision that cannot be read.
OF_HOOKS = {
    "gen-migration-check": ("shop.yaml", 2),
    "gen-migration-format": ("shop.yaml", 0),
    "gen-migration-models": ("shop.yaml --output models.py", 1),
}
PROCESSES += [f"{hook['entry']} {OF_HOOKS[hook['id']][0]}" for hook in HOOKS]


@pytest.mark.parametrize(
    ("command", "location"), in_turn(PROCESSES, ["path", "package"])
)
def test_a_module_of_the_project_is_not_imported(
    command: str, location: str, shadowed: Environment
) -> None:
    """Alembic puts the project in front of Python's path, and imports what a location names."""
    if location == "package":
        shutil.move(shadowed.root / "migrations", shadowed.root / "app" / "db")
        shadowed.edit(shadowed.ini, "%(here)s/migrations", "app.db:migrations")
    program, *arguments = shlex.split(command)
    status, said = process(shadowed, str(BIN / program), *arguments)
    assert status in {0, 1}, said
    assert traces(shadowed) == []


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_run_nothing(hook: dict[str, str], project: Environment) -> None:
    at_the_top(project)
    given, expected = OF_HOOKS[hook["id"]]
    done = forked(shlex.split(f"{hook['entry']} {given}"), project.root)
    assert done.status == expected, done
    assert traces(project) == []


@pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash"
)
@pytest.mark.parametrize("place", [None, at_the_top, in_upgrade])
def test_the_action_runs_nothing(place: object, shadowed: Environment) -> None:
    if callable(place):
        place(shadowed)
    files = {name: str(shadowed.root.parent / name) for name in ("outputs", "summary")}
    status, said = process(
        shadowed,
        str(ROOT / "action" / "review.sh"),
        SPEC="shop.yaml",
        BASE="",
        OUTPUT="",
        CONFIG="",
        FAIL_ON="never",
        STATS="",
        RUNNER_TEMP=str(shadowed.root.parent),
        GITHUB_OUTPUT=files["outputs"],
        GITHUB_STEP_SUMMARY=files["summary"],
        PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}",
    )
    assert status == 0, said
    outputs = Path(files["outputs"]).read_text("utf-8")
    assert f"status={2 if place else 1}\n" in outputs
    assert traces(shadowed) == []


@pytest.mark.parametrize(
    ("command", "runs"),
    [("--check", 0), ("--dry-run", 0), ("--sql", 0), ("", 1), ("--amend", 0)],
)
def test_a_hook_of_alembics_runs_where_something_is_written(
    command: str, runs: int, project: Environment
) -> None:
    project.hooks(
        trace={
            "type": "exec",
            "executable": shutil.which("touch") or "touch",
            "options": f"'{project.root.parent}/RAN hook'",
        }
    )
    run(project, f"shop.yaml {command}")
    assert traces(project) == ["RAN hook"] * runs
