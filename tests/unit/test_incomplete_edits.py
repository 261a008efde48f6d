"""An edit whose parts are not all there: it is an error, and the same command completes it."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from environment import SHOP, Environment, refused
from gen_migration.cli import main
from gen_migration.render.marker import read_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from environment import Done

pytestmark = pytest.mark.in_turn
STATE = "      state: {type: text, default: new}\n"
# The second part fills rows, which leaves no trace in the schema.
FILLED = SHOP.replace(
    STATE,
    f"{STATE}      b: {{type: uuid, nullable: true, default: {{sql: gen_random_uuid()}}}}\n",
)
NOTE = SHOP.replace(STATE, f"{STATE}      note: {{type: text, nullable: true}}\n")
# Three parts: a new column, its rows and index, and a column that goes.
THREE = SHOP.replace(
    STATE, "      b: {type: uuid, default: {sql: gen_random_uuid()}}\n"
)
for gone in (
    "    indexes:\n      ix_customers_by_their_current_state_only: [state]\n",
    "    checks:\n      ck_customers_state: state IN ('new', 'old')\n",
):
    THREE = THREE.replace(gone, "")
THREE = THREE.replace("  orders:\n", "    indexes:\n      - [b]\n  orders:\n")
LOSS = "--allow-data-loss"
LOOKS = (("--check",), ("--dry-run",), ("--sql",))


def files(project: Environment) -> dict[str, bytes]:
    """Return all files but those that a killed run leaves and the next one removes."""
    return {
        name: (project.root / name).read_bytes()
        for name in project.files()
        if not Path(name).name.startswith(".gen-migration-")
    }


def put(project: Environment, held: dict[str, bytes]) -> None:
    """Leave these files and no others."""
    for name in project.files():
        (project.root / name).unlink()
    for name, content in held.items():
        (project.root / name).write_bytes(content)


def written(done: Done) -> list[str]:
    assert (done.status, "Traceback" in done.stderr) == (0, False), done
    return done.stdout.splitlines()


def edit(project: Environment, spec: str, *arguments: str) -> list[str]:
    """Write the first revision and an edit; return the names of its parts, in their order."""
    written(project.generate())
    return written(project.generate(LOSS, *arguments, spec=spec))


def says_what_is_missing(project: Environment, spec: str, *words: str) -> None:
    """Insist that every command which looks at the history refuses it."""
    for look in LOOKS:
        refused(project.generate(LOSS, *look, spec=spec), *words)
    with contextlib.chdir(project.root):
        for command in (["diff", "history", "shop.yaml"], ["verify", "shop.yaml"]):
            result = CliRunner().invoke(main, command)
            assert result.exit_code == 2, command
            for word in words:
                assert word in result.stderr, command


def completed(project: Environment, spec: str, expected: dict[str, bytes]) -> None:
    """Insist that one run completes an edit, and that nothing is left to do then."""
    done = project.generate(LOSS, spec=spec)
    assert done.status == 0, done
    assert files(project) == expected
    assert project.generate("--check", spec=spec).status == 0


def killed(project: Environment, moment: int, *arguments: str, spec: str) -> bool:
    """Run, and kill it before a file gets its name or loses it, counted from 0.

    Tell whether it came to that moment.
    """
    project.spec(spec)
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        count = itertools.count()

        def dying(act: Callable[..., None]) -> Callable[..., None]:
            def wrapper(*given: object, **options: object) -> None:
                if str(given[-1]).endswith(".py") and next(count) == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                act(*given, **options)

            return wrapper

        for name in ("link", "replace", "unlink"):
            setattr(os, name, dying(getattr(os, name)))
        with contextlib.suppress(BaseException):
            os.chdir(project.root)
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            main(["shop.yaml", *arguments])
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def kills(
    project: Environment, before: dict[str, bytes], *arguments: str, spec: str
) -> Iterator[int]:
    """Yield after each kill of a run; the run is the same each time."""
    for moment in itertools.count():
        put(project, before)
        if not killed(project, moment, *arguments, spec=spec):
            assert moment > 1
            return
        yield moment


@pytest.mark.parametrize("spec", [FILLED, THREE], ids=["backfill", "three"])
def test_killed_at_each_write(project: Environment, spec: str) -> None:
    written(project.generate())
    before = files(project)
    written(project.generate(LOSS, spec=spec))
    expected = files(project)
    for moment in kills(project, before, LOSS, spec=spec):
        found = files(project)
        assert len(found) == len(before) + moment
        if found != before:
            says_what_is_missing(project, spec, "is not complete", "missing")
        completed(project, spec, expected)


def losses(parts: list[str]) -> list[tuple[str, ...]]:
    """Return what may be missing of the parts of an edit, but all of them."""
    counts = range(1, len(parts))
    return [gone for count in counts for gone in itertools.combinations(parts, count)]


@pytest.mark.parametrize("follower", [None, "by hand", "other spec"])
def test_each_file_deleted(project: Environment, follower: str | None) -> None:
    """Whichever of its files are missing; also where a later revision stands on the edit."""
    parts = edit(project, THREE)
    assert len(parts) == 3
    if follower == "other spec":
        other = "name: other\ntables: {others: {columns: {id: integer}}}\n"
        written(project.run(project.spec(other, "other.yaml")))
    if follower == "by hand":
        last = Path(parts[-1]).name.partition("_")[0]
        path = (project.root / parts[0]).parent / "aaaa00000000_by_hand.py"
        path.write_text(
            f'revision = "aaaa00000000"\ndown_revision = "{last}"\n'
            "def upgrade():\n    pass\ndef downgrade():\n    pass\n"
        )
    expected = files(project)
    for gone in losses(parts):
        put(
            project, {name: text for name, text in expected.items() if name not in gone}
        )
        refused(project.generate("--check", spec=THREE), "is not complete", "missing")
        completed(project, THREE, expected)


def test_what_is_missing_is_named(project: Environment) -> None:
    parts = edit(project, THREE)
    first, second, third = (Path(one).name.partition("_")[0] for one in parts)
    (project.root / parts[1]).unlink()
    done = project.generate("--check", spec=THREE)
    refused(done, f"the edit of revision {third}", f"part 2 ({second}) of 3 is missing")
    (project.root / parts[2]).unlink()
    done = project.generate("--check", spec=THREE)
    refused(done, f"the edit of revision {first}", "parts 2 and 3 of 3 are missing")
    assert "gen-migration SPEC" in done.stderr
    done = project.generate(LOSS, spec=THREE)
    assert "parts 2 and 3 of 3 are missing; written now" in done.stderr


def test_a_message_is_kept(project: Environment) -> None:
    parts = edit(project, THREE, "-m", "For ticket 7")
    expected = files(project)
    for gone in losses(parts):
        put(
            project, {name: text for name, text in expected.items() if name not in gone}
        )
        completed(project, THREE, expected)


def test_without_leave_nothing_is_destroyed(project: Environment) -> None:
    parts = edit(project, THREE)
    (project.root / parts[-1]).unlink()
    before = files(project)
    refused(project.generate(spec=THREE), "state", "--allow-data-loss")
    assert files(project) == before


def test_the_spec_has_changed_meanwhile(project: Environment) -> None:
    parts = edit(project, FILLED)
    expected = files(project)
    (project.root / parts[-1]).unlink()
    before = files(project)
    refused(project.generate(LOSS, spec=NOTE), "is not complete", "--amend")
    assert files(project) == before
    completed(project, FILLED, expected)
    # With the first part goes what the id of the others is proven by.
    put(project, {name: text for name, text in expected.items() if name != parts[0]})
    before = files(project)
    done = project.generate(LOSS, spec=NOTE)
    refused(done, "part 1", "version control")
    assert "--amend" not in done.stderr
    refused(project.generate(LOSS, "--amend", spec=FILLED), "part 1")
    assert files(project) == before


def test_amended_instead(project: Environment) -> None:
    parts = edit(project, FILLED)
    (project.root / parts[-1]).unlink()
    written(project.generate("--amend", spec=NOTE))
    assert len(files(project)) == 2
    assert project.generate("--check", spec=NOTE).status == 0


def test_a_revision_by_hand_on_the_first_part(project: Environment) -> None:
    """It is not touched: the missing part becomes a head beside it."""
    parts = edit(project, FILLED)
    expected = files(project)
    (project.root / parts[-1]).unlink()
    first = Path(parts[0]).name.partition("_")[0]
    path = (project.root / parts[0]).parent / "aaaa00000000_by_hand.py"
    path.write_text(
        f'revision = "aaaa00000000"\ndown_revision = "{first}"\n'
        "def upgrade():\n    pass\ndef downgrade():\n    pass\n"
    )
    says_what_is_missing(project, FILLED, "is not complete", "part 2 of 2 is missing")
    done = project.generate(spec=FILLED)
    assert written(done) == parts[1:]
    assert files(project).items() > expected.items()
    assert "alembic merge heads" in done.stderr


def test_proven_before_it_is_written(project: Environment) -> None:
    parts = edit(project, FILLED)
    expected = files(project)
    (project.root / parts[1]).unlink()
    done = project.generate("--verify", spec=FILLED)
    assert written(done) == parts[1:]
    assert "verified: " in done.stderr
    assert files(project) == expected
    # What lacks its beginning cannot be run.
    (project.root / parts[0]).unlink()
    before = files(project)
    refused(project.generate("--verify", spec=FILLED), "part 1", "without --verify")
    assert files(project) == before


def test_no_other_spec_stands_on_it(project: Environment) -> None:
    parts = edit(project, FILLED)
    (project.root / parts[-1]).unlink()
    other = "name: other\ntables: {others: {columns: {id: integer}}}\n"
    name = project.spec(other, "other.yaml")
    refused(project.run(name), "is not complete", 'the spec "shop"')


AMENDED = [(NOTE, THREE), (THREE, NOTE), (THREE, FILLED), (FILLED, THREE)]


@pytest.mark.parametrize(
    ("old", "new"), AMENDED, ids=["1 to 3", "3 to 1", "3 to 2", "2 to 3"]
)
def test_an_amendment_killed_at_each_write(
    project: Environment, old: str, new: str
) -> None:
    edit(project, old)
    before = files(project)
    written(project.generate("--amend", LOSS, spec=new))
    expected = files(project)
    for _ in kills(project, before, "--amend", LOSS, spec=new):
        found = files(project)
        if found not in (before, expected):
            refused(project.generate("--check", spec=new), "--amend")
            refused(project.generate(LOSS, spec=new), "--amend")
        assert project.generate("--amend", LOSS, spec=new).status == 0
        assert files(project) == expected


def test_a_part_of_an_amended_edit_deleted(project: Environment) -> None:
    """Its first part has an id that is no hash of what it does any more."""
    edit(project, NOTE)
    written(project.generate("--amend", LOSS, spec=THREE))
    expected = files(project)
    first, last = (
        next(name for name, text in expected.items() if part in text)
        for part in (b"part=1/3", b"part=3/3")
    )
    (project.root / last).unlink()
    completed(project, THREE, expected)
    (project.root / first).unlink()
    refused(project.generate(LOSS, spec=THREE), "part 1", "version control")


def test_parts_without_number_are_nobodys() -> None:
    """A stranger's mark may not take the time and memory of those who look."""
    text = '"""x"""\n\n# gen-migration: spec=shop part=1/%s checksum=0123456789abcdef\n'
    found = read_marker(text % 9999)
    assert found is not None
    assert found.part is not None
    assert read_marker(text % 99999999999) is None
