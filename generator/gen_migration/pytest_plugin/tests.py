"""Tests of the specs of a project and of their histories, for a file of tests to import.

    from gen_migration.pytest_plugin.tests import *

Each runs for all specs of `[tool.gen-migration]`.
"""

from __future__ import annotations

import pytest

from gen_migration import api
from gen_migration.pytest_plugin import in_project

__all__ = [
    "test_danger_is_ignored_with_a_reason",
    "test_history_is_up_to_date",
    "test_models_say_what_the_spec_says",
    "test_revision_does_what_it_says",
]


def test_history_is_up_to_date(
    gen_migration_spec: str, pytestconfig: pytest.Config
) -> None:
    """A spec asks for nothing that its revisions do not do."""
    with in_project(pytestconfig.rootpath) as configuration:
        pending = api.plan(gen_migration_spec, configuration=configuration)
    if not pending.is_empty:
        steps = "\n".join(f"  {one.summary}" for one in pending.operations)
        failed(f"the history is behind {gen_migration_spec}, which asks for\n{steps}")


def test_revision_does_what_it_says(
    gen_migration_revision: tuple[str, str], pytestconfig: pytest.Config
) -> None:
    """A revision leads to what its spec says, and back, with rows (on a scratch database)."""
    spec, id_ = gen_migration_revision
    with in_project(pytestconfig.rootpath) as configuration:
        proof = api.verify(spec, id_, configuration=configuration)
    if not proof.is_good:
        failed("\n".join([proof.what, *proof.problems, proof.text]))


def test_models_say_what_the_spec_says(
    gen_migration_spec: str, pytestconfig: pytest.Config
) -> None:
    """The models of a spec, whose modules are run, build what it says (on a scratch database)."""
    with in_project(pytestconfig.rootpath) as configuration:
        (models,) = [
            one.models for one in configuration.places if one.path == gen_migration_spec
        ]
        if not models:
            pytest.skip(f"[tool.gen-migration] names no models of {gen_migration_spec}")
        found = api.diff(
            gen_migration_spec, f"models:{models}", configuration=configuration
        )
        if found.review.changes:
            from click import unstyle

            failed(unstyle(api.render(found.review)))


def test_danger_is_ignored_with_a_reason(
    gen_migration_spec: str, pytestconfig: pytest.Config
) -> None:
    """What this branch of git changes in a spec has no danger that the spec does not ignore."""
    with in_project(pytestconfig.rootpath) as configuration:
        try:
            found = api.branch(gen_migration_spec, configuration=configuration)
        except api.NoBaseError as error:
            pytest.skip(f"{error.message}: {error.hint}")
        dangers = [
            f"{one.where}: {one.code}: {one.message}"
            for one in found.review.findings
            if one.severity is api.Severity.DANGER
        ]
    if dangers:
        failed("\n".join(dangers))


def failed(text: str) -> None:
    """Fail with a text that says all that there is to know."""
    pytest.fail(text, pytrace=False)
