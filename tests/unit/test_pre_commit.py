"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a scratch repository.

With `language: python`, pre-commit would install this repository and what it needs from PyPI. A
test has no network, so the hooks' repository here is a copy of the file that says
`language: system`: the program that is run is the one under test, and all else is as published.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import forks
import pytest
import yaml

ROOT = Path(__file__).parents[2]
PUBLISHED = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
SPEC = "name: app\ntables:\n  t:\n    columns: { id: uuid } # mine\n"
FINE = "name: app\ntables:\n  t:\n    columns: # mine\n      id: uuid\n"
BIN = Path(sys.executable).parent

pytestmark = pytest.mark.skipif(
    not (shutil.which("git") and (BIN / "pre-commit").exists()),
    reason="git and pre-commit are needed",
)


def run(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "PATH": os.pathsep.join(map(str, [forks.programs(), BIN, os.environ["PATH"]])),
        "PRE_COMMIT_HOME": str(directory.parent / "cache"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }
    return subprocess.run(
        command,
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def committed(directory: Path, files: dict[str, str]) -> str:
    """Make a repository of some files; its revision."""
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in ("init -q", "add -A", "commit -q -m first --no-verify"):
        done = run(directory, "git", *command.split())
        assert done.returncode == 0, done.stderr
    return run(directory, "git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository that uses all hooks, beside that of the hooks and pre-commit's cache."""
    home = tmp_path_factory.mktemp("made")
    (home / "cache").mkdir()
    local = PUBLISHED.replace("language: python", "language: system")
    assert local.count("language: system") == 3
    hooks = home / "hooks"
    revision = committed(hooks, {".pre-commit-hooks.yaml": local})
    hook = {"id": "gen-migration-check", "args": ["spec/app.yaml"]}
    models = {
        "id": "gen-migration-models",
        "args": ["spec/app.yaml", "--output", "m.py"],
    }
    used = [{"id": "gen-migration-format"}, hook, models]
    config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": used}]}
    files = {
        ".pre-commit-config.yaml": yaml.safe_dump(config),
        "spec/app.yaml": SPEC,
        "docs/other.yaml": "a:   1\n",
    }
    committed(home / "project", files)
    return home / "project"


@pytest.fixture
def repository(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    shutil.copytree(made, tmp_path / "project")
    (tmp_path / "cache").symlink_to(made.parent / "cache")
    return tmp_path / "project"


def pre_commit(repository: Path, hook: str) -> subprocess.CompletedProcess[str]:
    return run(repository, "pre-commit", "run", "--all-files", hook)


def test_a_manifest_that_pre_commit_accepts() -> None:
    done = run(ROOT, "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml")
    assert done.returncode == 0, done.stdout
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for hook in yaml.safe_load(PUBLISHED):
        assert hook["language"] == "python"
        assert hook["entry"].split()[0] in project["project"]["scripts"]


def test_the_format_hook_lays_out_specs_and_nothing_else(repository: Path) -> None:
    done = pre_commit(repository, "gen-migration-format")
    assert done.returncode == 1, done.stderr
    assert "files were modified by this hook" in done.stdout
    spec = repository / "spec" / "app.yaml"
    assert spec.read_text(encoding="utf-8") == FINE
    other = repository / "docs" / "other.yaml"
    assert other.read_text(encoding="utf-8") == "a:   1\n"
    done = pre_commit(repository, "gen-migration-format")
    assert done.returncode == 0, done.stdout


def test_the_check_hook_fails_until_the_revision_is_there(repository: Path) -> None:
    done = pre_commit(repository, "gen-migration-check")
    assert done.returncode == 1
    assert "create table" in done.stdout.lower()
    done = run(repository, "gen-migration", "spec/app.yaml")
    assert done.returncode == 0, done.stderr
    assert run(repository, "git", "add", "-A").returncode == 0
    done = pre_commit(repository, "gen-migration-check")
    assert done.returncode == 0, done.stdout


def test_the_models_hook_fails_until_they_are_what_the_spec_says(
    repository: Path,
) -> None:
    done = pre_commit(repository, "gen-migration-models")
    assert done.returncode == 1
    assert "m.py is not what spec/app.yaml says" in done.stdout
    run(repository, "gen-migration", "models", "spec/app.yaml", "--output", "m.py")
    done = pre_commit(repository, "gen-migration-models")
    assert done.returncode == 0, done.stdout


def test_a_mistake_stops_a_commit(repository: Path) -> None:
    spec = repository / "spec" / "app.yaml"
    spec.write_text(SPEC.replace("columns", "colums"), encoding="utf-8")
    assert run(repository, "pre-commit", "install").returncode == 0
    assert run(repository, "git", "add", "-A").returncode == 0
    done = run(repository, "git", "commit", "-m", "second")
    assert done.returncode == 1
    assert 'did you mean "columns"?' in done.stderr + done.stdout
    assert "spec/app.yaml:4:5" in done.stderr + done.stdout
