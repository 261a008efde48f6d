"""A project's own rules: Python modules of its repository, which are imported and run.

Nothing but a review asks for them, and it takes them from a revision of git that is trusted where
it is told one: a pull request may change the modules that judge it.
"""

from __future__ import annotations

import importlib
import sys
import tarfile
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gen_migration.base.configuration import FILE
from gen_migration.base.errors import Error, nearest
from gen_migration.rules.custom import failed
from gen_migration.rules.registry import Rules
from gen_migration.rules.rule import Rule
from gen_migration.spec import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from gen_migration.base.configuration import Configuration


@contextmanager
def rules_of(asked: Configuration, revision: str | None = None) -> Iterator[Rules]:
    """Yield the rules of a configuration; their modules are here, or at a revision of git.

    They hold while the context does. Raises Error where a module or a level is wrong.
    """
    if revision is None or not asked.rules:
        yield loaded(Path(), asked)
        return
    with TemporaryDirectory(prefix="gen-migration-rules-") as there:
        place = Path(there)
        if content := git.archive(revision, ".py"):
            write(content, place)
        yield loaded(place, asked)


def write(content: bytes, place: Path) -> None:
    """Write the files of a tar of git's; a link is the file that it leads to among them, if any.

    Nothing is written outside of the place. `extractall` needs a filter for that, which Python
    before 3.11.4 has not.
    """
    root = place.resolve()
    with tarfile.open(fileobj=BytesIO(content)) as tar:
        for one in tar:
            target = (root / one.name).resolve()
            if not target.is_relative_to(root):
                continue
            with suppress(KeyError):
                if found := tar.extractfile(one):
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(found.read())


def loaded(directory: Path, asked: Configuration) -> Rules:
    """Return the rules of a configuration whose modules are below a directory."""
    found: dict[str, Rule] = {}
    for name in asked.rules:
        for one in in_module(imported(name, directory)):
            if found.setdefault(one.code, one) is not one:
                raise Error(
                    f"two rules have the code {one.code}", where=f"module {name}"
                )
    made = Rules(tuple(found.values()), asked.levels)
    for code in asked.levels:
        if code not in made.by_code:
            raise Error(
                f'tool.gen-migration.levels: there is no finding "{code}"',
                where=FILE,
                hint=nearest(code, made.by_code)
                or "gen-migration explain lists them all",
            )
    return made


def in_module(module: ModuleType) -> Iterable[Rule]:
    """Return the rules that a module has, in its order. Raises Error where there is none."""
    found = [one for one in vars(module).values() if isinstance(one, Rule)]
    if not found:
        raise Error(
            "the module has no rule",
            where=module.__name__,
            hint="write one with gen_migration.rules.custom: docs/custom-rules.md",
        )
    for one in found:
        if not one.text:
            raise Error(
                f"rule {one.code} has no docstring, which is what explain shows",
                where=module.__name__,
                hint="write a title, then what is so",
            )
    return found


def imported(name: str, directory: Path) -> ModuleType:
    """Return a module below a directory. Raises Error where there is none, or it fails.

    Nothing is run that is not below the directory: what is here beside it may be a stranger's.
    """
    root = directory.resolve()
    place = root.joinpath(*name.split("."))
    if not (place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()):
        raise Error(
            f"tool.gen-migration.rules: there is no module {name}",
            where=FILE,
            hint=f"it is looked for as {name.replace('.', '/')}.py beside the file",
        )
    before = sys.path[:]
    here = Path.cwd()
    sys.path[:] = [str(root), *(one for one in before if Path(one).resolve() != here)]
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(name)
    except Error as error:
        raise Error(error.message, hint=error.hint, where=f"module {name}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - it is the project's code
        raise failed(f"module {name}", error) from None
    finally:
        sys.path[:] = before
    if not Path(module.__file__ or "/").resolve().is_relative_to(root):
        raise Error(
            f"tool.gen-migration.rules: {name} is the name of an installed module, too",
            where=FILE,
            hint="give the module another name",
        )
    return module
