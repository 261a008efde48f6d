"""What is kept between runs changes the time that one takes, and nothing else."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from environment import environment, forked
from gen_migration.base import cache
from gen_migration.cli import main
from gen_migration.history import state, value_json
from gen_migration.history.directory import OutputDirectory, read_revisions
from gen_migration.operations.origins import Origins
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load, load_file
from gen_migration.workflows.generate import generate
from hypothesis import given
from strategies import documents
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable

SHOP = """\
name: shop
tables:
  customers:
    columns:
      id: {type: bigint, primary_key: true}
      email: {type: varchar(40), nullable: true}
"""
WIDER = SHOP.replace("varchar(40)", "varchar(80)")
RENAMED = SHOP.replace("email: {", "mail: {renamed_from: email, ")
Outcome = tuple[int, str, str]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory with a spec; the cache is one of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "shop.yaml").write_text(SHOP, encoding="utf-8")
    return tmp_path


def run(work: Path, *arguments: str) -> Outcome:
    """Run the command; its exit status, standard output and standard error."""
    with contextlib.chdir(work):
        done = CliRunner().invoke(main, ["shop.yaml", *arguments])
    return done.exit_code, done.stdout, done.stderr


def process(work: Path, *arguments: str) -> Outcome:
    """Run the command in a process of its own."""
    done = forked(["gen-migration", "shop.yaml", *arguments], work)
    return done.status, done.stdout, done.stderr


def entries(work: Path) -> list[Path]:
    return sorted((work / "cache" / "gen-migration").iterdir())


def write(work: Path, text: str) -> None:
    (work / "shop.yaml").write_text(text, encoding="utf-8")


def alembic(work: Path) -> Path:
    """Put an Alembic environment there; return its version location."""
    return environment(work).versions


# --- what it is for ---------------------------------------------------------------------

WATCH = """
import sys
from gen_migration.cli import main
sys.argv = ["gen-migration", "shop.yaml", "--check"]
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.mark.parametrize("environment", [False, True], ids=["directory", "alembic"])
def test_a_second_check_imports_no_heavy_package(
    work: Path, *, environment: bool
) -> None:
    if environment:
        alembic(work)
    assert run(work)[0] == 0

    def imported() -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", WATCH],
            cwd=work,
            capture_output=True,
            text=True,
            check=True,
        )
        first, names = done.stderr.splitlines()
        assert first.startswith("up to date: ")
        return set(names.split())

    heavy = {"pydantic_core", "yaml", "postgast", "jinja2"}
    heavy |= {"alembic", "sqlalchemy"} if environment else set()
    # Another process may read the YAML.
    assert imported() & heavy >= {"pydantic_core"}
    assert imported() & {*heavy, "alembic", "sqlalchemy"} == set()


def test_only_what_is_new_is_replayed(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gen_migration.replay import replay

    seen: list[str] = []
    real = replay.replay

    def counted(text: str, path: str, schema: Any) -> Any:
        seen.append(path)
        return real(text, path, schema)

    monkeypatch.setattr(replay, "replay", counted)
    output = work / "output"
    spec = work / "shop.yaml"
    for text in (SHOP, WIDER, WIDER.replace("80", "90")):
        write(work, text)
        generate(spec, OutputDirectory(output))
    chain = sorted(read_revisions(output), key=lambda one: len(one.parents))
    assert [Path(path).parent for path in seen] == [output, output]
    assert len({*seen}) == 2
    assert len(chain) == 3


# --- nothing else differs ---------------------------------------------------------------


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


def forged(path: Path) -> None:
    """Put something else there that is what it says it is."""
    data = b'["elsewhere"]'
    path.write_bytes(cache.digest([data]) + data)


def in_the_way(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGE: list[Callable[[Path], None]] = [
    forged,
    removed,
    emptied,
    cut_short,
    changed,
    in_the_way,
]
STEPS = [
    (SHOP, ()),
    (SHOP, ("--check",)),
    (WIDER, ("--check",)),
    (WIDER, ("--dry-run",)),
    (WIDER, ()),
    (WIDER, ("--check",)),
    (RENAMED, ("--check",)),
    (RENAMED.replace("40", "80"), ()),
    (RENAMED.replace("40", "80"), ()),
    (RENAMED.replace("40", "80"), ("--check",)),
    ("name: shop\n", ()),
]


def scenario(
    work: Path, between: Callable[[], None]
) -> tuple[list[Outcome], dict[str, bytes]]:
    """Return what a row of runs says and writes; each is run twice."""
    shutil.rmtree(work / "output", ignore_errors=True)
    said = []
    for text, arguments in STEPS:
        write(work, text)
        for _ in range(2):
            between()
            said.append(run(work, *arguments))
    files = {path.name: path.read_bytes() for path in (work / "output").glob("*.py")}
    return said, files


def test_a_damaged_cache_makes_no_difference(work: Path) -> None:
    warm = scenario(work, lambda: None)
    assert [status for status, _, _ in warm[0]].count(1) == 4  # --check
    for damage in DAMAGE:
        shutil.rmtree(work / "cache", ignore_errors=True)

        def between(damage: Callable[[Path], None] = damage) -> None:
            if (work / "cache").exists():
                for path in entries(work):
                    if path.is_file():
                        damage(path)

        assert scenario(work, between) == warm, damage.__name__


def test_a_cache_that_cannot_be_written(work: Path) -> None:
    warm = scenario(work, lambda: None)
    shutil.rmtree(work / "cache")
    (work / "cache").write_text("no directory", encoding="utf-8")
    assert scenario(work, lambda: None) == warm
    (work / "cache").unlink()
    (work / "cache").mkdir()
    (work / "cache").chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert scenario(work, lambda: None) == warm


STRANGE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b"1.5",
    b'[["", 1]]',
    b'["os.system", "true"]',
    b'["State"]',
    b'["", ["Column"], ["Origins", ["{}"]]]',
    b'["", ["Schema", ["{}", 1], 1, 1, 1, 1], ["Origins", ["{}"]]]',
    b'["", ["Schema", ["{}"], ["{}"], ["{}"], 1], ["Origins"]]',
    b'["", ["Schema", ["{}"], ["=", 0]], ["Origins"]]',
    b'["", ["Schema", ["{}"], ["=", -1]], ["Origins"]]',
    b'["", ["Schema", ["{}"], ["="]], ["Origins"]]',
    b'["", ["{}"], ["{}"]]',
    b'["", ["Name", 1, 2, 3], 1]',
    b'["", ["{}", ["{}"], 1], 1]',
    b"[" * 100_000,
    pickle.dumps(state.State()),
]


@pytest.mark.parametrize("data", STRANGE)
def test_a_strange_entry_is_none(data: bytes) -> None:
    assert state.state_in(data) is None


@given(documents())
def test_a_state_comes_back(document: dict[str, Any]) -> None:
    schema = load(yaml_text(document), "spec.yaml").schema
    names = {
        ("table", Name(None, "t")): Name("s", "u"),
        ("column", Name(None, "t"), "a"): "b",
    }
    data = value_json.dumps((schema, Origins(names)))
    found = state.state_in(data)
    assert found == state.State(schema=schema, origins=Origins(names))


def test_only_values_of_the_model_are_kept() -> None:
    for value in (object(), 1.5, [1], {"a": b"x"}, (state.State(),)):
        with pytest.raises(TypeError):
            value_json.dumps(value)


def test_an_entry_that_was_changed_is_none(work: Path) -> None:
    """What it says is another value of the model: the hash alone tells."""
    key = cache.key(b"x")
    cache.store(key, b'["up to date"]')
    (path,) = entries(work)
    data = path.read_bytes()
    assert cache.load(key) == b'["up to date"]'
    path.write_bytes(data.replace(b"up to", b"not to"))
    assert cache.load(key) is None
    path.write_bytes(data[:-1])
    assert cache.load(key) is None


posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners are POSIX's")


def group_may_write(path: Path) -> None:
    path.chmod(0o620)


def all_may_write(path: Path) -> None:
    path.chmod(0o602)


def a_link(path: Path) -> None:
    path.rename(path.parent.parent / path.name)
    path.symlink_to(path.parent.parent / path.name)


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def directory_of_a_group(path: Path) -> None:
    path.parent.chmod(0o770)


def directory_of_all(path: Path) -> None:
    path.parent.chmod(0o1777)


PLANTED: list[Callable[[Path], None]] = [
    group_may_write,
    all_may_write,
    a_link,
    a_pipe,
    directory_of_a_group,
    directory_of_all,
]


@posix
@pytest.mark.parametrize("plant", PLANTED)
def test_what_another_may_have_written_is_none(
    plant: Callable[[Path], None], work: Path
) -> None:
    key = cache.key(b"x")
    cache.store(key, b"data")
    (path,) = entries(work)
    assert cache.load(key) == b"data"
    plant(path)
    assert cache.load(key) is None
    if "directory" in plant.__name__:
        cache.store(cache.key(b"y"), b"data")
        assert entries(work) == [path]


@posix
def test_what_another_owns_is_none(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = cache.key(b"x")
    cache.store(key, b"data")
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert cache.load(key) is None
    cache.store(cache.key(b"y"), b"data")
    assert len(entries(work)) == 1


def test_a_change_within_the_same_second_is_seen(work: Path) -> None:
    """A file of the same length and time of change is another file all the same."""
    assert run(work)[0] == 0
    assert run(work, "--check")[0] == 0
    (path,) = (work / "output").glob("*.py")
    for one, old, new in (
        (work / "shop.yaml", "email", "phone"),
        (path, "varchar(40)", "varchar(50)"),
    ):
        before = one.stat()
        text = one.read_text(encoding="utf-8")
        one.write_text(
            text.replace(old, new).replace("String(40)", "String(50)"), "utf-8"
        )
        os.utime(one, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert one.stat().st_size == before.st_size
        assert run(work, "--check")[0] == 1
        one.write_text(text, "utf-8")
        assert run(work, "--check")[0] == 0


def test_what_changes_during_a_run_is_not_remembered(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run saw the new bytes, but began with the old ones."""
    write(work, WIDER)
    assert run(work)[0] == 0
    write(work, SHOP)

    def late(path: Path, _: object) -> Any:
        write(work, WIDER)
        return load_file(path)

    with monkeypatch.context() as patched:
        patched.setattr("gen_migration.workflows.generate.load_ahead", late)
        assert "up to date" in run(work)[2]
    write(work, SHOP)
    assert run(work)[0] == 2  # narrower


def test_two_runs_at_once(work: Path) -> None:
    assert run(work)[0] == 0
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda _: process(work, "--check"), range(12)))
    assert {status for status, _, _ in said} == {0}
    assert len({*said}) == 1
    assert [path for path in entries(work) if len(path.name) != 64] == []


def test_it_stays_small(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRIES", 5)
    keys = [cache.key(b"x", bytes([number])) for number in range(9)]
    for age, key in enumerate(keys[:5]):
        cache.store(key, b"data")
        os.utime(cache.directory() / key, (age, age))
    assert cache.load(keys[0]) == b"data"  # used, so that the second is the oldest now
    cache.store(keys[5], b"data")
    kept = [cache.load(key) is not None for key in keys[:6]]
    assert kept == [True, False, True, True, True, True]
    assert len(entries(work)) == 5


def test_keys_tell_where_a_part_ends() -> None:
    assert cache.key(b"ab", b"c") != cache.key(b"a", b"bc")
    assert cache.key(b"a") == cache.key(b"a")


# --- Alembic environments ---------------------------------------------------------------


def test_another_version_location_is_seen(work: Path) -> None:
    versions = alembic(work)
    assert run(work)[0] == 0
    assert run(work, "--check")[0] == 0
    elsewhere = work / "elsewhere"
    shutil.copytree(versions, elsewhere)
    (file,) = elsewhere.glob("*.py")
    file.write_text(
        file.read_text(encoding="utf-8").replace("String(40)", "String(41)"), "utf-8"
    )
    ini = work / "alembic.ini"
    text = ini.read_text(encoding="utf-8")
    ini.write_text(
        text.replace("[alembic]", "[alembic]\nversion_locations = %(here)s/elsewhere"),
        encoding="utf-8",
    )
    assert run(work, "--check")[0] == 1
    ini.write_text(text, encoding="utf-8")
    assert run(work, "--check")[0] == 0


READS_THE_ENVIRONMENT = [
    ("import os\nrevision = os.environ['HAND']\ndown_revision = None\n", 3),
    (
        (
            'revision = "hand"\ndown_revision = None\nimport os\n'
            "# gen-migration: spec=shop checksum=0123456789abcdef\n"
        ),
        7,
    ),
]


@pytest.mark.parametrize(("top", "line"), READS_THE_ENVIRONMENT)
def test_the_environment_is_no_part_of_an_answer(
    top: str, line: int, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a revision would compute is in no key, so it is refused with and without a cache."""
    hand = alembic(work) / "hand.py"
    hand.write_text(
        f"from alembic import op\n{top}def upgrade():\n"
        f"    op.execute(os.environ['HAND'])\n",
        encoding="utf-8",
    )
    said = set()
    for value in ("SELECT 1", "CREATE TABLE x (a int)"):
        monkeypatch.setenv("HAND", value)
        said |= {run(work, "--check"), run(work, "--check")}
        shutil.rmtree(work / "cache", ignore_errors=True)
    ((status, _, stderr),) = said
    assert status == 2
    assert f"hand.py:{line}: " in stderr


def test_locations_in_a_package_are_always_asked_for(work: Path) -> None:
    alembic(work)
    ini = work / "alembic.ini"
    text = ini.read_text(encoding="utf-8")
    ini.write_text(
        text.replace(
            "script_location = %(here)s/migrations", "script_location = pack:m"
        ),
        encoding="utf-8",
    )
    (work / "pack").mkdir()
    (work / "pack" / "__init__.py").write_text("", encoding="utf-8")
    shutil.copytree(work / "migrations", work / "pack" / "m")
    assert process(work)[0] == 0
    assert process(work, "--check") == process(work, "--check")
    for path in (work / "pack" / "m" / "versions").glob("*.py"):
        path.unlink()
    assert process(work, "--check")[0] == 1


def test_the_fingerprint_is_of_code_queries_and_templates() -> None:
    names = {Path(one).name for one in cache.own_files()}
    assert names >= {"differ.py", "tables.sql", "revision.py.j2", "create_table.py.j2"}
