"""`gitlab/review.yml`: its script, run as GitLab's runner runs it, in a repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import forks
import pytest
import yaml
from environment import clean_environment

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "gitlab" / "review.yml").read_text(encoding="utf-8")
HEADER, JOBS = yaml.safe_load_all(TEXT)
OLD = "name: app\ntables:\n  t:\n    columns:\n      id: uuid\n      note: text\n"
NEW = OLD.replace("      note: text\n", "")
STRANGE = '[tool.gen-migration]\nrules = ["theirs"]\n'

pytestmark = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash"
)


class Repository:
    """A branch of a merge request, and the commit that it began at."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q")
        self.write("spec/app.yaml", OLD)
        self.tool("spec/app.yaml", "--output", "migrations")
        self.commit()
        self.base = self.git("rev-parse", "HEAD").strip()

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        programs = f"{forks.programs()}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.root,
            env=clean_environment() | {"PATH": programs} | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = self.run("git", *who, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def tool(self, *arguments: str) -> None:
        done = self.run("gen-migration", *arguments)
        assert done.returncode == 0, done.stderr

    def write(self, path: str, text: str) -> None:
        place = self.root / path
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a commit")

    def review(self, **inputs: str) -> tuple[int, str, list[dict[str, Any]]]:
        """Return the status of the job's script, what it printed, and its report."""
        job = JOBS["gen-migration"]
        wanted = {
            name: inputs.get(name.replace("-", "_"), one.get("default"))
            for name, one in HEADER["spec"]["inputs"].items()
        }
        values = {key: str(one) for key, one in job["variables"].items()}
        for name, value in wanted.items():
            for key, one in values.items():
                values[key] = one.replace(f"$[[ inputs.{name} ]]", str(value))
        script = "\n".join(["set -eo pipefail", *job["script"]])
        done = self.run("bash", "-c", script, **values | {"BASE": self.base})
        report = self.root / job["artifacts"]["reports"]["codequality"]
        return (
            done.returncode,
            done.stdout + done.stderr,
            json.loads(report.read_text()),
        )


def test_a_merge_request(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    asked = {"spec": "spec/app.yaml", "output": "migrations"}
    repository.write("spec/app.yaml", NEW)
    # A stranger's rules are not run.
    repository.write("pyproject.toml", STRANGE)
    repository.write("theirs.py", "open('ran', 'w').close()\n")
    repository.commit()
    status, said, report = repository.review(**asked)
    assert status == 1
    assert "- column note" in said
    assert "the history is behind the spec" in said
    (found,) = [one for one in report if one["severity"] == "critical"]
    assert found["location"]["path"] == "spec/app.yaml"
    repository.tool("spec/app.yaml", "--output", "migrations", "--allow-data-loss")
    assert repository.review(**asked)[0] == 0
    assert repository.review(**asked, fail_on="danger")[0] == 1
    assert not (tmp_path / "ran").exists()
