"""The header of a revision: its id, and what it follows, read from its text.

Of a hand-written revision this is all that is read; none of it is run. Alembic would run the
file, so what a header computes is an error here.
"""

from __future__ import annotations

import ast
import re
from importlib.util import decode_source
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The names of a revision's module that Alembic asks for (alembic.script.base.Script).
OF_ALEMBIC = frozenset(("revision", "down_revision", "depends_on", "branch_labels"))
# That of a squash: the ids of the revisions whose place it takes.
REPLACES = "replaces"
IDENTIFIERS = OF_ALEMBIC | {REPLACES}
# What may give one of them a value below the first function: a statement at the margin, `global`,
# or a value named within a default, an annotation or a decorator.
NAMED = rf"(?!(?:{'|'.join(sorted(IDENTIFIERS))})\b)"
LATER = tuple(
    (word, re.compile(pattern, re.MULTILINE))
    for word, pattern in (
        ("\n", rf"\n(?=[^ \t\n#)\]}}])(?!(?:async )?def {NAMED}|@[\w.]+$)"),
        ("global", r"\bglobal\b"),
        (":=", ":="),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionHeader:
    """What a revision's file says of it; `id` is empty where the file is none.

    `down_revision` tells whether it says what it follows, be it nothing.
    """

    id: str = ""
    parents: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    has_parents: bool = False
    docstring: str = ""


def read_source(path: Path) -> str:
    """Return the text of a Python file, in the encoding that it says. Raises Error."""
    try:
        return decode_source(path.read_bytes())
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise unreadable(error, str(path)) from None


def read_header(text: str, where: str) -> RevisionHeader:
    """Return the header of a revision's text. Raises Error with `where:line`."""
    values: dict[str, Any] = {}
    tree = top(text, where)
    for name, value, line in assignments(tree):
        try:
            values[name] = ast.literal_eval(value)  # type: ignore[arg-type]
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            if name == REPLACES:
                continue  # it means something else in a revision by hand
            raise Error(
                f"{name} is computed, and revisions are read without running them",
                where=f"{where}:{line}",
                hint=f'write it as text: {name} = "…"',
            ) from None
        if name == "revision" and not (isinstance(values[name], str) and values[name]):
            raise Error(
                f"revision is {values[name]!r}",
                where=f"{where}:{line}",
                hint="write the id of the revision, as text",
            )
        if name == REPLACES and not is_tuple_of_ids(values[name]):
            del values[name]
            continue
        values[name] = ids(name, values[name], f"{where}:{line}")
    (id_,) = values.get("revision", ("",))
    return RevisionHeader(
        id=id_,
        parents=values.get("down_revision", ()),
        depends_on=values.get("depends_on", ()),
        branch_labels=values.get("branch_labels", ()),
        replaces=values.get(REPLACES, ()),
        has_parents="down_revision" in values,
        docstring=ast.get_docstring(tree, clean=False) or "",
    )


def top(text: str, where: str) -> ast.Module:
    """Return the syntax tree of a file, without its functions where they say nothing of it."""
    end = text.find("\ndef ")
    # A word is found in a tenth of the time that its pattern takes to miss it.
    later = (word in text and pattern.search(text, end) for word, pattern in LATER)
    if end >= 0 and not any(later):
        try:
            return ast.parse(text[: end + 1])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass  # what looked like a function was a line of a text
    return parsed(text, where)


def parsed(text: str, where: str) -> ast.Module:
    """Return the syntax tree of a revision. Raises Error with the line where it has none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise unreadable(error, where) from None


def unreadable(error: Exception, where: str) -> Error:
    line, words = None, str(error)
    if isinstance(error, SyntaxError):
        line, words = error.lineno, error.msg
    said = f"{type(error).__name__}: {words}".removesuffix(": ")
    return Error(
        f"the revision cannot be read: {said}",
        where=f"{where}:{line}" if line else where,
        hint="mend or remove it",
    )


def assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr | None, int]]:
    """Yield each identifier that is given a value at the top of a file, with value and line.

    There is no value where it is not given in plain sight.
    """
    for node in tree.body:
        value = None
        match node:
            case ast.Assign(targets=targets) if is_plain(targets):
                value = node.value
            case ast.AnnAssign():
                value = node.value
                if value is None:
                    continue  # `revision: str` gives none
        for name, line in bound(node):
            if name in IDENTIFIERS:
                yield name, value, line


def is_plain(targets: list[ast.expr]) -> bool:
    return all(isinstance(one, ast.Name) for one in targets)


def bound(node: ast.stmt) -> Iterator[tuple[str, int]]:
    """Yield the names that a statement at the top of a file may give a value."""
    parts: list[ast.AST]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node.lineno
        parts = [one for one in ast.walk(node) if isinstance(one, ast.Global)]
        parts += [one for part in outside(node) for one in ast.walk(part)]
    else:
        parts = list(ast.walk(node))
    for one in parts:
        match one:
            case ast.Global(names=names):
                yield from ((name, one.lineno) for name in names)
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0], one.lineno
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name, one.lineno


def outside(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> Iterator[ast.AST]:
    """Yield what is evaluated around a definition, where it stands."""
    yield from node.decorator_list
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.keywords)
        return
    yield node.args
    if node.returns is not None:
        yield node.returns


def is_tuple_of_ids(found: Any) -> bool:
    return isinstance(found, tuple) and all(isinstance(one, str) for one in found)


def ids(name: str, found: Any, where: str) -> tuple[str, ...]:
    """Return the ids that a revision assigns to a name. Raises Error when they are none."""
    listed = (found,) if isinstance(found, str) else (found or ())
    if not isinstance(listed, tuple | list | set) or not all(
        isinstance(one, str) for one in listed
    ):
        raise Error(
            f"{name} is {found!r}",
            where=where,
            hint="write the id of a revision, or None",
        )
    return tuple(sorted(listed) if isinstance(listed, set) else listed)
