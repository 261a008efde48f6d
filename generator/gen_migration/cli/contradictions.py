"""Options of `gen-migration SPEC` that contradict each other, or that go with others alone."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import click

from gen_migration.cli import idle_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLACES = (*idle_options.PLACE, "--splice")
# What is amended stays where it is, and says what it said; so do a squash, and what is rebased.
AGAINST = (
    ("--check", "--dry-run", "--sql", "--verify"),
    ("--adopt", "--amend", "--squash", "--rebase", "--contract"),
    *product(("--amend", "--squash", "--rebase"), PLACES),
    *product(
        ("--squash", "--rebase"), ("--check", "--sql", "--verify", "--allow-data-loss")
    ),
    ("--rebase", "--message"),
    *product(("--amend", "--squash", "--rebase"), ("--rev-id",)),
)
# What --adopt does is to verify.
AGAINST_ADOPT = (("--adopt", "--allow-data-loss"), ("--adopt", "--verify"))
# Options that say something of one revision.
OF_ONE = (
    "--message",
    "--rev-id",
    "--revision",
    "--up-to",
    "--drop-data",
    *PLACES,
)
# Options that need one of others.
WITH = {
    "--force": ("--amend", "--squash", "--rebase"),
    "--dev-url": ("--amend", "--adopt", "--squash", "--rebase", "--verify"),
    "--before": ("--adopt", "--squash", "--verify"),
    "--up-to": ("--squash",),
    "--drop-data": ("--squash",),
    "--base": ("--rebase",),
}


def refuse(given: Mapping[str, object]) -> None:
    """Refuse options that contradict each other, or that lack one that they go with."""
    refuse_both(given, AGAINST)
    if given["--adopt"] and given["--sql"]:
        raise click.UsageError(
            "--sql has nothing to print: what --adopt writes runs no SQL"
        )
    refuse_both(given, AGAINST_ADOPT)
    for option, others in WITH.items():
        if given[option] and not any(given[one] for one in others):
            raise click.UsageError(f"{option} goes with {' or '.join(others)}")


def may_verify(given: Mapping[str, object]) -> bool:
    """Tell whether --verify would go with the options."""
    against = [
        other
        for pair in (*AGAINST, *AGAINST_ADOPT)
        if "--verify" in pair
        for other in pair
    ]
    return not any(given[one] for one in against if one != "--verify")


def refuse_many(given: Mapping[str, object], specs: int) -> None:
    """Refuse options that are of one spec where there are several, or none."""
    if not specs:
        raise click.UsageError(
            "Missing argument 'SPEC'. Without one, [tool.gen-migration] of pyproject.toml says"
            ' which specs there are: specs = ["spec/app.yaml"]'
        )
    named = [one for one in OF_ONE if given.get(one)]
    if specs > 1 and named:
        raise click.UsageError(f"{named[0]} is of one spec: name it")


def refuse_both(given: Mapping[str, object], groups: Iterable[tuple[str, ...]]) -> None:
    for options_ in groups:
        named = [one for one in options_ if given[one]]
        if named[1:]:
            raise click.UsageError(f"{named[0]} and {named[1]} contradict each other")
