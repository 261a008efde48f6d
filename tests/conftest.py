"""What all tests share: the option --update, and databases."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
import zlib
from typing import TYPE_CHECKING, Any

import changes
import databases
import forks
import pytest
from cases import Case
from environment import Environment, environment
from gen_migration.scratch import location
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from random_examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A run is the same for everybody, so that a change fails for what it does; `make fuzz` looks
# further, with a seed that pytest's header shows.
settings.register_profile(
    "default",
    derandomize="GEN_MIGRATION_SEED" not in os.environ,
    deadline=None,
    max_examples=EXAMPLES,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("default")
if "GEN_MIGRATION_SEED" not in os.environ:
    # Constants of the modules that happen to be imported are drawn as well, which depends on the
    # tests that a process has run before, and on every line of the code.
    providers._get_local_constants = lambda: providers._local_constants


CACHE = pytest.StashKey[str]()
LAYOUTS = ["output", "alembic"]


def pytest_configure(config: pytest.Config) -> None:
    """Keep the cache of the user who runs the tests out of them, and them out of it.

    The embedded server is that of all runs, where it is usually. A shell that runs the tests in
    the background has Ctrl-C ignored, which children would inherit.
    """
    # To search for garbage as often as Python does takes a good part of the time.
    gc.set_threshold(2_000_000, 20, 100)
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.setdefault(location.VARIABLE, str(next(location.places()).parent))
    databases.share()
    config.stash[CACHE] = tempfile.mkdtemp(prefix="gen-migration-tests-")
    os.environ["XDG_CACHE_HOME"] = config.stash[CACHE]
    if config.getoption("numprocesses", None):
        forks.share()


def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are processors: tests wait for servers, and for locks."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Let a test that takes long meet one of the two layouts of a project, each half of them one.

    With GEN_MIGRATION_ALL, as the workflows set it, each test meets both.
    """
    items.sort(key=change_of)
    if "GEN_MIGRATION_ALL" in os.environ:
        return
    out = [one for one in items if takes_turns(one) and is_spared(one)]
    config.hook.pytest_deselected(items=out)
    items[:] = [one for one in items if one not in {*out}]


def change_of(item: pytest.Item) -> str:
    """Return the file of the golden change that a test is about; nothing for another test.

    The tests of one golden change run one after the other, and so in one process: what leads from
    its old spec to its new one is planned once for all of them.
    """
    case = parameters(item).get("case")
    if isinstance(case, Case) and changes.ROOT in case.path.parents:
        return str(case.path)
    return ""


def parameters(item: pytest.Item) -> dict[str, Any]:
    return {**item.callspec.params} if hasattr(item, "callspec") else {}


def takes_turns(item: pytest.Item) -> bool:
    return "live" in item.path.parts or item.get_closest_marker("in_turn") is not None


def is_spared(item: pytest.Item) -> bool:
    """Tell whether the same test takes its turn with the other layout."""
    layout = str(parameters(item).get("project", ""))
    turn = zlib.crc32(item.nodeid.replace(layout, "").encode()) % len(LAYOUTS)
    return layout in LAYOUTS and layout != LAYOUTS[turn]


def pytest_collection_finish() -> None:
    """Leave out of Python's searches for garbage what stays: modules, thousands of tests."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    return f"random cases: GEN_MIGRATION_SEED={os.environ.get('GEN_MIGRATION_SEED', 'unset')}"


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.close()
    # Pytest looks for garbage five times over: once is enough for what stays.
    gc.collect()
    gc.freeze()
    shutil.rmtree(config.stash[CACHE], ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite the expected sections of golden cases",
    )


@pytest.fixture
def database() -> Iterator[str]:
    """Return the URL of an empty database on PostgreSQL 18."""
    with databases.database() as url:
        yield url


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what Alembic does to a process: prepend_sys_path."""
    monkeypatch.delenv("ALEMBIC_CONFIG", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = list(sys.path)
    yield
    sys.path[:] = before


@pytest.fixture
def generic(tmp_path: Path) -> Environment:
    return environment(tmp_path / "project")


@pytest.fixture(params=LAYOUTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Environment:
    """Return a project without an Alembic configuration, and one with."""
    root = tmp_path / "project"
    if request.param == "alembic":
        return environment(root)
    root.mkdir()
    return Environment(root)
