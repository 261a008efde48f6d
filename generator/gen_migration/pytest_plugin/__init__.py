"""A plug-in for pytest: databases with the schema of specs, and tests of their histories.

pytest loads it in every run, so nothing is imported here but pytest: a run that uses none of it
pays for reading this file. Paths are those of `[tool.gen-migration]`, from pytest's root.
"""

from __future__ import annotations

import contextlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.api import Configuration, Template

    Templates = Callable[[tuple[str, ...]], Template]

SPEC, REVISION = "gen_migration_spec", "gen_migration_revision"
NO_SPEC = "no spec: [tool.gen-migration] of pyproject.toml names none"
NO_REVISION = "the specs have no revision yet"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        "gen_migration(*specs): paths of the specs whose schemas the database of the test has;"
        " without it, all that [tool.gen-migration] names",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test for each spec of the project, or for each revision that they have."""
    if SPEC in metafunc.fixturenames:
        found = [pytest.param(one, id=one) for one in specs(metafunc.config.rootpath)]
        metafunc.parametrize(SPEC, found or [skipped(NO_SPEC)])
    if REVISION in metafunc.fixturenames:
        found = [
            pytest.param((spec, id_), id=f"{spec}-{id_}")
            for spec, id_ in revisions(metafunc.config.rootpath)
        ]
        metafunc.parametrize(REVISION, found or [skipped(NO_REVISION)])


def skipped(why: str) -> Any:
    """Return the parameter of a test that there is nothing for."""
    return pytest.param(None, marks=pytest.mark.skip(reason=why), id="none")


@contextlib.contextmanager
def in_project(root: Path) -> Iterator[Configuration]:
    """Yield the configuration of a project, in its directory; its mistakes have no traceback."""
    from gen_migration import api

    try:
        with contextlib.chdir(root):
            yield api.configuration()
    except api.Error as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


@cache
def specs(root: Path) -> tuple[str, ...]:
    """Return the paths of a project's specs."""
    with in_project(root) as configuration:
        return tuple(one.path for one in configuration.places)


@cache
def revisions(root: Path) -> tuple[tuple[str, str], ...]:
    """Return the specs of a project with their revisions, which are read and not run."""
    from gen_migration import api

    with in_project(root) as configuration:
        return tuple(
            (spec, id_)
            for spec in specs(root)
            for id_ in api.revisions(spec, configuration=configuration)
        )


@pytest.fixture(scope="session")
def gen_migration_templates(pytestconfig: pytest.Config) -> Iterator[Templates]:
    """Return what gives the template with the schemas of some specs, made once in a session."""
    from gen_migration import api

    root = pytestconfig.rootpath
    with contextlib.ExitStack() as stack:

        @cache
        def template(paths: tuple[str, ...]) -> Template:
            with in_project(root) as configuration:
                if not paths:
                    pytest.fail(NO_SPEC, pytrace=False)
                loaded = [api.load(Path(one)) for one in paths]
                made = api.template(*loaded, configuration=configuration)
                return stack.enter_context(made)

        yield template


@pytest.fixture
def gen_migration_url(
    request: pytest.FixtureRequest, gen_migration_templates: Templates
) -> Iterator[str]:
    """Return the URL of a database with the schemas of the project's specs, and no rows.

    It is the test's own, and dropped after it. `@pytest.mark.gen_migration("spec/app.yaml")` says
    whose schemas, where not all specs are of one database.
    """
    marker = request.node.get_closest_marker("gen_migration")
    paths = marker.args if marker else specs(request.config.rootpath)
    with gen_migration_templates(tuple(map(str, paths))).copy() as url:
        yield url


@pytest.fixture
def gen_migration_connection(gen_migration_url: str) -> Iterator[Any]:
    """Return a connection of psycopg to the database of `gen_migration_url`."""
    import psycopg

    with psycopg.connect(gen_migration_url) as connection:
        yield connection
