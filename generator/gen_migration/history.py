"""The revisions that are there: in a directory of their own, or in an Alembic environment.

A Directory answers two questions (which revisions did this spec write, what does the next one
follow) and takes the next one. Alembic is imported only where its configuration is used: it
brings all of SQLAlchemy with it (0.45 s).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from gen_migration.checksum import checksum
from gen_migration.errors import Error
from gen_migration.files import write_new
from gen_migration.formatter import formatted
from gen_migration.revision import marked, read_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gen_migration.render import Header


SLUG_LENGTH = 40  # as in Alembic


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A revision's file."""

    id: str
    parents: tuple[str, ...]
    path: Path
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A revision that is to be written: `slug` names its file, `text` makes its bare text."""

    header: Header
    slug: str
    text: Callable[[Header], str]

    def final(self, header: Header, path: Path) -> str:
        """Return the text as it is written to a path: formatted, with its mark."""
        text = self.text(header)
        result, found = formatted(text, path.absolute(), lambda: checksum(text))
        return marked(result, header.spec, found)


class Directory(Protocol):
    """Where revisions live."""

    @property
    def root(self) -> Path:
        """The directory to hold while a revision is written."""

    def of_spec(self, spec: str) -> list[Revision]:
        """Return the revisions that a spec wrote. Raises Error when the history is broken."""

    def parents(self) -> tuple[str, ...]:
        """Return what the next revision follows. Raises Error when that is not clear."""

    def write(self, draft: Draft) -> Path:
        """Write a revision and return its path. Raises Error."""


class OutputDirectory:
    """A directory whose files are the chain; no Alembic configuration is needed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        return self._root

    def revisions(self) -> Iterator[Revision]:
        seen: dict[str, Path] = {}
        for path in sorted(self._root.glob("*.py")):
            if path.name.startswith(".") or path.name == "__init__.py":
                continue
            found = read_revision(path)
            if found is None:
                continue
            if found.id in seen:
                raise Error(
                    f"the revision {found.id} is in {seen[found.id]} as well",
                    where=str(path),
                    hint="remove one of the two files",
                )
            seen[found.id] = path
            yield found

    def of_spec(self, spec: str) -> list[Revision]:
        return [one for one in self.revisions() if is_of_spec(one.text, spec)]

    def parents(self) -> tuple[str, ...]:
        revisions = {one.id: one for one in self.revisions()}
        followed = {parent for one in revisions.values() for parent in one.parents}
        for one in revisions.values():
            for parent in one.parents:
                if parent not in revisions:
                    raise Error(
                        f"the revision {one.id} follows {parent}, which is not there",
                        where=str(one.path),
                        hint=f"bring the file of {parent} back, or correct down_revision",
                    )
        heads = sorted(set(revisions) - followed)
        refuse_circles(revisions, heads)
        if heads[1:]:
            raise several_heads(heads, self._root)
        return tuple(heads)

    def write(self, draft: Draft) -> Path:
        path = self._root / f"{draft.header.revision}_{slug(draft.slug)}.py"
        write_new(path, draft.final(draft.header, path))
        return path


def refuse_circles(revisions: dict[str, Revision], heads: list[str]) -> None:
    """Raise Error when some revision is its own ancestor: no way leads to it from a head."""
    reached: set[str] = set()
    following = list(heads)
    while following:
        one = following.pop()
        if one not in reached:
            reached.add(one)
            following += revisions[one].parents
    for one in sorted(set(revisions) - reached):
        raise Error(
            f"the revision {one} is its own ancestor",
            where=str(revisions[one].path),
            hint="correct down_revision",
        )


def several_heads(heads: list[str], root: Path, choice: str = "") -> Error:
    return Error(
        f"the history has {len(heads)} heads: {', '.join(heads)}",
        where=str(root),
        hint=f'join them with "alembic merge heads"{choice}',
    )


def is_of_spec(text: str, spec: str) -> bool:
    mark = read_marker(text)
    return mark is not None and mark.spec == spec


def slug(text: str) -> str:
    """Return the part of a file's name that tells what it does, as Alembic makes it."""
    result = "_".join(re.findall(r"\w+", text)).lower()
    if len(result) > SLUG_LENGTH:
        result = result[:SLUG_LENGTH].rsplit("_", 1)[0] + "_"
    return result


def read_revision(path: Path) -> Revision | None:
    """Return the revision in a file; None when the file holds none. Raises Error."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        # What Alembic reads stands above the functions, which may be long.
        tree = ast.parse(text.partition("\ndef ")[0])
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise Error(
            f"cannot be read as a revision: {error}",
            where=str(path),
            hint="mend or remove it",
        ) from None
    values: dict[str, Any] = {}
    for name, value in assignments(tree):
        if name in {"revision", "down_revision"}:
            try:
                values[name] = ast.literal_eval(value)
            except (ValueError, TypeError):
                raise Error(
                    f"{name} is not a constant",
                    where=f"{path}:{value.lineno}",
                    hint="write it as text",
                ) from None
    if not isinstance(values.get("revision"), str):
        return None
    down = values.get("down_revision") or ()
    parents = (down,) if isinstance(down, str) else down
    if not isinstance(parents, tuple | list) or not all(
        isinstance(p, str) for p in parents
    ):
        raise Error(
            f"down_revision is {down!r}",
            where=str(path),
            hint="write the id of a revision, or None",
        )
    return Revision(id=values["revision"], parents=tuple(parents), path=path, text=text)


def assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield name and value of each assignment at the top of a module."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets: list[ast.expr] = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and node.value is not None:
                yield target.id, node.value
