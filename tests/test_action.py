"""`action.yml`: its scripts, run as GitHub's runner runs them, with a `gh` that notes its calls.

`diff` is a stand-in that notes its arguments; the last test runs the real one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from gen_migration.cli import main

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
TEXT = (ROOT / "action.yml").read_text(encoding="utf-8")
ACTION = yaml.safe_load(TEXT)
STEPS = ACTION["runs"]["steps"]
SCRIPTS = sorted((ROOT / "action").glob("*.sh"))
OLD = "name: app\ntables:\n  t:\n    columns:\n      id: uuid\n"
NEW = OLD + "      at: timestamptz\n"
SPEC = "spec/app.yaml"
needs_shell = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash"
)

GH = """#!/usr/bin/env python3
import json, os, sys
assert os.environ["GH_TOKEN"] == "none"
args = sys.argv[1:]
body = next((a.split("=@", 1)[1] for a in args if a.startswith("body=@")), None)
call = {"args": args, "body": open(body, encoding="utf-8").read() if body else None}
with open(os.environ["CALLS"], "a", encoding="utf-8") as file:
    file.write(json.dumps(call) + "\\n")
method = args[args.index("--method") + 1] if "--method" in args else "GET"
if method in os.environ.get("REFUSED", "").split():
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
if method == "GET":
    print(os.environ.get("FOUND", ""))
"""
GEN_MIGRATION = """#!/usr/bin/env python3
import os, sys
assert "GH_TOKEN" not in os.environ
args = sys.argv[1:]
if args[0] != "diff":
    os.execv(os.environ["REAL"], [os.environ["REAL"], *args])
with open(os.environ["CALLS"] + ".diff", "a", encoding="utf-8") as file:
    file.write(" ".join(args) + "\\n")
print({"markdown": "| a | table |", "github": "::notice file=spec/app.yaml,line=6::new"}[args[2]])
print("::error::a stranger's", file=sys.stderr)
sys.exit(int(os.environ.get("DIFFERS", "1")))
"""


def git(directory: Path, *arguments: str) -> str:
    names = {
        f"GIT_{who}_{what}": f"{who}@example.org".lower()
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=directory,
        env=os.environ | names | {"GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Job:
    """A job on a pull request's working tree, a clone of one commit."""

    home: Path
    base: str
    tree: Path

    def run(self, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run the review as action.yml does, and the stand-ins before all else on the PATH."""
        step = next(step for step in STEPS if step.get("id") == "review")
        environment = {
            "SPEC": SPEC,
            "BASE": self.base,
            "OUTPUT": "",
            "CONFIG": "",
            "COMMENT": "true",
            "PULL_REQUEST": "7",
            "GH_TOKEN": "none",
        }
        assert set(environment) == set(step["env"])
        environment |= {
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "REAL": str(BIN / "gen-migration"),
            "CALLS": str(self.home / "calls"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_OUTPUT": str(self.home / "output"),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
            "RUNNER_TEMP": str(self.home),
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.tree,
            env=environment | changed,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[dict[str, Any]]:
        path = self.home / "calls"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def diffs(self) -> list[str]:
        return (self.home / "calls.diff").read_text(encoding="utf-8").splitlines()

    def read(self, name: str) -> str:
        return (self.home / name).read_text(encoding="utf-8")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Return a job whose spec has a column that its history lacks."""
    origin, tree = tmp_path / "origin", tmp_path / "tree"
    (origin / "spec").mkdir(parents=True)
    git(origin, "init", "-q", "-b", "main")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    bases = []
    for text in (OLD, NEW):
        (origin / SPEC).write_text(text, encoding="utf-8")
        git(origin, "add", "-A")
        git(origin, "commit", "-qm", "a commit")
        bases.append(git(origin, "rev-parse", "HEAD"))
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{origin}", str(tree))
    (tmp_path / "bin").mkdir()
    for name, text in {"gh": GH, "gen-migration": GEN_MIGRATION}.items():
        path = tmp_path / "bin" / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    return Job(tmp_path, bases[0], tree)


def test_it_is_valid() -> None:
    program = BIN / "check-jsonschema"
    if not program.exists():
        pytest.skip("check-jsonschema is missing: pip install --group test")
    done = subprocess.run(
        [program, "--builtin-schema", "vendor.github-actions", ROOT / "action.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_shellcheck_finds_nothing() -> None:
    program = BIN / "shellcheck"
    if not program.exists():
        pytest.skip("shellcheck is missing: pip install --group test")
    done = subprocess.run(
        [program, "--external-sources", *SCRIPTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_value_becomes_a_part_of_a_script_and_no_action_changes_unseen() -> None:
    assert len(SCRIPTS) == 4
    for step in STEPS:
        assert "${{" not in step.get("run", "")
    for line in re.findall(r"uses: (.*)", TEXT):
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    for path in SCRIPTS:
        assert os.access(path, os.X_OK) == (path.name != "commands.sh")


@needs_shell
def test_a_missing_revision_fails_the_job_and_is_commented(job: Job) -> None:
    done = job.run()
    assert done.returncode == 1, done.stderr
    assert f"::error file={SPEC}::a revision is missing" in done.stdout
    assert "\n::notice file=spec/app.yaml,line=6::new\n" in done.stdout
    base = f"{job.base}:./{SPEC}"
    assert job.diffs() == [
        f"diff --format {one} -- {base} {SPEC}" for one in ("markdown", "github")
    ]
    look, post = job.calls()
    assert "repos/owner/name/issues/7/comments?per_page=100" in look["args"]
    assert post["args"][:4] == ["api", "--silent", "--method", "POST"]
    assert post["args"][-1] == "repos/owner/name/issues/7/comments"
    assert post["body"].startswith("<!-- gen-migration -->\n<!-- ")
    assert "**A revision is missing**" in post["body"]
    assert "| a | table |" in post["body"]
    summary = job.read("summary")
    assert summary.startswith(post["body"])
    assert "<pre>" in summary
    assert "create table" in summary.lower()
    assert "up-to-date=false\nchanged=true\nmarkdown=" in job.read("output")


@needs_shell
def test_the_comment_that_is_there_is_written_anew(job: Job) -> None:
    job.run(FOUND="41\n42")
    look, patch = job.calls()
    assert patch["args"][3] == "PATCH"
    assert patch["args"][-1] == "repos/owner/name/issues/comments/41"
    mark = patch["body"].splitlines()[1]
    assert mark in " ".join(look["args"])
    assert 'user.type == "Bot"' in " ".join(look["args"])


@needs_shell
@pytest.mark.parametrize("refused", ["GET", "POST"])
def test_a_fork_that_may_not_comment_is_told_so(job: Job, refused: str) -> None:
    subprocess.run(
        [BIN / "gen-migration", SPEC], cwd=job.tree, check=True, capture_output=True
    )
    done = job.run(REFUSED=refused)
    assert done.returncode == 0, done.stderr
    assert (
        "::notice title=gen-migration::no comment on the pull request: " in done.stdout
    )
    assert "pull-requests: write" in done.stdout
    assert "| a | table |" in job.read("summary")
    assert "up-to-date=true\nchanged=true\n" in job.read("output")


@needs_shell
def test_nothing_to_say_makes_no_comment_but_mends_one(job: Job) -> None:
    subprocess.run(
        [BIN / "gen-migration", SPEC], cwd=job.tree, check=True, capture_output=True
    )
    assert job.run(DIFFERS="0").returncode == 0
    assert len(job.calls()) == 1
    assert job.run(DIFFERS="0", FOUND="41").returncode == 0
    body = job.calls()[-1]["body"]
    assert "The history builds what the spec says." in body
    assert "No difference from its base." in body


@needs_shell
def test_without_a_base_it_is_compared_with_its_history(job: Job) -> None:
    (job.tree / "new.yaml").write_text(NEW, encoding="utf-8")
    for changed in ({"BASE": ""}, {"SPEC": "new.yaml"}):
        assert job.run(**changed, COMMENT="false").returncode == 1
        spec = changed.get("SPEC", SPEC)
        assert job.diffs()[-2:] == [
            f"diff --format {one} -- {spec}" for one in ("markdown", "github")
        ]
    assert job.run(PULL_REQUEST="").returncode == 1
    assert job.calls() == []


@needs_shell
@pytest.mark.parametrize("base", ["--upload-pack=touch x", "a:b", "nowhere"])
def test_a_base_that_is_none(job: Job, base: str) -> None:
    done = job.run(BASE=base)
    assert done.returncode == 2
    assert f"::error file={SPEC}::" in done.stdout
    assert not (job.tree / "x").exists()


@needs_shell
def test_a_mistake_in_the_spec_and_a_diff_that_fails(job: Job) -> None:
    done = job.run(DIFFERS="2")
    assert done.returncode == 1
    (job.tree / SPEC).write_text("name: app\ntabels: {}\n", encoding="utf-8")
    done = job.run(DIFFERS="2")
    assert done.returncode == 2
    assert "::error file=spec/app.yaml::the check stopped" in done.stdout
    assert "did you mean" in job.read("summary")


@needs_shell
def test_what_strangers_write_is_no_command_and_no_markup(job: Job) -> None:
    name = "a$(touch x)`touch x`<b>@me,::.yaml"
    text = NEW.replace("timestamptz", '"::error::x </pre><script>"')
    (job.tree / name).write_text(text, encoding="utf-8")
    done = job.run(SPEC=name)
    assert done.returncode == 2
    assert not (job.tree / "x").exists()
    # All lines of a program's own are between two that only the runner knows.
    free = re.sub(
        r"::stop-commands::(\w+)\n.*?\n::\1::\n", "", done.stdout, flags=re.DOTALL
    )
    assert "stranger" in done.stdout
    assert "stranger" not in free
    assert "<script>" not in job.read("summary")
    assert "<b>" not in job.read("summary")
    assert "::error file=a$(touch x)`touch x`<b>@me%2C%3A%3A.yaml::" in free


@needs_shell
@pytest.mark.parametrize(
    ("version", "wanted"), [("", str(ROOT)), ("0.1.0", "gen-migration==0.1.0")]
)
def test_it_installs_itself_or_a_version(
    tmp_path: Path, version: str, wanted: str
) -> None:
    python = tmp_path / "python"
    python.write_text(
        "#!/usr/bin/env bash\n"
        'echo "$@" >>"$CALLS"\n'
        'if [[ $2 == venv ]]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHON": str(python),
        "VERSION": version,
        "CALLS": str(tmp_path / "calls"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_PATH": str(tmp_path / "path"),
        "RUNNER_TEMP": str(tmp_path),
    }
    script = STEPS[1]["run"]
    subprocess.run(["bash", "-e", "-c", script], env=environment, check=True)
    made, installed = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert made == f"-m venv {tmp_path}/gen-migration/venv"
    assert installed == f"-m pip install --quiet {wanted}"
    bin_ = Path((tmp_path / "path").read_text(encoding="utf-8").strip())
    assert [path.name for path in bin_.iterdir()] == ["gen-migration"]


def has_formats() -> bool:
    command = main.get_command(None, "diff")  # type: ignore[arg-type]
    return command is not None and any("--format" in one.opts for one in command.params)


@needs_shell
@pytest.mark.skipif(not has_formats(), reason="this diff has no --format yet")
def test_with_the_real_diff(job: Job) -> None:
    (job.home / "bin" / "gen-migration").unlink()
    (job.home / "bin" / "gen-migration").symlink_to(BIN / "gen-migration")
    done = job.run()
    assert done.returncode == 1, done.stdout + done.stderr
    body = job.calls()[-1]["body"]
    assert "add column" in body.lower()
    assert len(body) <= 65_536
