"""Scratch databases: gone at the end of whatever happens, and nothing else is ever touched."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from environment import said
from forks import Fork
from gen_migration.base import signals
from gen_migration.base.errors import Error
from gen_migration.scratch import copies, location, programs
from gen_migration.scratch import databases as scratch
from gen_migration.scratch import server as embedded
from gen_migration.scratch.needs import Needs

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.geteuid() == 0
BUILDS = {version: scratch.chosen(version).build for version in scratch.VERSIONS}
BUILD = BUILDS[scratch.NEWEST]
KEY = BUILD.key
# Of a run of its own: Ctrl-C and a hangup work there, also where the tests run in the background.
START = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
from gen_migration.scratch import databases as scratch; from gen_migration.base import signals
def say(*words):
    print(*words, flush=True)
"""
HOLD = """
with scratch.database() as url:
    say(url)
    time.sleep(60)
"""
WORK = """
with signals.raised():
    try:
        with scratch.database(dev_url=os.environ.get("DEV_URL")) as url:
            with scratch.connect(url) as connection:
                say(url)
                connection.execute("SELECT pg_sleep(60)")
    except KeyboardInterrupt as error:
        sys.exit(signals.status(error))
"""


class Run:
    """A process of its own that says things, line by line."""

    def __init__(self, code: str, **environment: str) -> None:
        command = ["python", "-c", START + textwrap.dedent(code)]
        environ = {**os.environ, **environment}
        reading, writing = os.pipe()
        self.err = tempfile.TemporaryFile()  # noqa: SIM115 - it is read at the end
        self.process = Fork(
            command, Path.cwd(), environ, out=writing, err=self.err.fileno()
        )
        os.close(writing)
        self.out = os.fdopen(reading)

    def hear(self) -> str:
        """Return the next line that it says."""
        return self.out.readline().strip()

    def end(self, *numbers: int) -> int:
        """Send signals, and return the exit status."""
        for number in numbers:
            self.process.send_signal(number)
        status = self.process.wait().status
        self.out.close()
        self.talk = said(self.err)
        self.err.close()
        return status


@pytest.fixture
def runs() -> Iterator[Any]:
    """Return what starts runs, which are killed at the end."""
    started: list[Run] = []

    def start(code: str, **environment: str) -> Run:
        started.append(Run(code, **environment))
        return started[-1]

    yield start
    for run in started:
        if not run.out.closed:
            run.end(signal.SIGKILL)


def directory() -> Path:
    """Return a new directory of a short path, in memory if there is any."""
    memory = location.MEMORY
    path = Path(tempfile.mkdtemp(prefix="gm-", dir=memory if memory.is_dir() else None))
    path.chmod(0o711)  # for the account that runs the server of root
    return path


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a directory for servers of this test alone, which no other test disturbs."""
    parent = directory()
    monkeypatch.setenv(location.VARIABLE, str(parent))
    path = location.place(KEY)
    yield path
    for version in scratch.VERSIONS:
        found = server(path, version)
        if found.data.exists():
            # A run that a test has killed leaves the server running.
            with contextlib.suppress(embedded.Failure):
                found.stop()
            embedded.leave(found.data, os.getpid())
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """Return a data directory, to be copied: that is faster than to make one."""
    path = directory()
    server(path).make_data()
    yield path / KEY
    shutil.rmtree(path)


@pytest.fixture
def ready(base: Path, made: Path) -> Path:
    """Return a directory like `base` that has data already."""
    subprocess.run(["cp", "-a", made, base], check=True)
    return base


@pytest.fixture(scope="module")
def dev_url() -> str:
    """Return the URL of a server that `--dev-url` may name."""
    return scratch.server().get_uri()


def server(base: Path, version: int = 18) -> embedded.Server:
    return embedded.Server(build=BUILDS[version], base=base)


def databases(url: str) -> set[str]:
    """Return the names of the databases of scratch runs."""
    with scratch.connect(url) as connection:
        query = "SELECT datname FROM pg_database WHERE datname LIKE 'gm\\_%'"
        return {name for (name,) in connection.execute(query).fetchall()}


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def one(url: str, query: str) -> Any:
    """Return the one value that a query gives."""
    with scratch.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def postmaster(base: Path) -> int:
    return int((base / KEY / "postmaster.pid").read_text().split()[0])


def wait_for(condition: Any) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# The server


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_server_is_fast_and_the_same_everywhere(version: int) -> None:
    with scratch.database(version) as url:
        assert (
            one(url, "SELECT current_setting('server_version_num')::int / 10000")
            == version
        )
        assert one(url, "SHOW fsync") == "off"
        assert one(url, "SHOW lc_messages") == "C"
        assert one(url, "SHOW server_encoding") == "UTF8"


@pytest.mark.usefixtures("ready")
def test_settings_for_other_servers_do_not_disturb(runs: Any) -> None:
    code = "with scratch.database() as url, scratch.connect(url): say('works')"
    other = {
        "PGPORT": "1",
        "PGUSER": "x",
        "PGDATABASE": "x",
        "PGHOST": "/x",
        "PGDATA": "/x",
    }
    run = runs(code, **other, LC_ALL="tr_TR.UTF-8")
    assert (run.hear(), run.end()) == ("works", 0)


def test_directory_is_for_its_owner_alone(base: Path) -> None:
    with scratch.database():
        modes = {path.name: path.stat().st_mode & 0o777 for path in base.iterdir()}
    assert modes == {KEY: 0o700, f"{KEY}.lock": 0o600, f"{KEY}.users": 0o600}
    assert base.stat().st_mode & 0o777 == (0o711 if ROOT else 0o700)


def test_many_start_at_once(base: Path, runs: Any) -> None:
    four = [
        runs("with scratch.database() as url: say(url); time.sleep(0.5)")
        for _ in range(4)
    ]
    assert len({run.hear() for run in four}) == 4
    assert [run.end() for run in four] == [0, 0, 0, 0]
    assert not server(base).listens()  # it stopped with the last


def test_threads_start_at_once(ready: Path) -> None:
    found = []

    def work() -> None:
        with scratch.database() as url:
            found.append(one(url, "SELECT 1"))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1]
    assert server(ready).listens()
    embedded.leave(ready / KEY, os.getpid())
    assert not server(ready).listens()


@pytest.mark.usefixtures("ready")
def test_server_outlives_a_user(runs: Any) -> None:
    run = runs(HOLD)
    url = run.hear()
    assert runs("with scratch.database(): pass").end() == 0
    assert one(url, "SELECT 1") == 1


@pytest.mark.usefixtures("ready")
def test_fork_of_a_user_does_not_stop_the_server(runs: Any) -> None:
    run = runs("""
        with scratch.database() as url:
            if os.fork() == 0:
                from gen_migration.scratch import server as embedded
                build = scratch.chosen().build
                embedded.leave(embedded.running(build).data, os.getppid())
                os._exit(0)
            os.wait()
            with scratch.connect(url):
                say("works")
    """)
    assert (run.hear(), run.end()) == ("works", 0)


@pytest.mark.usefixtures("ready")
def test_next_run_clears_up_after_one_that_was_killed(runs: Any) -> None:
    lives, dies = runs(HOLD), runs(HOLD)
    live, dead = name_of(lives.hear()), name_of(dies.hear())
    dies.end(signal.SIGKILL)
    with scratch.database() as url:

        def is_gone() -> bool:
            scratch.drop_left_over(scratch.server().get_uri())
            return dead not in databases(url)

        wait_for(is_gone)  # PostgreSQL may not have noticed yet
        made = "SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname ~ '^gm_'"
        assert databases(url) == {live, name_of(url)}
        assert set(one(url, made).split()) == {live, name_of(url)}


def test_last_of_many_killed_runs_leaves_nothing_for_long(
    ready: Path, runs: Any
) -> None:
    run = runs(HOLD)
    run.hear()
    run.end(signal.SIGKILL)
    assert server(ready).listens()
    old = postmaster(ready)
    with scratch.database() as url:
        assert databases(url) == {name_of(url)}
        assert (
            postmaster(ready) != old
        )  # of its own settings, without a dead run's work
    embedded.leave(ready / KEY, os.getpid())
    assert not server(ready).listens()


def test_killed_server_starts_again(ready: Path, runs: Any) -> None:
    with scratch.database() as url, scratch.connect(url) as connection:
        connection.execute("CREATE TABLE t (x int)")
        os.kill(postmaster(ready), signal.SIGKILL)
        wait_for(lambda: not server(ready).listens())
        # The same process goes on, while a process of the old server may still be there.
        with scratch.database() as other:
            assert one(other, "SELECT 1") == 1
    run = runs("with scratch.database(): say('works')")
    assert run.hear() == "works"


def test_killed_server_is_no_obstacle_to_another_run(ready: Path, runs: Any) -> None:
    run = runs(HOLD)
    run.hear()
    os.kill(postmaster(ready), signal.SIGKILL)
    run.end(signal.SIGKILL)
    with scratch.database() as url:
        assert databases(url) == {name_of(url)}


@pytest.mark.parametrize("broken", ["no start", "no version", "half made", "stale"])
def test_broken_data_directory_is_made_anew(
    base: Path, made: Path, broken: str
) -> None:
    data = base / KEY
    data.mkdir()
    if broken == "no start":
        (data / "PG_VERSION").write_text("18\n")
    elif broken == "half made":
        (base / f"{KEY}-new" / "base").mkdir(parents=True)
        (base / f"{KEY}-new" / "PG_VERSION").write_text("18\n")
        data.rmdir()
    elif broken == "stale":  # the id of the dead server is another process's
        data.rmdir()
        subprocess.run(["cp", "-a", made, data], check=True)
        lines = (str(os.getpid()), str(data), "1", "5432", ".", "", "1 1", "ready")
        (data / "postmaster.pid").write_text("\n".join([*lines, ""]))
        (data / ".s.PGSQL.5432").touch()
    with scratch.database() as url:
        assert one(url, "SELECT 1") == 1
    assert sorted(path.name for path in base.iterdir()) == [
        KEY,
        f"{KEY}.lock",
        f"{KEY}.users",
    ]


def test_run_killed_while_it_makes_the_data_directory(base: Path, runs: Any) -> None:
    run = runs("scratch.server()")
    wait_for(lambda: list(base.glob(f"{KEY}-*/PG_VERSION")))
    run.end(signal.SIGKILL)
    with scratch.database() as url:
        assert one(url, "SELECT 1") == 1


def test_end_of_a_run_whose_directory_was_removed_stops_no_other(ready: Path) -> None:
    scratch.server()
    pid = postmaster(ready)
    found, users = embedded._used.pop(ready / KEY)
    shutil.rmtree(ready)
    scratch.server()  # makes another
    new = embedded._used[ready / KEY]
    embedded._used[ready / KEY] = found, users
    embedded.leave(ready / KEY, os.getpid())
    assert server(ready).listens()
    embedded._used[ready / KEY] = new
    os.kill(pid, signal.SIGQUIT)


def test_server_that_does_not_start_is_an_error(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(embedded.SETTINGS, "wal_level", "nonsense")
    with pytest.raises(Error, match="does not start") as caught:
        scratch.server()
    assert "wal_level" in caught.value.message
    assert "--dev-url" in caught.value.hint
    assert str(base) in caught.value.hint


# Its place


def test_memory_is_preferred_and_then_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(location.VARIABLE, raising=False)
    monkeypatch.setattr(location, "account", dict)
    monkeypatch.setattr(location, "MEMORY", tmp_path)
    monkeypatch.setattr(location, "ROOM", 0)
    name = f"gen-migration-{os.geteuid()}"
    assert next(location.places()) == tmp_path / name
    monkeypatch.setattr(location, "ROOM", 2**80)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert list(location.places()) == [
        tmp_path / "cache" / "gen-migration" / "scratch",
        Path(tempfile.gettempdir()).resolve() / name,
    ]
    monkeypatch.setattr(location, "MEMORY", tmp_path / "no")
    monkeypatch.setattr(location, "account", lambda: {"user": 1})
    places = list(location.places())
    assert places == [Path(tempfile.gettempdir()).resolve() / name]


def test_place_is_one_that_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    (tmp_path / "file").touch()
    good = directory()
    monkeypatch.setattr(
        location, "places", lambda: iter([deep, tmp_path / "file" / "x", good])
    )
    assert location.place(KEY) == good
    good.rmdir()
    monkeypatch.undo()
    monkeypatch.setenv(location.VARIABLE, str(deep))
    with pytest.raises(Error, match="no directory") as caught:
        location.place(KEY)
    assert location.VARIABLE in caught.value.hint


@pytest.mark.parametrize("kind", ["link", "file", "other user"])
def test_directory_of_a_stranger_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv(location.VARIABLE, str(tmp_path))
    path = next(location.places())
    if kind == "link":
        (tmp_path / "mine").mkdir()
        path.symlink_to(tmp_path / "mine")
    elif kind == "file":
        path.touch()
    else:
        other = os.geteuid() + 1
        monkeypatch.setattr(os, "geteuid", lambda: other)
        path = next(location.places())
        path.mkdir()
    monkeypatch.setattr(location, "MAX_SOCKET", 1000)
    with pytest.raises(Error, match="no directory of yours") as caught:
        scratch.server()
    assert caught.value.where == str(path)
    assert location.VARIABLE in caught.value.hint


@pytest.mark.usefixtures("base")
def test_an_environment_may_be_deleted_while_its_server_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = directory()
    monkeypatch.setattr(copies, "gettempdir", lambda: str(home))
    closed = home / "environment"
    package = BUILD.programs.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, closed / part.name, symlinks=True)
    closed.chmod(0o700)  # as in root's home
    build = programs.build(
        closed / BUILD.programs.relative_to(package.parent), BUILD.package
    )
    assert build is not None
    assert build.key == KEY  # the same, wherever it is
    found = embedded.use(embedded.Server(build=build, base=location.place(KEY)))
    shutil.rmtree(closed)
    try:
        with scratch.connect(found.get_uri()) as connection:
            connection.execute("CREATE EXTENSION vector")
        found.stop()
        embedded.use(found)
        assert one(found.get_uri(), "SELECT vector_dims('[1,2]'::vector)") == 2
    finally:
        embedded.leave(found.data, os.getpid())
        shutil.rmtree(home)


def test_copy_that_lacks_a_file_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "gettempdir", lambda: str(tmp_path))
    copy = copies.copied(BUILD)
    assert (copy / "postgres").exists()
    (control,) = copy.parents[1].rglob("vector.control")
    assert "trusted = true" in control.read_text("utf-8")
    control.unlink()
    assert copies.copied(BUILD) == copy
    assert control.exists()


def test_data_of_a_former_installation_goes(base: Path) -> None:
    old, used = base / "17.1-00000000", base / "17.2-00000000"
    for path in (old, used):
        path.mkdir()
        (base / f"{path.name}.users").touch()
        os.utime(path, (0, 0))
    with (base / f"{used.name}.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        server(base).make_data()
    assert used.exists()
    assert not old.exists()


@pytest.mark.parametrize("package", ["server", "psycopg"])
@pytest.mark.usefixtures("base")
def test_missing_package_is_an_error(
    dev_url: str, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    if package == "psycopg":
        monkeypatch.setitem(sys.modules, package, None)
    else:
        monkeypatch.setattr(programs, "root_of", lambda _: None)
        monkeypatch.setattr(programs, "installed", tuple)
    where = dev_url if package == "psycopg" else None
    with (
        pytest.raises(Error, match="is not installed") as caught,
        scratch.database(dev_url=where),
    ):
        pass
    assert caught.value.hint == 'pip install "gen-migration[postgres]"'


# The databases


@pytest.mark.parametrize("kind", ["embedded", "dev"])
def test_database_is_dropped(dev_url: str, kind: str) -> None:
    with scratch.database(dev_url=dev_url if kind == "dev" else None) as url:
        assert name_of(url) in databases(dev_url)
        with scratch.connect(url) as left_open:
            assert left_open.execute("SELECT 1").fetchone() == (1,)
            connection = left_open
            raise_later = scratch.connect(url)
    assert name_of(url) not in databases(dev_url)
    assert connection.closed
    with pytest.raises(psycopg.OperationalError):  # nobody keeps it alive
        raise_later.execute("SELECT 1")
    raise_later.close()


def test_database_is_dropped_after_an_error(dev_url: str) -> None:
    with pytest.raises(ZeroDivisionError), scratch.database(dev_url=dev_url) as url:
        raise ZeroDivisionError
    assert name_of(url) not in databases(dev_url)
    with (
        pytest.raises(psycopg.errors.SyntaxError),
        scratch.database(dev_url=dev_url) as url,
        scratch.connect(url) as connection,
    ):
        connection.execute("SELEC")
    assert name_of(url) not in databases(dev_url)


@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ([signal.SIGINT], 130),
        ([signal.SIGTERM], 143),
        ([signal.SIGHUP], 129),
        ([signal.SIGINT, signal.SIGINT, signal.SIGTERM], None),
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", ["embedded", "dev"])
def test_database_is_dropped_after_a_signal(
    dev_url: str, runs: Any, kind: str, numbers: list[int], status: int | None
) -> None:
    run = runs(WORK, **({"DEV_URL": dev_url} if kind == "dev" else {}))
    name = name_of(run.hear())
    sleeping = (
        "SELECT count(*) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND state = 'active'"
    )
    wait_for(lambda: one(dev_url, sleeping) == 1)
    found = run.end(*numbers)
    assert name not in databases(dev_url)
    assert found in {status, 130, 143} if status is None else found == status


def test_signals_at_any_moment_leave_nothing(dev_url: str, runs: Any) -> None:
    code = """
        with signals.raised():
            say("go")
            while True:
                with scratch.database(dev_url=os.environ["DEV_URL"]):
                    pass
    """
    started = [runs(code, DEV_URL=dev_url) for _ in range(6)]
    for run in started:
        run.hear()
    for number, run in enumerate(started):
        time.sleep(0.013)
        run.process.send_signal((signal.SIGINT, signal.SIGTERM)[number % 2])
    pids = {run.process.pid for run in started}
    for run in started:
        run.end()
        assert "KeyboardInterrupt" in run.talk or "Terminated" in run.talk
    left = {name for name in databases(dev_url) if int(name.split("_")[1]) in pids}
    assert left == set()


@pytest.mark.usefixtures("ready")
def test_interrupt_while_the_database_is_made(runs: Any) -> None:
    url = scratch.server().get_uri()
    with psycopg.connect(url) as blocking:
        blocking.execute(
            "COMMENT ON DATABASE template0 IS 'CREATE DATABASE waits for me'"
        )
        run = runs(WORK)
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait_for(lambda: one(url, waits) == 1)
        assert run.end(signal.SIGINT) == 130
        assert one(url, waits) == 0
    assert databases(url) == set()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, signals.Terminated(15)], ids=str)
def test_interrupt_after_the_database_was_made(
    dev_url: str, monkeypatch: pytest.MonkeyPatch, stop: Any
) -> None:
    made = []
    execute = psycopg.Connection.execute

    def interrupted(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
        result = execute(self, query, *rest, **more)
        if str(query).startswith("CREATE DATABASE"):
            made.append(str(query).split()[2])
            assert made[0] in databases(dev_url)
            raise stop
        return result

    monkeypatch.setattr(psycopg.Connection, "execute", interrupted)
    with pytest.raises(KeyboardInterrupt), scratch.database(dev_url=dev_url):
        pass
    monkeypatch.undo()
    assert made[0] not in databases(dev_url)


def test_other_databases_of_a_server_are_never_touched(
    dev_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "gm_1_" + secrets.token_hex(16)
    name = f"gm_{os.getpid()}_{'0' * 32}"
    with scratch.connect(dev_url) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"CREATE DATABASE {other}")
    try:
        with scratch.database(dev_url=dev_url):
            pass
        with monkeypatch.context() as patch:
            patch.setattr(secrets, "token_hex", lambda _: "0" * 32)
            with (
                pytest.raises(Error, match="already exists"),
                scratch.database(dev_url=dev_url),
            ):
                pass
        assert {name, other} <= databases(dev_url)
    finally:
        with scratch.connect(dev_url) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"DROP DATABASE IF EXISTS {other}")


def test_what_a_killed_run_left_on_a_server_goes_with_the_next(
    dev_url: str, runs: Any
) -> None:
    run = runs(WORK, DEV_URL=dev_url)
    name = name_of(run.hear())
    alive = name_of(runs(WORK, DEV_URL=dev_url).hear())
    run.end(signal.SIGKILL)
    busy = (
        "SELECT count(*) FROM pg_stat_activity"
        f" WHERE '{name}' IN (datname, application_name)"
    )
    with scratch.connect(dev_url) as connection:
        connection.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE '{name}' IN (datname, application_name)"
        )
    wait_for(lambda: one(dev_url, busy) == 0)
    assert {name, alive} <= databases(dev_url)
    with scratch.database(dev_url=dev_url):
        found = databases(dev_url)
    assert name not in found
    assert alive in found  # whose run goes on


def test_database_that_stays_is_named(dev_url: str) -> None:
    def keep(url: str) -> None:
        with scratch.connect(dev_url) as connection:
            connection.execute(f"ALTER DATABASE {name_of(url)} IS_TEMPLATE true")

    with pytest.raises(Error, match="may be left on") as caught:  # noqa: SIM117
        with scratch.database(dev_url=dev_url) as first:
            keep(first)
    assert name_of(first) in caught.value.hint
    with pytest.raises(ZeroDivisionError) as also:  # noqa: SIM117, PT012
        with scratch.database(dev_url=dev_url) as second:
            keep(second)
            raise ZeroDivisionError
    assert name_of(second) in also.value.__notes__[0]
    with scratch.connect(dev_url) as connection:
        for url in (first, second):
            connection.execute(f"ALTER DATABASE {name_of(url)} IS_TEMPLATE false")
            connection.execute(f"DROP DATABASE {name_of(url)}")


# What a server of --dev-url may lack


def refusal(url: str) -> Error:
    with pytest.raises(Error) as caught, scratch.database(dev_url=url):
        pass
    return caught.value


def test_server_that_is_not_there() -> None:
    error = refusal("postgresql://user:secret@127.0.0.1:1/postgres")
    assert "no connection to the server of --dev-url" in error.message
    assert "postgresql://user:***@127.0.0.1:1/postgres" in error.message
    assert "refused" in error.message
    assert "--dev-url" in error.hint
    assert "secret" not in str(error)


def test_url_that_is_none() -> None:
    assert "secret" not in str(refusal("mysql://user:secret@host/name"))


def test_user_who_may_not_make_databases(dev_url: str) -> None:
    role = f"gm_role_{os.getpid()}"
    with scratch.connect(dev_url) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
        error = refusal(dev_url.replace("postgres@", f"{role}@"))
        connection.execute(f"DROP ROLE {role}")
    assert "permission denied to create database" in error.message
    assert error.hint.endswith(f'ALTER ROLE "{role}" CREATEDB')


def test_user_who_may_only_make_databases(dev_url: str) -> None:
    role = f"gm_maker_{os.getpid()}"
    with scratch.connect(dev_url) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN CREATEDB")
        url = dev_url.replace("postgres@", f"{role}@")
        with scratch.database(dev_url=url) as made, scratch.connect(made) as session:
            session.execute("CREATE TABLE t (x int)")
        assert name_of(made) not in databases(dev_url)
        connection.execute(f"DROP ROLE {role}")


def test_server_that_is_too_old(dev_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "OLDEST", 99)
    assert "is PostgreSQL 18" in refusal(dev_url).message


@pytest.mark.parametrize("kind", ["embedded", "dev"])
def test_connection_that_is_lost(dev_url: str, kind: str) -> None:
    server = dev_url if kind == "dev" else None
    with (
        pytest.raises(Error, match="a connection was lost") as caught,
        scratch.database(dev_url=server) as url,
        scratch.connect(url) as connection,
    ):
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert ("see that the server runs" if server else "run again") in caught.value.hint
    assert name_of(url) not in databases(dev_url)


def test_server_that_went_away(ready: Path) -> None:
    url = scratch.server().get_uri()
    with pytest.raises(Error, match="a connection was lost"):  # noqa: SIM117, PT012
        with scratch.database() as made, scratch.connect(made) as connection:
            server(ready).stop()
            connection.execute("SELECT 1")
    with pytest.raises(Error, match="may be left on") as caught:  # noqa: PT012
        scratch.server()
        with scratch.database(dev_url=url):
            server(ready).stop()
    assert "DROP DATABASE" in caught.value.hint


def test_extensions(dev_url: str) -> None:
    needs = Needs(told=frozenset(("plpgsql", "nothing", "hll")))
    with pytest.raises(Error) as caught, scratch.database(dev_url=dev_url, needs=needs):
        pass
    assert str(caught.value) == (
        'error: the scratch server has no extensions "hll", "nothing"\n'
        "  hint: install them on the server of --dev-url"
    )


# Signals


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_command_ends_with_the_status_of_a_signal(
    runs: Any, number: int, status: int
) -> None:
    run = runs("""
        from gen_migration.cli import main
        @main.command()
        def hang():
            with scratch.database() as url:
                say(url)
                time.sleep(60)
        main(["hang"])
    """)
    name = name_of(run.hear())
    assert run.end(number) == status
    assert run.talk.strip() == "interrupted"
    assert name not in databases(scratch.server().get_uri())


def test_signals_that_others_handle_stay_theirs() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with signals.raised():
            signal.raise_signal(signal.SIGTERM)
        with signals.held():
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def test_signal_waits_for_a_clean_up_but_not_for_ever() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    done = []
    try:
        with pytest.raises(KeyboardInterrupt), signals.held():  # noqa: PT012
            signal.raise_signal(signal.SIGINT)
            done.append(1)
        with pytest.raises(KeyboardInterrupt), signals.held(seconds=-1):  # noqa: PT012
            signal.raise_signal(signal.SIGINT)
            done.append(2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert done == [1]
