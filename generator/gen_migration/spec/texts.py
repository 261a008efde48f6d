"""The texts of a spec's files, and places in them."""

from __future__ import annotations

import codecs
import os
from contextlib import suppress
from pathlib import Path

from gen_migration.base.errors import Error, nearest

MAX_BYTES = 8_000_000


def too_long(what: str, source: str) -> Error:
    return Error(
        f"{what} longer than {MAX_BYTES:,} bytes",
        where=source,
        hint="split the schema into several specs",
    )


def read_text(path: Path, source: str) -> str:
    """Return the text of a file; `source` is its name in errors.

    Raises Error when the file cannot be read, is longer than MAX_BYTES or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        from gen_migration.postgres.urls import masked  # it may be no path at all

        raise Error(
            "no such file", where=masked(source), hint=elsewhere(path)
        ) from None
    except OSError as error:
        raise Error(f"cannot be read: {error.strerror}", where=source) from None
    return decoded(data, source)


def elsewhere(path: Path) -> str:
    """Return a hint at the file that a path may mean: a directory above has it, or one is near."""
    names: list[str] = []
    with suppress(OSError):
        for above in () if path.is_absolute() else Path.cwd().parents:
            if (above / path).is_file():
                return f"it is in {os.path.relpath(above)}: run there"
        names = os.listdir(path.parent)  # noqa: PTH208 - names are compared
    return nearest(path.name, names) or "see that the path is right"


def decoded(data: bytes, source: str) -> str:
    """Return the text in a file's bytes. Raises Error as `read_text` does."""
    if len(data) > MAX_BYTES:
        raise too_long("the file is", source)
    try:
        data = data.removeprefix(codecs.BOM_UTF8)
        return data.decode()
    except UnicodeDecodeError as error:
        raise Error(
            f"byte {data[error.start]:#04x} is not UTF-8",
            where=behind(data[: error.start].decode(), source),
            hint="save the file with the encoding UTF-8",
        ) from None


def behind(before: str, source: str) -> str:
    """Return the place behind a text, `source:line:column`."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return f"{source}:{line}:{column}"
