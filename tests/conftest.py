"""What all tests share: the option --update, and databases."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
from gen_migration import scratch
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile(
    "default",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("default")


CACHE = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the cache of the user who runs the tests out of them, and them out of it."""
    config.stash[CACHE] = tempfile.mkdtemp(prefix="gen-migration-tests-")
    os.environ["XDG_CACHE_HOME"] = config.stash[CACHE]


def pytest_unconfigure(config: pytest.Config) -> None:
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
    with scratch.database() as url:
        yield url
