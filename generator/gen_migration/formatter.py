"""Formats what is written, with ruff and the user's own settings."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from gen_migration.errors import Error

if TYPE_CHECKING:
    from pathlib import Path


def formatted(text: str, path: Path) -> str:
    """Return Python source as `ruff format` writes it in the place of `path`.

    Raises Error when ruff refuses, for a broken configuration of the user's say.
    """
    from ruff import find_ruff_bin

    try:
        done = subprocess.run(  # noqa: S603 - the binary of our own dependency
            [find_ruff_bin(), "format", "--quiet", "--stdin-filename", str(path), "-"],
            input=text.encode(),
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise Error(f"ruff does not start: {error}", hint="pip install ruff") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise Error(
            f"ruff cannot format the revision: {reason}", hint="mend its configuration"
        )
    return done.stdout.decode()
