"""The settings of an Alembic configuration, read without running anything.

Alembic puts directories of the project in front of Python's path, and imports the package that a
location names (`app:migrations`). Whatever this process imports afterwards could then be a
stranger's file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from alembic.config import Config

from gen_migration.base.errors import Error


class Settings(Config):
    """A configuration whose locations are paths; Python's path stays as it is."""

    def get_prepend_sys_paths_list(self) -> None:
        """Return nothing that is to be put in front of Python's path."""

    def get_version_locations_list(self) -> list[str] | None:
        found = super().get_version_locations_list()
        return found and [self.located(one) for one in found]

    def get_alembic_option(self, name: str, default: Any = None) -> Any:
        found = super().get_alembic_option(name, default)
        if name == "script_location" and isinstance(found, str):
            return self.located(found)
        return found

    def located(self, location: str) -> str:
        """Return the path of a location, which may be in a package. Raises Error."""
        if not is_in_package(location):
            return location
        package, *inner = location.split(":")
        places = [*(super().get_prepend_sys_paths_list() or ()), *sys.path]
        return str(package_directory(package, places).joinpath(*inner))

    def is_constant(self) -> bool:
        """Tell whether the locations depend on the configuration's files alone."""
        asked = [super().get_alembic_option("script_location") or ""]
        asked += super().get_version_locations_list() or ()
        return not any(map(is_in_package, asked))


def is_in_package(location: str) -> bool:
    """Tell whether a location is `package:path` (alembic.util.coerce_resource_to_filename)."""
    return ":" in location and not os.path.isabs(location)  # noqa: PTH117 - as Alembic asks


def package_directory(package: str, places: list[str]) -> Path:
    """Return the directory of a package as Python would find it, without an import.

    Raises Error.
    """
    parents = [Path(place) for place in places]
    for part in package.split("."):
        found = [one / part for one in parents if (one / part).is_dir()]
        # Without an __init__.py, a package may be in several directories.
        whole = [one for one in found if (one / "__init__.py").is_file()]
        parents = whole[:1] or found
    if not parents:
        raise Error(
            f'the package "{package}" of the Alembic configuration is not found',
            hint="name its directory in prepend_sys_path, or write its path in place of"
            " package:path; it is not imported",
        )
    return parents[0].absolute()
