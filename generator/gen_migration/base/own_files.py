"""The texts of files that the tool brings along, as they are installed."""

from __future__ import annotations

from pkgutil import get_data


def own_text(package: str, name: str) -> str:
    """Return the text of a file of a package of ours, by its path below that."""
    data = get_data(f"gen_migration.{package}", name)
    assert data is not None  # noqa: S101 - Python's own loaders have what is there
    return data.decode()
