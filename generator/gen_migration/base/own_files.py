"""The files that the tool brings along, as they are installed."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def own_directory(package: str) -> Path:
    """Return the directory of a package of ours; that of the templates may be elsewhere."""
    found = find_spec(f"gen_migration.{package}")
    assert found is not None  # noqa: S101 - it is a package of ours
    assert found.submodule_search_locations  # noqa: S101
    return Path(found.submodule_search_locations[0])


def own_text(package: str, name: str) -> str:
    """Return the text of a file of a package of ours, by its path below that."""
    return (own_directory(package) / name).read_text(encoding="utf-8")
