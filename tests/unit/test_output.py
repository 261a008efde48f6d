"""Revisions without an Alembic configuration: a directory whose files are the chain.

Most of this is about what can go wrong while a file is written.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.script import ScriptDirectory
from environment import Done, forked, said
from forks import Fork
from gen_migration.base.files import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

HAND_WRITTEN = "revision = {0!r}\ndown_revision = {1!r}\n\ndef upgrade():\n    pass\n"
SHOP = """\
name: shop
description: Create the shop, with everything in it, größer.
tables:
  customers:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      email: {type: text, unique: true, comment: 'größer 🎉'}
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

# Takes its privileges from a process, so that permissions bind it, and runs the tool.
UNPRIVILEGED = """
import ctypes, struct
from gen_migration.__main__ import run
version, of, none = 0x20080522, 0, bytes(24)
library = ctypes.CDLL(None)
if library.capset(struct.pack("II", version, of), none):
    raise SystemExit(77)
run()
"""
# Runs the tool where a file has 512 bytes at most.
LIMITED = """
import resource
from gen_migration.__main__ import run
resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
run()
"""
# Runs the tool with an umask.
MASKED = """
import os, sys
from gen_migration.__main__ import run
os.umask(int(sys.argv.pop(1)))
run()
"""
# Runs the tool many times: for each moment, a fork does to itself at that moment what a user or
# the system might do, and another fork runs the tool again.
CRASHES = '''
import json, os, signal, sys, tempfile
from pathlib import Path

import gen_migration.history.directory, gen_migration.render.formatter
import gen_migration.workflows.generate
from gen_migration.base import files
from gen_migration.cli import main

work, number = Path(sys.argv[1]), int(sys.argv[2])


def stop():
    os.kill(os.getpid(), number)


def before(module, name, call=1):
    """Stop at the n-th call of a function, before it does anything."""
    def patch():
        original, calls = getattr(module, name), []
        def function(*arguments, **options):
            calls.append(1)
            if len(calls) == call:
                stop()
            return original(*arguments, **options)
        setattr(module, name, function)
    return patch


def after(module, name, call=1):
    """Stop when the n-th call of a function has done its work."""
    def patch():
        original, calls = getattr(module, name), []
        def function(*arguments, **options):
            result = original(*arguments, **options)
            calls.append(1)
            if len(calls) == call:
                stop()
            return result
        setattr(module, name, function)
    return patch


def half():
    """Stop in the middle of writing the text."""
    original = os.fdopen
    def fdopen(handle, *arguments, **options):
        file = original(handle, *arguments, **options)
        write = file.write
        class Half:
            def __enter__(self):
                return self
            def __exit__(self, *_):
                file.close()
            def __getattr__(self, name):
                return getattr(file, name)
            def write(self, text):
                write(text[: len(text) // 2])
                file.flush()
                stop()
                write(text[len(text) // 2 :])
        return Half()
    os.fdopen = fdopen


moments = {
    "before-load": before(gen_migration.workflows.generate, "load_ahead"),
    "before-format": before(gen_migration.render.formatter, "formatted"),
    "after-format": after(gen_migration.render.formatter, "formatted"),
    "before-write": before(gen_migration.history.directory, "write_new"),
    "before-temporary": before(tempfile, "mkstemp"),
    "after-temporary": after(tempfile, "mkstemp"),
    "half": half,
    "before-chmod": before(os, "fchmod"),
    "before-fsync": before(os, "fsync"),
    "after-fsync": after(os, "fsync"),
    "before-link": before(os, "link"),
    "after-link": after(os, "link"),
    "before-directory-fsync": before(os, "fsync", 2),
    "after-directory-fsync": after(os, "fsync", 2),
    "before-unlink": before(os, "unlink"),
    "after-unlink": after(os, "unlink"),
    "after-write": after(gen_migration.history.directory, "write_new"),
}


def run(directory, patch):
    child = os.fork()
    if child == 0:
        for number, name in ((1, "stdout"), (2, "stderr")):
            handle = os.open(directory / name, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
            os.dup2(handle, number)
        patch()
        try:
            main(["shop.yaml", "--output", str(directory / "output")])
        except SystemExit as leaving:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(leaving.code or 0)
        except BaseException:
            import traceback
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = {
        path.name: path.read_text("utf-8") for path in (directory / "output").glob("*")
    } if (directory / "output").exists() else {}
    return {
        "status": status,
        "stdout": (directory / "stdout").read_text("utf-8"),
        "stderr": (directory / "stderr").read_text("utf-8"),
        "files": found,
    }


os.chdir(work)
warm = gen_migration.history.directory.OutputDirectory(work / "warm")
gen_migration.workflows.generate.generate(Path("shop.yaml"), warm)  # imports what is imported late
result = {}
for name, patch in moments.items():
    directory = work / name
    directory.mkdir()
    result[name] = [run(directory, patch), run(directory, lambda: None)]
print(json.dumps(result))
'''


def run(cwd: Path, *arguments: str | Path) -> Done:
    """Run the tool."""
    return forked(["gen-migration", *map(str, arguments)], cwd)


def process(cwd: Path, *arguments: str, **environ: str) -> Done:
    """Run the tool in a process that is started as a user starts it."""
    done = subprocess.run(
        [sys.executable, "-m", "gen_migration", *arguments],
        cwd=cwd,
        env={**clean_environment(), **environ},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def clean_environment() -> dict[str, str]:
    left_out = {"ALEMBIC_CONFIG", "SOURCE_DATE_EPOCH", "LC_ALL", "LANG", "PYTHONUTF8"}
    return {key: value for key, value in os.environ.items() if key not in left_out}


def spec(directory: Path, name: str = "shop") -> str:
    """Write a spec of this name into a directory; the name of the file."""
    text = SHOP.replace("name: shop", f"name: {name}")
    for table in ("customers", "orders"):
        text = text.replace(table, table if name == "shop" else f"{name}_{table}")
    (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return f"{name}.yaml"


def written(done: Done) -> str:
    """Insist on a success with one path on stdout; the path."""
    assert done.status == 0, done
    assert done.stdout.endswith(".py\n"), done
    assert done.stdout.count("\n") == 1
    assert done.stderr.startswith("revision "), done
    return done.stdout.rstrip("\n")


def up_to_date(done: Done) -> None:
    assert (done.status, done.stdout) == (0, ""), done
    assert done.stderr.startswith("up to date: "), done


def refused(done: Done, *words: str) -> None:
    """Insist on an error that a user can read."""
    assert done.status == 2, done
    assert done.stderr.startswith("error: "), done
    assert "Traceback" not in done.stderr, done
    for word in words:
        assert word in done.stderr
    assert done.stdout == ""


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def parents(directory: Path) -> dict[str, Any]:
    """Return what Alembic reads: the parent of each revision, newest first."""
    found = ScriptDirectory(str(directory), version_locations=[str(directory)])
    return {one.revision: one.down_revision for one in found.walk_revisions()}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a directory with a spec in it."""
    spec(tmp_path)
    return tmp_path


# --- the chain --------------------------------------------------------------------------


def test_default_directory_and_second_run(work: Path) -> None:
    path = written(run(work, "shop.yaml"))
    match = re.fullmatch(r"output/([0-9a-f]{12})_shop\.py", path)
    assert match is not None
    first = (work / path).stat().st_mtime_ns
    up_to_date(run(work, "shop.yaml"))
    assert (work / path).stat().st_mtime_ns == first
    assert names(work / "output") == [f"{match[1]}_shop.py"]
    assert parents(work / "output") == {match[1]: None}


def test_a_history_that_begins_beside_a_configuration_is_told(work: Path) -> None:
    (work / "alembic.ini").write_text("[alembic]\nscript_location = migrations\n")
    elsewhere = work / "migrations"
    elsewhere.mkdir()
    for options, told in (((), True), (("--output", "mine"), False), ((), False)):
        done = run(elsewhere, "../shop.yaml", *options)
        note = "note: ../alembic.ini is not used: a history begins in output\n  hint: "
        assert (done.status, note in done.stderr) == (0, told), done


def test_a_spec_that_is_not_here_is_looked_for(work: Path) -> None:
    refused(run(work, "shpo.yaml"), 'hint: did you mean "shop.yaml"?')
    (work / "deep/er").mkdir(parents=True)
    refused(run(work / "deep/er", "shop.yaml"), "hint: it is in ../..: run there")


def test_output_is_made_and_may_be_a_link(work: Path) -> None:
    path = written(run(work, "shop.yaml", "--output", "a/b c/versions"))
    assert path.startswith("a/b c/versions/")
    (work / "link").symlink_to("a/b c/versions", target_is_directory=True)
    up_to_date(run(work, "shop.yaml", "--output", "link"))
    other = spec(work, "blog")
    assert written(run(work, other, "--output", "link")).startswith("link/")
    assert len(names(work / "a/b c/versions")) == 2
    (work / "nowhere").symlink_to("nothing/at/all")
    refused(run(work, "shop.yaml", "--output", "nowhere"), "nowhere")


def test_hand_written_revisions_are_the_chain(work: Path) -> None:
    output = work / "output"
    output.mkdir()
    (output / "b.py").write_text(HAND_WRITTEN.format("aaaa", None))
    (output / "a.py").write_text(
        '"""Newer."""\nfrom typing import Union\n'
        "revision: str = 'bbbb'\ndown_revision: Union[str, None] = ('aaaa',)\n"
        "branch_labels = None\n\n\ndef upgrade() -> None:\n    1 / 0\n"
    )
    strangers = {
        "__init__.py": "",
        "README": "revision = 'cccc'",
        "notes.txt": "",
        ".hidden.swp": "\0\0",
    }
    for name, text in strangers.items():
        (output / name).write_text(text)
    (output / "__pycache__").mkdir()
    (output / ".#a.py").symlink_to("user@host.1234")  # Emacs, while a.py is edited
    path = written(run(work, "shop.yaml"))
    assert next(iter(parents(output).values())) == "bbbb"
    assert {name: (output / name).read_text() for name in strangers} == strangers
    second = written(run(work, spec(work, "blog")))
    assert list(parents(output).values()) == [
        Path(path).name[:12],
        "bbbb",
        "aaaa",
        None,
    ]
    assert second != path


def test_two_heads(work: Path) -> None:
    output = work / "output"
    output.mkdir()
    for revision, parent in (("aaaa", None), ("bbbb", "aaaa"), ("cccc", "aaaa")):
        (output / f"{revision}.py").write_text(HAND_WRITTEN.format(revision, parent))
    before = names(output)
    done = run(work, "shop.yaml")
    refused(done, "2 heads", "bbbb, cccc", "alembic merge")
    # --head needs an Alembic configuration, so it is no advice here.
    assert "--head" not in done.stderr
    assert names(output) == before
    (output / "dddd.py").write_text(HAND_WRITTEN.format("dddd", ("bbbb", "cccc")))
    written(run(work, "shop.yaml"))
    assert next(iter(parents(output).values())) == "dddd"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"revision = 'aaaa'\ndown_revision = (\n", ("x.py",)),
        (b"revision = 'aaaa'\ndown_revision = None\n\xff\n", ("x.py",)),
        (b"revision = 'aaaa'\0\n", ("x.py",)),
        (b"revision = get()\n", ("x.py:1", "revision")),
        (b"revision = 'aaaa'\ndown_revision = 5\n", ("x.py", "down_revision")),
        (b"revision = 'aaaa'\ndown_revision = 'zzzz'\n", ("x.py", "zzzz")),
        (b"revision = 'aaaa'\ndown_revision = 'aaaa'\n", ("aaaa",)),
    ],
    ids=[
        "syntax",
        "encoding",
        "nul",
        "call",
        "number",
        "hole",
        "circle",
    ],
)
def test_broken_file(content: bytes, words: tuple[str, ...], work: Path) -> None:
    output = work / "output"
    output.mkdir()
    (output / "x.py").write_bytes(content)
    refused(run(work, "shop.yaml"), *words)
    assert names(output) == ["x.py"]


def test_byte_order_mark_and_line_ends(work: Path) -> None:
    """Python reads such files, so Alembic does."""
    output = work / "output"
    output.mkdir()
    text = HAND_WRITTEN.format("aaaa", None).replace("\n", "\r\n")
    (output / "x.py").write_bytes(b"\xef\xbb\xbf" + text.encode())
    written(run(work, "shop.yaml"))
    assert list(parents(output).values()) == ["aaaa", None]


def test_same_revision_twice(work: Path) -> None:
    path = work / written(run(work, "shop.yaml"))
    shutil.copy(path, path.with_name("copy.py"))
    refused(run(work, "shop.yaml"), path.name, "copy.py")


def test_directory_in_place_of_a_file(work: Path) -> None:
    (work / "output" / "x.py").mkdir(parents=True)
    done = run(work, "shop.yaml")
    if done.status:
        refused(done, "x.py")
    else:
        written(done)


def hand_edited(work: Path, old: str, new: str) -> Path:
    path = work / written(run(work, "shop.yaml"))
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_revision_that_is_broken_by_hand_is_named(work: Path) -> None:
    path = hand_edited(work, "    op.create_table(", "    op.create_table((")
    before = path.read_text("utf-8")
    refused(run(work, "shop.yaml"), path.name)
    assert names(path.parent) == [path.name]
    assert path.read_text("utf-8") == before


def test_a_hand_edit_counts(work: Path) -> None:
    path = hand_edited(work, "sa.text(\"'new'\")", "sa.text(\"'old'\")")
    following = work / written(run(work, "shop.yaml"))
    assert "server_default=sa.text(\"'new'\")" in following.read_text("utf-8")
    assert "'old'" in path.read_text("utf-8")
    up_to_date(run(work, "shop.yaml"))


def test_an_edited_downgrade_is_no_change(work: Path) -> None:
    edit = "def downgrade() -> None:\n    return"
    hand_edited(work, "def downgrade() -> None:", edit)
    up_to_date(run(work, "shop.yaml"))


def test_never_over_a_strangers_file(work: Path) -> None:
    name = Path(written(run(work, "shop.yaml", "--output", "other"))).name
    for number, content in enumerate(("", "x = 1\n")):
        output = work / f"output{number}"
        output.mkdir()
        (output / name).write_text(content)
        refused(run(work, "shop.yaml", "--output", output.name), name, "overwritten")
        assert (output / name).read_text() == content
        assert names(output) == [name]
    output = work / "linked"
    output.mkdir()
    (output / name).symlink_to(work / "target")
    done = run(work, "shop.yaml", "--output", "linked")
    refused(done, name)
    assert not (work / "target").exists()
    assert names(output) == [name]


def test_message_names_the_file(work: Path) -> None:
    path = written(run(work, "shop.yaml", "-m", "Über ../../etc/passwd, or: “not”\n2"))
    assert path.endswith("_über_etc_passwd_or_not_2.py")
    assert (work / path).read_text("utf-8").startswith('"""Über ../../etc/passwd')


# --- the same everywhere ----------------------------------------------------------------


# A child without the defaults of its parent: each is taken away after the table is there.
COLUMNS = [f"      c{number}: {{type: text, default: %s}}" for number in range(8)]
HEIRS = "\n".join(
    [
        *("  parents:", "    columns:", *(one % "x" for one in COLUMNS)),
        *("  heirs:", "    inherits: [parents]", "    columns:"),
        *(one % "null" for one in COLUMNS),
        "",
    ]
)


def test_same_bytes_everywhere(work: Path) -> None:
    spec = f"{SHOP}{HEIRS}"
    (work / "shop.yaml").write_text(spec, encoding="utf-8")
    reference = work / written(run(work, "shop.yaml"))
    elsewhere = work / "somewhere" / "else"
    elsewhere.mkdir(parents=True)
    commented = spec.replace("tables:\n", "# a comment\n\ntables:\n")
    quoted = commented.replace(
        "{type: text, default: new}", "{default: 'new', type: text}"
    )
    (elsewhere / "other name.yaml").write_text(f"---\n{quoted}", encoding="utf-8")
    absolute = str(work / "shop.yaml")
    for number, path in enumerate((absolute, "../../shop.yaml", "other name.yaml")):
        done = run(elsewhere, path, "--output", f"output{number}")
        same_file(reference, elsewhere / written(done))
    # What an interpreter looks at when it starts, as the rest of an environment.
    one = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    one |= {"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "ascii", "TZ": "Asia/Tokyo"}
    two = {"LC_ALL": "C", "PYTHONHASHSEED": "12345", "PYTHONOPTIMIZE": "2"}
    two |= {"HOME": "/nonexistent", "USER": "x", "COLUMNS": "20", "NO_COLOR": "1"}
    two |= {"SOURCE_DATE_EPOCH": "0"}
    for environ in (one, two):
        output = environ["LC_ALL"]
        done = process(elsewhere, absolute, "--output", output, **environ)
        same_file(reference, elsewhere / written(done))


def same_file(one: Path, other: Path) -> None:
    assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())


def test_order_of_tables_changes_only_their_order(work: Path) -> None:
    """The order of a spec's keys is input, as far as tables go."""
    first = work / written(run(work, "shop.yaml"))
    tables = SHOP.partition("tables:\n")
    customers, _, orders = tables[2].partition("  orders:\n")
    swapped = f"{tables[0]}tables:\n  orders:\n{orders}{customers}"
    (work / "swapped.yaml").write_text(swapped, encoding="utf-8")
    second = work / written(run(work, "swapped.yaml", "--output", "second"))
    one, two = (path.read_text("utf-8").splitlines() for path in (first, second))
    ignored = re.compile("Revision ID: |revision: str = |# gen-migration: ")
    assert sorted(line for line in one if not ignored.match(line)) == sorted(
        line for line in two if not ignored.match(line)
    )


# --- directories that cannot be written to ----------------------------------------------


def unprivileged(work: Path) -> Done:
    """Run the tool so that permissions bind it."""
    if os.geteuid() != 0:
        return run(work, "shop.yaml")
    if sys.platform != "linux":
        pytest.skip("permissions do not bind root here")
    done = forked(["python", "-c", UNPRIVILEGED, "shop.yaml"], work)
    if done.status == 77:
        pytest.skip("permissions do not bind root here")
    return done


def mounted(directory: Path, *options: str) -> bool:
    """Mount a file system; False where that is not possible."""
    if shutil.which("mount") is None:
        return False
    done = subprocess.run(
        ["mount", *options, str(directory)], check=False, capture_output=True
    )
    return done.returncode == 0


@pytest.fixture
def mount_point(work: Path) -> Iterator[Path]:
    """Return a directory on which a test may mount something."""
    directory = work / "output"
    directory.mkdir()
    yield directory
    if directory.is_mount():
        subprocess.run(["umount", str(directory)], check=True)


def test_file_in_place_of_the_directory(work: Path) -> None:
    (work / "output").write_text("mine")
    refused(run(work, "shop.yaml"), "output")
    refused(run(work, "shop.yaml", "--output", "output/x"), "output")
    assert (work / "output").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc")
def test_file_system_that_takes_no_files(work: Path) -> None:
    refused(run(work, "shop.yaml", "--output", "/proc/gen_migration"), "/proc")
    refused(run(work, "shop.yaml", "--output", "/proc"), "/proc")


@pytest.mark.parametrize("mode", [0o555, 0o000, 0o311])
def test_permissions(mode: int, work: Path) -> None:
    output = work / "output"
    output.mkdir()
    output.chmod(mode)
    try:
        done = unprivileged(work)
    finally:
        output.chmod(0o755)
    refused(done, "output", "Permission denied")
    assert ".tmp" not in done.stderr  # what is named is what the user knows
    assert names(output) == []


def test_unreadable_revision(work: Path) -> None:
    path = work / written(run(work, "shop.yaml"))
    path.chmod(0)
    refused(unprivileged(work), path.name, "Permission denied")


def test_read_only_file_system(mount_point: Path, work: Path) -> None:
    if not mounted(mount_point, "-t", "tmpfs", "-o", "ro", "none"):
        pytest.skip("a file system cannot be mounted here")
    refused(run(work, "shop.yaml"), "output", "Read-only file system")


def test_full_disk(mount_point: Path, work: Path) -> None:
    if not mounted(mount_point, "-t", "tmpfs", "-o", "size=64k", "none"):
        pytest.skip("a file system cannot be mounted here")
    filling = mount_point / "filling"
    with pytest.raises(OSError, match="No space"), filling.open("wb") as file:  # noqa: PT012
        while True:
            file.write(b"x" * 4096)
            file.flush()
    refused(run(work, "shop.yaml"), "output", "No space left on device")
    assert names(mount_point) == ["filling"]
    filling.unlink()
    written(run(work, "shop.yaml"))
    assert len(names(mount_point)) == 1


def test_limit_on_the_size_of_files(work: Path) -> None:
    """The first block can be written, the rest cannot."""
    done = forked(["python", "-c", LIMITED, "shop.yaml"], work)
    refused(done, "File too large")
    assert names(work / "output") == []
    written(run(work, "shop.yaml"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_stdout_that_is_full(work: Path) -> None:
    """The revision is there; that its path could not be printed is said without a traceback."""
    with Path("/dev/full").open("wb") as full:
        done = told_to(full.fileno(), work)
    assert done.status == 2
    assert "Traceback" not in done.stderr
    up_to_date(run(work, "shop.yaml"))


def test_stdout_that_is_closed(work: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = told_to(writing, work)
    os.close(writing)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    up_to_date(run(work, "shop.yaml"))


def told_to(out: int, work: Path) -> Done:
    """Run the tool whose output is not read; what it says besides."""
    with tempfile.TemporaryFile() as err:
        fork = Fork(
            ["gen-migration", "shop.yaml"],
            work,
            clean_environment(),
            out=out,
            err=err.fileno(),
        )
        return Done(fork.wait().status, "", said(err))


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask(umask: int, work: Path) -> None:
    done = forked(["python", "-c", MASKED, str(umask), "shop.yaml"], work)
    path = work / written(done)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    assert path.parent.stat().st_mode & 0o777 == 0o777 & ~umask
    assert path.stat().st_nlink == 1


# --- several at once --------------------------------------------------------------------


def at_once(work: Path, specs: list[str]) -> list[str]:
    """Run the tool for each spec, all at the same time; what they print."""
    with ThreadPoolExecutor(len(specs)) as pool:
        done = [*pool.map(lambda name: run(work, name), specs)]
    assert [one.status for one in done] == [0] * len(specs), done
    return [one.stdout for one in done]


def test_two_runs_of_one_spec(work: Path) -> None:
    said = at_once(work, ["shop.yaml"] * 2)
    assert sorted(map(bool, said)) == [False, True]
    assert len(names(work / "output")) == 1


def test_eight_runs_of_four_specs(work: Path) -> None:
    specs = [spec(work, name) for name in ("shop", "blog", "wiki", "mail")]
    assert sum(map(bool, at_once(work, specs * 2))) == 4
    output = work / "output"
    files = names(output)
    assert sorted(name.partition("_")[2] for name in files) == [
        "blog.py",
        "mail.py",
        "shop.py",
        "wiki.py",
    ]
    chain = parents(output)
    assert list(chain.values()) == [*list(chain)[1:], None]  # one line, no branch
    for name in specs:
        up_to_date(run(work, name))


# --- interrupted ------------------------------------------------------------------------


def crashes(work: Path, number: signal.Signals) -> dict[str, list[dict[str, Any]]]:
    done = forked(["python", "-c", CRASHES, str(work), str(int(number))], work)
    assert done.status == 0, done.stderr
    result: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)
    assert len(result) > 10
    return result


def whole(work: Path) -> dict[str, str]:
    """Return the files of a run that nothing has disturbed."""
    path = work / written(run(work, "shop.yaml"))
    return {path.name: path.read_text("utf-8")}


def test_killed_at_any_moment(work: Path) -> None:
    expected = whole(work)
    wrong = []
    for moment, (first, second) in crashes(work, signal.SIGKILL).items():
        assert first["status"] == -signal.SIGKILL, moment
        seen = {key: text for key, text in first["files"].items() if key[0] != "."}
        assert seen in ({}, expected), moment  # whole, or not at all
        assert all(key in expected or key.startswith(PREFIX) for key in first["files"])
        assert second["status"] == 0, (moment, second)
        if second["files"] != expected:
            wrong.append((moment, sorted(second["files"])))
    assert wrong == []  # no leftovers


def test_interrupted_at_any_moment(work: Path) -> None:
    expected = whole(work)
    wrong = []
    for moment, (first, second) in crashes(work, signal.SIGINT).items():
        assert "Traceback" not in first["stderr"], (moment, first["stderr"])
        assert first["status"] == 130, (moment, first)
        assert "interrupted" in first["stderr"], moment
        seen = {key: text for key, text in first["files"].items() if key[0] != "."}
        assert seen in ({}, expected), moment
        if seen and "nothing was written" in first["stderr"]:
            wrong.append((moment, "is not true", sorted(seen)))
        assert second["status"] == 0, (moment, second)
        if second["files"] != expected:
            wrong.append((moment, "leftovers at last", sorted(second["files"])))
    assert wrong == []


def test_leftovers_of_others_are_removed_and_nothing_else(work: Path) -> None:
    output = work / "output"
    output.mkdir()
    (output / f"{PREFIX}dead.tmp").write_text("half")
    mine = [f"{PREFIX}note.txt", "x.tmp", ".tmp"]
    for name in mine:
        (output / name).write_text("mine")
    path = written(run(work, "shop.yaml"))
    assert names(output) == sorted([*mine, Path(path).name])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("shop.yaml",), 0),
        (("missing.yaml",), 2),
        (("shop.yaml", "--nonsense"), 2),
        (("shop.yaml", "blog.yaml"), 2),
        (("broken.yaml",), 2),
        ((".",), 2),
        (("--version",), 0),
        (("--help",), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_exit_status(arguments: tuple[str, ...], status: int, work: Path) -> None:
    (work / "broken.yaml").write_text("tables: {x: {columns: {y: nonsense_type(}}}\n")
    done = run(work, *arguments)
    assert done.status == status
    assert "Traceback" not in done.stderr
    assert bool(done.stdout) == (status == 0)
    assert bool(done.stderr) == (status == 2 or arguments == ("shop.yaml",))
    assert (work / "output").exists() == (arguments == ("shop.yaml",))


# --- commands ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("verfy", "shop.yaml"), "verify"),
        (("imprt",), "import"),
        (("dif",), "diff"),
        (("gen", "shop.yaml"), "generate"),
    ],
)
def test_a_misspelt_command(arguments: tuple[str, ...], near: str, work: Path) -> None:
    done = run(work, *arguments)
    assert done.status == 2
    assert done.stderr == (
        f'error: no such command or file: "{arguments[0]}"\n  hint: did you mean "{near}"?\n'
    )


def test_a_command_of_alembics(work: Path) -> None:
    done = run(work, "upgrade", "head")
    assert done.status == 2
    assert "Alembic's, which runs revisions: alembic upgrade" in done.stderr


@pytest.mark.parametrize("option", ["squash", "amend", "adopt", "check"])
def test_an_option_in_the_place_of_a_command(option: str, work: Path) -> None:
    done = run(work, option, "shop.yaml")
    assert done.status == 2
    assert done.stderr == (
        f'error: no such command or file: "{option}"\n'
        f"  hint: it is an option: gen-migration SPEC --{option}\n"
    )


def test_a_spec_that_is_called_like_a_command(work: Path) -> None:
    (work / "verfy").write_text("name: verfy\ntables: {a: {columns: {id: integer}}}\n")
    assert run(work, "verfy", "--check").status == 1
    for missing in ("verfy.yaml", "specs/verfy", "nothing_like_it"):
        done = run(work, missing)
        assert "no such command" not in done.stderr
        assert "no such file" in done.stderr.lower()


@pytest.mark.parametrize(
    ("arguments", "may_write"),
    [
        (["shop.yaml"], True),
        (["shop.yaml", "--check"], False),
        (["verify", "shop.yaml"], False),
        (["diff", "shop.yaml", "history"], False),
    ],
)
def test_what_an_interrupt_says(
    arguments: list[str],
    may_write: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from gen_migration.cli.commands import Commands, main

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Commands, "invoke", interrupted)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 130
    words = "interrupted; a revision is written whole or not at all"
    assert capsys.readouterr().err.strip() == (words if may_write else "interrupted")
