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

import forks
import pytest
import yaml
from environment import forked, written

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
TEXT = (ROOT / "action.yml").read_text(encoding="utf-8")
ACTION = yaml.safe_load(TEXT)
STEPS = ACTION["runs"]["steps"]
STEP = {
    short: next(step for step in STEPS if step.get("name", "").startswith(start))
    for short, start in (
        ("install", "Install"),
        ("review", "Review"),
        ("comment", "Comment"),
        ("verdict", "Verdict"),
    )
}
SCRIPTS = sorted((ROOT / "action").glob("*.sh"))
OLD = "name: app\ntables:\n  t:\n    columns:\n      id: uuid\n"
NEW = OLD + "      at: timestamptz\n"
SPEC = "spec/app.yaml"
needs_shell = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash"
)

# What tells the stand-ins how to behave.
STAND_INS = ("FOUND", "REFUSED", "DIFFERS", "FAILS")
# Without the packages of an environment, which would take longer to find than all else.
PYTHON = f"#!{sys.executable} -IS\n"
GH = """\
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
GEN_MIGRATION = """\
import os, sys
assert "GH_TOKEN" not in os.environ
args = sys.argv[1:]
if args[0] != "diff":
    os.execv(os.environ["REAL"], [os.environ["REAL"], *args])
with open(os.environ["CALLS"] + ".diff", "a", encoding="utf-8") as file:
    file.write(" ".join(args) + "\\n")
print({"markdown": "### Schema: a heading\\n\\n| a | table |",
    "github": "::notice file=spec/app.yaml,line=6::new"}[args[2]])
print("::error::a stranger's", file=sys.stderr)
if "--fail-on" in args:
    sys.exit(0 if args[args.index("--fail-on") + 1] == "never" else int(os.environ["FAILS"]))
sys.exit(int(os.environ.get("DIFFERS") or 1))
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
    """A job on a pull request's working tree, a clone of one commit; `action` is the checkout."""

    home: Path
    base: str
    tree: Path
    action: Path = ROOT

    @property
    def temp(self) -> Path:
        """The runner's directory for files, which every step may write to."""
        return self.home / "temp"

    def run(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the steps after the installation as GitHub does; `inputs` are the scripts' names.

        What a step writes to GITHUB_ENV and GITHUB_PATH holds for those after it.
        """
        for name in ("output", "env", "path"):
            (self.home / name).write_text("", encoding="utf-8")
        given = {
            "SPEC": SPEC,
            "BASE": self.base,
            "OUTPUT": "",
            "CONFIG": "",
            "STATS": "",
            "FAIL_ON": "never",
            "PULL_REQUEST": "7",
            "GH_TOKEN": "none",
            "COMMENT": "true",
            "WHERE": ".",
        } | inputs
        done = self.step("review", given)
        said = self.outputs()
        if done.returncode == 0:
            given |= {"STATUS": said["status"], "PROBLEM": said["problem"]}
            if (
                given["COMMENT"] == "true"
                and given["PULL_REQUEST"]
                and "markdown" in said
            ):
                given |= {
                    key.upper(): said[key] for key in ("markdown", "digest", "silent")
                }
                comment = self.step("comment", given)
                assert comment.returncode == 0, comment.stderr
                done.stdout += comment.stdout
            verdict = self.step("verdict", given)
            done.stdout += verdict.stdout
            done.returncode = verdict.returncode
        return done

    def step(
        self, name: str, given: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run a step with its own environment, and no other."""
        step = STEP[name]
        own = {
            key: given.get(key, "") if "${{" in str(value) else value
            for key, value in step["env"].items()
        }
        own |= {key: given[key] for key in STAND_INS if key in given}
        added = (self.home / "path").read_text(encoding="utf-8").split()
        path = [*reversed(added), str(self.temp / "bin"), str(self.home / "tools")]
        environment = {
            "PATH": os.pathsep.join([*path, os.environ["PATH"]]),
            "HOME": str(self.home / "user"),
            "REAL": str(forks.programs() / "gen-migration"),
            "CALLS": str(self.home / "calls"),
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_OUTPUT": str(self.home / "output"),
            "GITHUB_ENV": str(self.home / "env"),
            "GITHUB_PATH": str(self.home / "path"),
            "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
            "GITHUB_WORKSPACE": str(self.tree),
            "RUNNER_TEMP": str(self.temp),
        }
        lines = (self.home / "env").read_text(encoding="utf-8").splitlines()
        environment |= dict(line.split("=", 1) for line in lines)
        where = self.tree / given["WHERE"] if "working-directory" in step else self.tree
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=where,
            env=environment | own,
            capture_output=True,
            text=True,
            check=False,
        )

    def outputs(self) -> dict[str, str]:
        lines = self.read("output").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def calls(self) -> list[dict[str, Any]]:
        path = self.home / "calls"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def diffs(self) -> list[str]:
        return (self.home / "calls.diff").read_text(encoding="utf-8").splitlines()

    def read(self, name: str) -> str:
        return (self.home / name).read_text(encoding="utf-8")


def program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def cloned(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Return the first of two commits, and a clone of the second alone."""
    home = tmp_path_factory.mktemp("cloned")
    origin, tree = home / "origin", home / "tree"
    (origin / "spec").mkdir(parents=True)
    git(origin, "init", "-q", "-b", "main")
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    bases = []
    for text in (OLD, NEW):
        (origin / SPEC).write_text(text, encoding="utf-8")
        git(origin, "add", "-A")
        git(origin, "commit", "-qm", "a commit")
        bases.append(git(origin, "rev-parse", "HEAD"))
    git(home, "clone", "-q", "--depth=1", f"file://{origin}", str(tree))
    return bases[0], tree


@pytest.fixture
def job(tmp_path: Path, cloned: tuple[str, Path]) -> Job:
    """Return a job whose spec has a column that its history lacks."""
    base, tree = cloned
    shutil.copytree(tree, tmp_path / "tree")
    (tmp_path / "temp").mkdir()
    program(tmp_path / "tools" / "gh", PYTHON + GH)
    program(tmp_path / "temp" / "bin" / "gen-migration", PYTHON + GEN_MIGRATION)
    return Job(tmp_path, base, tmp_path / "tree")


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.github-workflows", WORKFLOWS),
    ],
    ids=["action", "workflows"],
)
def test_they_are_valid(schema: str, files: list[Path]) -> None:
    program = BIN / "check-jsonschema"
    if not program.exists():
        pytest.skip("check-jsonschema is missing: pip install --group test")
    done = subprocess.run(
        [program, "--builtin-schema", schema, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_others_wrote_is_named_by_its_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one) for one in used)


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    program = BIN / "shellcheck"
    if not program.exists():
        pytest.skip("shellcheck is missing: pip install --group test")
    inline = tmp_path / "comment.sh"
    inline.write_text(STEP["comment"]["run"], encoding="utf-8")
    done = subprocess.run(
        [program, "--external-sources", "--shell=bash", *SCRIPTS, inline],
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
    workflows = [*(ROOT / ".github" / "workflows").glob("*.yml")]
    assert workflows
    for text in (TEXT, *(path.read_text(encoding="utf-8") for path in workflows)):
        for line in re.findall(r"uses: (.*)", text):
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
    # Rules are Python: those of the pull request are not run.
    assert job.diffs() == [
        f"diff --format {one} --rules-from {job.base} -- {base} {SPEC}"
        for one in ("markdown", "github --fail-on never")
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
    assert re.findall("^#.*", post["body"], re.MULTILINE) == ["### Schema: a heading"]
    said = job.outputs()
    assert (said["up-to-date"], said["changed"]) == ("false", "true")
    assert Path(said["markdown"]).read_text(encoding="utf-8") == post["body"]


@needs_shell
def test_findings_tell_of_sizes(job: Job) -> None:
    job.run(STATS="spec/stats.yaml", COMMENT="false")
    base = f"{job.base}:./{SPEC}"
    assert job.diffs() == [
        f"diff --format {one} --stats spec/stats.yaml --rules-from {job.base} -- {base} {SPEC}"
        for one in ("markdown", "github --fail-on never")
    ]


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
    written(forked(["gen-migration", SPEC], job.tree))
    done = job.run(REFUSED=refused)
    assert done.returncode == 0, done.stderr
    assert (
        "::notice title=gen-migration::no comment on the pull request: " in done.stdout
    )
    assert "pull-requests: write" in done.stdout
    assert "| a | table |" in job.read("summary")
    assert job.outputs()["up-to-date"] == "true"


@needs_shell
def test_nothing_to_say_makes_no_comment_but_mends_one(job: Job) -> None:
    written(forked(["gen-migration", SPEC], job.tree))
    assert job.run(DIFFERS="0").returncode == 0
    assert len(job.calls()) == 1
    assert job.run(DIFFERS="0", FOUND="41").returncode == 0
    body = job.calls()[-1]["body"]
    assert "The history builds what the spec says." in body


@needs_shell
def test_without_a_base_it_is_compared_with_its_history(job: Job) -> None:
    (job.tree / "new.yaml").write_text(NEW, encoding="utf-8")
    for changed in ({"BASE": ""}, {"SPEC": "new.yaml"}):
        assert job.run(**changed, COMMENT="false").returncode == 1
        spec = changed.get("SPEC", SPEC)
        rules = f" --rules-from {job.base}" if "SPEC" in changed else ""
        assert job.diffs()[-2:] == [
            f"diff --format {one}{rules} -- {spec}"
            for one in ("markdown", "github --fail-on never")
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
@pytest.mark.parametrize("programs", ["bin", "Scripts"])
@pytest.mark.parametrize(
    ("version", "wanted"), [("", str(ROOT)), ("0.1.0", "gen-migration==0.1.0")]
)
def test_it_installs_itself_or_a_version(
    tmp_path: Path, version: str, wanted: str, programs: str
) -> None:
    python = tmp_path / "python"
    program(
        python,
        "#!/usr/bin/env bash\n"
        'echo "$@" >>"$CALLS"\n'
        'if [[ $2 == venv ]]; then mkdir -p "$3/$PROGRAMS"; cp "$0" "$3/$PROGRAMS/python"\n'
        'cp "$0" "$3/$PROGRAMS/gen-migration$SUFFIX"; fi\n',
    )
    if programs == "Scripts":
        program(tmp_path / "tools" / "cygpath", '#!/usr/bin/env bash\necho "W:$2"\n')
    environment = {
        "PATH": f"{tmp_path / 'tools'}{os.pathsep}{os.environ['PATH']}",
        "PYTHON": str(python),
        "PROGRAMS": programs,
        "SUFFIX": ".exe" if programs == "Scripts" else "",
        "VERSION": version,
        "CALLS": str(tmp_path / "calls"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_PATH": str(tmp_path / "path"),
        "RUNNER_TEMP": str(tmp_path),
    }
    script = STEP["install"]["run"]
    subprocess.run(["bash", "-e", "-c", script], env=environment, check=True)
    made, installed = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    assert made == f"-m venv {tmp_path}/gen-migration/venv"
    assert installed == f"-m pip install --quiet --disable-pip-version-check {wanted}"
    line = (tmp_path / "path").read_text(encoding="utf-8").strip()
    assert line.startswith("W:") == (programs == "Scripts")
    names = [path.name for path in Path(line.removeprefix("W:")).iterdir()]
    assert names == [f"gen-migration{environment['SUFFIX']}"]


@needs_shell
def test_the_token_is_out_of_reach_of_the_steps_before(job: Job) -> None:
    """A review that somebody else's code has taken over leaves traps for the step after it."""
    job.action = job.home / "checkout"
    shutil.copytree(ROOT / "action", job.action / "action")
    leak = f'printenv GH_TOKEN >>"{job.home}/leaked"'
    program(job.temp / "trap" / "gh", f"#!/usr/bin/env bash\n{leak}\n")
    program(job.temp / "trap.sh", f"{leak}\n")
    program(
        job.temp / "bin" / "gen-migration",
        "#!/usr/bin/env bash\n"
        f'{leak}\necho "BASH_ENV={job.temp}/trap.sh" >>"$GITHUB_ENV"\n'
        f'echo "{job.temp}/trap" >>"$GITHUB_PATH"\n'
        f"echo '{leak}' | tee \"$GITHUB_ACTION_PATH\"/action/{{verdict,comment}}.sh\n"
        "echo '### Schema: a heading'\n",
    )
    job.run(FOUND="41")
    assert len(job.calls()) == 2  # the job's own gh has written the comment
    leaked = job.home / "leaked"
    assert not leaked.exists() or leaked.read_text(encoding="utf-8").strip() == ""
    with_token = [
        step["name"] for step in STEPS if "token" in str(step.get("env", "")).lower()
    ]
    assert with_token == ["Comment on the pull request"]


@needs_shell
@pytest.mark.parametrize(
    ("level", "fails", "status"),
    [("danger", "1", 1), ("warning", "0", 0), ("never", "1", 0), ("all", "0", 2)],
)
def test_findings_may_fail_the_job(
    job: Job, level: str, fails: str, status: int
) -> None:
    written(forked(["gen-migration", SPEC], job.tree))
    done = job.run(FAIL_ON=level, FAILS=fails)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("::error" in done.stdout.replace("::error::a stranger's", "")) == (
        status > 0
    )


def test_bash_3_takes_an_empty_array_for_one_that_is_not_set() -> None:
    for path in SCRIPTS:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"^(\w+)=\(\)$", text, re.MULTILINE):
            plain = text.replace(f'${{{name}[@]+"${{{name}[@]}}"}}', "")
            assert f"{name}[@]" not in plain


@needs_shell
def test_a_working_directory_is_no_place_to_count_from(job: Job) -> None:
    (job.tree / "backend").mkdir()
    (job.tree / "backend" / "app.yaml").write_text(NEW, encoding="utf-8")
    done = job.run(WHERE="backend", SPEC="app.yaml")
    assert "::error file=backend/app.yaml::a revision is missing" in done.stdout


@needs_shell
def test_with_the_real_diff(job: Job) -> None:
    (job.tree / "strange.py").write_text("raise SystemExit('run')", encoding="utf-8")
    (job.tree / "pyproject.toml").write_text(
        '[tool.gen-migration]\nrules = ["strange"]\n', encoding="utf-8"
    )
    stand_in = job.temp / "bin" / "gen-migration"
    stand_in.unlink()
    stand_in.symlink_to(forks.programs() / "gen-migration")
    done = job.run()
    assert done.returncode == 1, done.stdout + done.stderr
    body = job.calls()[-1]["body"]
    assert "add column" in body.lower()
    assert re.findall("^#.*", body, re.MULTILINE) == [
        "### Schema: 1 to add, 0 to change, 0 to drop"
    ]
    assert job.base not in body
    assert f"`{job.base[:12]}:{SPEC}`" in body
    assert len(body) <= 65_536
