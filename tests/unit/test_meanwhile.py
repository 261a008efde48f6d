"""Work of another process: a history is replayed, a spec is read, some of a list is done."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from environment import SHOP, Environment, forked, process, written
from gen_migration.base.meanwhile import has_another_processor

if TYPE_CHECKING:
    from pathlib import Path

    from environment import Done

pytestmark = pytest.mark.skipif(
    not has_another_processor(), reason="Linux with two processors"
)
# Tests run beside threads of pytest's own, with which no process is forked.
WORK = """
import os, pathlib, sys, time
from gen_migration.base import meanwhile as module
from gen_migration.base.meanwhile import meanwhile
module.is_idle = lambda: True
place = pathlib.Path(sys.argv[1])
def work():
    print("said")
    {work}
    place.write_text("done")
def body():
    {body}
try:
    with meanwhile(work):
        body()
finally:
    print(place.exists())
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("alone")
"""


def run(place: Path, work: str, body: str) -> Done:
    script = WORK.format(work=work, body=body)
    return forked(["python", "-c", script, str(place / "file")], place)


def test_work_is_done_at_the_end(tmp_path: Path) -> None:
    done = run(tmp_path, "time.sleep(0.2)", "assert not place.exists()")
    assert (done.status, done.stdout, done.stderr) == (0, "True\nalone\n", "")


def test_work_that_fails_says_nothing(tmp_path: Path) -> None:
    for work in ("raise ValueError('no')", "sys.exit('no')", "os.abort()"):
        done = run(tmp_path, work, "pass")
        assert (done.status, done.stdout, done.stderr) == (0, "False\nalone\n", "")


def test_work_ends_when_the_body_raises(tmp_path: Path) -> None:
    done = run(tmp_path, "time.sleep(60)", "sys.exit(3)")
    assert (done.status, done.stdout) == (3, "False\nalone\n")


def test_nothing_is_forked_where_others_work(tmp_path: Path) -> None:
    script = WORK.format(work="pass", body="pass").replace(
        "module.is_idle = lambda: True", "module.LOAD = pathlib.Path(sys.argv[2])"
    )
    load = tmp_path / "loadavg"
    for minute, working, is_done in ((900, 1, True), (0, 999, True), (900, 999, False)):
        load.write_text(f"{minute}.00 0.00 0.00 {working}/1234 5678\n")
        place = tmp_path / f"{minute} {working}"
        command = ["python", "-c", script, str(place), str(load)]
        done = forked(command, tmp_path)
        assert (done.stdout, done.stderr) == (f"{is_done}\nalone\n", "")


def test_nothing_is_forked_beside_threads(tmp_path: Path) -> None:
    script = WORK.format(work="pass", body="pass").replace(
        "try:",
        "import threading\nthreading.Thread(target=time.sleep, args=(1,)).start()\ntry:",
        1,
    )
    done = forked(["python", "-c", script, str(tmp_path / "file")], tmp_path)
    assert (done.stdout, done.stderr) == ("False\nalone\n", "")


# Tells at last whether this process itself has called a function.
NOTED = """
import atexit, json
import {module} as module
plain, calls = module.{function}, []
def noted(*given, **options):
    calls.append(given)
    return plain(*given, **options)
module.{function} = noted
atexit.register(lambda: print(json.dumps(bool(calls))))
"""
# Tells at last whether this process itself has imported a module.
IMPORTED = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps({module!r} in sys.modules)))
"""
GENERATE = """
import sys
from gen_migration.__main__ import run
from gen_migration.base import meanwhile
from gen_migration.workflows import ahead
meanwhile.is_idle = lambda: True
ahead.LONG = int(sys.argv.pop(1))
run()
"""
REPLAYED = NOTED.format(module="gen_migration.replay.replay", function="replay")
NOTE = SHOP.replace("new}\n", "new}\n      note: {type: text, nullable: true}\n", 1)
LONG, SHORT = "0", "1000000"


def generated(project: Environment, long: str, *options: str) -> tuple[list[str], bool]:
    """Return what a run says whose cache is empty, and whether it has replayed the history."""
    home = project.root / f"cache{len([*project.root.glob('cache*')])}"
    script = REPLAYED + GENERATE
    command = ["python", "-c", script, long, "shop.yaml", *options]
    done = forked(command, project.root, XDG_CACHE_HOME=str(home))
    *lines, replayed = done.stdout.splitlines()
    return [*lines, done.stderr, str(done.status)], json.loads(replayed)


@pytest.mark.parametrize("options", [("--dry-run",), ("--check",), ()], ids=str)
def test_another_process_replays_a_long_history(
    generic: Environment, options: tuple[str, ...]
) -> None:
    written(generic.generate(spec=SHOP))
    generic.spec(NOTE)
    look = options or ("--dry-run",)
    alone, replayed = generated(generic, SHORT, *look)
    assert replayed
    assert generated(generic, LONG, *look) == (alone, False)
    if not options:
        lines, replayed = generated(generic, LONG)
        assert (lines[-1], replayed) == ("0", False)
        assert generated(generic, SHORT, "--check")[0][-1] == "0"


def test_nothing_is_imported_to_replay_it(generic: Environment) -> None:
    written(generic.generate(spec=SHOP))
    generic.spec(NOTE)
    script = IMPORTED.format(module="gen_migration.replay.replay") + GENERATE
    command = [sys.executable, "-c", script, LONG, "shop.yaml", "--check"]
    done = process(command, generic.root, XDG_CACHE_HOME=str(generic.root / "cache"))
    assert (done.status, done.stdout.splitlines()[-1]) == (1, "false")


def test_what_is_wrong_is_said_as_ever(generic: Environment) -> None:
    written(generic.generate(spec=SHOP))
    (name,) = generic.files()
    generic.edit(generic.root / name, "op.create_index(", "op.make_index(")
    alone = generated(generic, SHORT)
    assert "make_index" in alone[0][0]
    assert generated(generic, LONG) == alone
    generic.spec(SHOP.replace("references: customers.id", "references: buyers.id"))
    alone = generated(generic, SHORT)
    assert "buyers" in alone[0][0]
    assert generated(generic, LONG) == alone


PARSE = """
import sys
from gen_migration.postgres import expressions
from gen_migration.postgres.expressions_ahead import parsed, parsed_elsewhere
from gen_migration.base import meanwhile
meanwhile.is_idle = lambda: True
expressions.parse_expression.cache_clear()
texts = sys.argv[1:]
def outcome(text):
    try:
        return expressions.parse_expression(text)
    except expressions.SqlMistake as mistake:
        return str(mistake), mistake.offset
with meanwhile.answers(lambda: parsed(texts)) as found, parsed_elsewhere(found):
    ahead = [outcome(one) for one in texts]
    known = [one for one in texts if expressions.PARSED.found.get(one) is not None]
expressions.PARSED.found.clear()
expressions.parse_expression.cache_clear()
assert ahead == [outcome(one) for one in texts]
print(len(known))
"""
EXPRESSIONS = [
    "a > 0",
    'lower( "B" COLLATE "C")',
    "t.c",
    'c COLLATE pg_catalog."C"',
    "user = 'x' AND a IS DISTINCT FROM 1",
    "now()",
    "a >",
    "count(*)",
    "-- no",
]


def test_expressions_are_the_same_wherever_they_are_parsed(tmp_path: Path) -> None:
    done = forked(["python", "-c", PARSE, *EXPRESSIONS], tmp_path)
    assert (done.status, done.stdout, done.stderr) == (0, "6\n", "")


FIRST = """
import json, sys
from gen_migration.__main__ import run
from gen_migration.base import meanwhile
ahead = json.loads(sys.argv.pop(1))
meanwhile.is_idle = lambda: ahead
run()
"""
READ = NOTED.format(module="yaml", function="CSafeLoader.get_event")
SPECS = (
    SHOP.replace("new}\n", "new}\n      size: {type: numeric, default: 0.5}\n", 1),
    SHOP.replace("state IN", "state INN"),
    SHOP.replace("IN", "in"),
    SHOP.replace("default: new", "default: {sql: now() }"),
    SHOP.replace("tables:", "tables: ["),
    SHOP.replace("tables:", "tables: &a"),
    "",
)


@pytest.mark.parametrize("spec", SPECS)
def test_another_process_reads_the_spec_of_a_first_revision(
    generic: Environment, spec: str
) -> None:
    generic.spec(spec)
    runs = []
    for is_ahead in ("true", "false"):
        script = READ + FIRST
        command = ["python", "-c", script, is_ahead, "shop.yaml", "--dry-run"]
        done = forked(command, generic.root)
        *lines, read = done.stdout.splitlines()
        runs.append((done.status, lines, done.stderr, read == "true"))
    ahead, alone = runs
    assert ahead[:3] == alone[:3]
    assert (ahead[3], alone[3]) == (ahead[0] != 0, True)


def test_nothing_is_imported_to_read_it(generic: Environment) -> None:
    generic.spec(SHOP)
    script = IMPORTED.format(module="yaml") + FIRST
    command = [sys.executable, "-c", script, "true", "shop.yaml", "--dry-run"]
    done = process(command, generic.root)
    assert (done.status, done.stdout.splitlines()[-1]) == (0, "false")


def test_a_pipe_is_read_once(generic: Environment) -> None:
    generic.spec()
    command = f'{sys.executable} -c "$0" true <(cat shop.yaml) --dry-run'
    done = process(["bash", "-c", command, FIRST], generic.root)
    assert (done.status, done.stderr) == (0, "")
    assert "op.create_table(" in done.stdout


BEGUN = """
import os, time
from gen_migration.base import meanwhile
meanwhile.is_idle = lambda: True
meanwhile.MANY, meanwhile.PART = 3, 2
here = os.getpid()
def made(one):
    {work}
    return one * 2, os.getpid() == here
every = meanwhile.begun(made, [*range(5)])
time.sleep({wait})
print(every(), every() is every(), meanwhile.RUNNING)
print(meanwhile.mapped(made, [1, 2]))
"""


@pytest.mark.parametrize(
    ("work", "wait", "there"),
    [
        ("pass", 0.5, 0),
        ("time.sleep(one == 4 and 0.6)", 0.4, 4),
        ("assert os.getpid() == here", 0, 5),
        ("assert os.getpid() == here or one == 4", 0.5, 4),
    ],
)
def test_another_process_does_some_of_a_list(
    tmp_path: Path, work: str, wait: float, there: int
) -> None:
    """It begins with the last one; the first `there` are done here."""
    command = ["python", "-c", BEGUN.format(work=work, wait=wait)]
    done = forked(command, tmp_path)
    assert (done.status, done.stderr) == (0, "")
    every = [(one * 2, one < there) for one in range(5)]
    assert done.stdout == f"{every} True set()\n{[(2, True), (4, True)]}\n"


LEFT = """
import os, time
from gen_migration.base import meanwhile
meanwhile.is_idle = lambda: True
meanwhile.MANY = 1
{ask}meanwhile.begun(time.sleep, [60])
print(len(meanwhile.RUNNING))
"""


def test_what_nobody_asks_for_ends(tmp_path: Path) -> None:
    for ask, running in (("every = ", 1), ("", 0)):
        done = forked(["python", "-c", LEFT.format(ask=ask)], tmp_path)
        assert (done.status, done.stdout, done.stderr) == (0, f"{running}\n", "")


ANSWERS = """
import time
from gen_migration.base import meanwhile
meanwhile.is_idle = lambda: True
def work():
    yield b"one"
    yield b"a" * 3_000_000
    raise ValueError
with meanwhile.answers(work) as found:
    print([len(one) for one in found])
with meanwhile.answers(work) as found:
    print(next(found))
print([*meanwhile.Answers(__import__("io").BytesIO((5).to_bytes(8, "big") + b"four"))])
gone = {*meanwhile.ABANDONED}
time.sleep(0.5)
with meanwhile.answers(work) as found:
    print(len(gone), meanwhile.RUNNING & gone, meanwhile.ABANDONED)
"""


def test_answers_come_until_a_process_ends(tmp_path: Path) -> None:
    done = forked(["python", "-c", ANSWERS], tmp_path)
    *lines, last = done.stdout.splitlines()
    assert (lines, done.stderr) == (["[3, 3000000]", "b'one'", "[]"], "")
    # The processes that were left are gone by the time of the next.
    assert last.endswith(" set() set()")
