"""Formats what is written, with ruff and the user's own settings."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@cache
def ruff() -> str:
    """Return where ruff is.

    In a virtual environment it is beside Python; to import what tells it takes longer than to look.
    """
    beside = Path(sys.prefix, "bin", "ruff")
    if sys.prefix != sys.base_prefix and beside.is_file():
        return str(beside)
    from ruff.__main__ import find_ruff_bin  # where 0.9 has it as well

    return str(find_ruff_bin())


def formatted(
    source: Callable[[], str], path: Path, meanwhile: Callable[[str], T]
) -> tuple[str, T]:
    """Return Python source as `ruff format` writes it in the place of `path`.

    It is made while ruff starts. `meanwhile` is called with it while ruff works, and what that
    returns comes along. Raises Error when ruff refuses, for a broken configuration of the user's
    say.
    """
    command = [ruff(), "format", "--quiet", "--stdin-filename", str(path), "-"]
    try:
        process = subprocess.Popen(  # noqa: S603 - the binary of our own dependency
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise Error(f"ruff does not start: {error}", hint="pip install ruff") from None
    with process:
        text = source()
        with contextlib.suppress(BrokenPipeError):  # its own error says why
            assert process.stdin is not None  # noqa: S101 - for the type checker
            process.stdin.write(text.encode())
            process.stdin.flush()
            process.stdin.close()
            process.stdin = None
        result = meanwhile(text)
        output, problem = process.communicate()
    if process.returncode:
        reason = problem.decode(errors="replace").strip()
        raise Error(
            f"ruff cannot format what is written: {reason}",
            hint="mend its configuration",
        )
    return output.decode(), result
