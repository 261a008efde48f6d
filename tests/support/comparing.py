"""`gen-migration diff` in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner
from gen_migration.cli import main

if TYPE_CHECKING:
    from click.testing import Result


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])
