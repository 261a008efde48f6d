"""Errors of Alembic, and of the revisions that it runs, with file and line.

Imported only where Alembic is used.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import util

from gen_migration.base.errors import Error
from gen_migration.base.files import from_here
from gen_migration.catalog.reader import words as words_of
from gen_migration.history.graph import MissingRevisionError
from gen_migration.history.step_hints import hint_of_import, hint_of_step, state_of
from gen_migration.render import helpers
from gen_migration.render.marker import read_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from alembic.runtime.migration import RevisionStep
    from alembic.script import Script, ScriptDirectory


MAX_CALL = 120  # characters of a statement that are shown


class StepError(Error):
    """What a revision has raised while it ran; `words` are those of the database or of Python.

    `sqlstate` is PostgreSQL's code (manual, appendix A), or empty; `about` the schema, table and
    column that it speaks of; `call` the statement of the revision; `is_upgrade` tells the
    direction, `has_no_way_back` that a downgrade was not written.
    """

    sqlstate: str = ""
    about: tuple[str, str, str] | None = None
    call: str = ""
    is_upgrade: bool = True
    has_no_way_back: bool = False

    def __init__(self, message: str, *, words: str, hint: str, where: str) -> None:
        super().__init__(message, hint=hint, where=where)
        self.words = words


@contextlib.contextmanager
def told(where: str, locations: Callable[[], Iterable[Path]]) -> Iterator[None]:
    """Turn what Alembic, or a revision that it imports, raises into an Error.

    `where` is what an error is about that no revision is to blame for; `locations` are the
    directories of the revisions that may have been imported. What they print goes to standard
    error: standard output carries our product only.
    """
    try:
        with talk_to_stderr():
            yield
    except (Error, KeyboardInterrupt):
        raise
    except util.CommandError as error:
        hint = 'see what "alembic history" says'
        raise Error(f"Alembic: {error}", where=where, hint=hint) from None
    except BaseException as error:  # noqa: BLE001 - a revision may raise anything, SystemExit too
        place = culprit(error, locations())
        what = "the revision cannot be imported" if place else "Alembic fails"
        hint = "mend it" if place else 'see what "alembic history" says'
        raise Error(
            f"{what}: {name_and_words(error)}",
            where=place or where,
            hint=(place and hint_of_import(error)) or hint,
        ) from None


def culprit(error: BaseException, locations: Iterable[Path]) -> str:
    """Return file and line of the revision that an error comes from, or nothing."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    roots = [one.absolute() for one in locations]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename).absolute()
        if any(path.is_relative_to(root) for root in roots):
            return f"{from_here(path)}:{frame.lineno}"
    return ""


def checked(scripts: ScriptDirectory) -> ScriptDirectory:
    """Return scripts that raise Error where Alembic would warn, and fail on what it warned of."""
    load = scripts._load_revisions  # noqa: SLF001
    scripts.revision_map._generator = lambda: sound(load())  # noqa: SLF001
    return scripts


def sound(scripts: Iterable[Script]) -> list[Script]:
    """Return revisions whose ids are their own, and whose parents are there. Raises Error."""
    found: dict[str, Script] = {}
    known: set[str] = set()
    for one in scripts:
        other = found.setdefault(one.revision, one)
        if other is not one:
            first, second = sorted(from_here(Path(each.path)) for each in (one, other))
            raise Error(
                f"the revision {one.revision} is in {first} as well",
                where=str(second),
                hint="remove one of the two files, or give one an id of its own",
            )
        known |= {one.revision, *one.branch_labels}
    for one in found.values():
        for field in ("down_revision", "dependencies"):
            for need in util.to_tuple(getattr(one, field), default=()):
                if need not in known:
                    name = "depends_on" if field == "dependencies" else field
                    path = from_here(Path(one.path))
                    raise MissingRevisionError(one.revision, need, path, name)
    return list(found.values())


def locations_of(scripts: ScriptDirectory | None) -> list[Path]:
    """Return the directories of revisions; none where there are no scripts yet."""
    return [] if scripts is None else [Path(one) for one in scripts._version_locations]  # noqa: SLF001


def of_step(error: BaseException, step: RevisionStep) -> StepError:
    """Return what a revision has raised while it ran, with the line of its file."""
    script = step.revision
    path = str(script.path)
    line = line_of(error, path)
    error = reason(error)
    where = str(from_here(Path(path))) + (f":{line}" if line else "")
    direction = "upgrade" if step.is_upgrade else "downgrade"
    cause = of_database(error)
    words = name_and_words(error) if cause is None else words_of(cause)
    found = StepError(
        f"{direction} of revision {script.revision}: {words}",
        words=words,
        where=where,
        hint=hint_of_step(error, cause, direction, is_ours=is_ours(Path(path))),
    )
    found.sqlstate = state_of(error, cause) or ""
    found.about = column_of(cause)
    found.call = statement_at(path, line)
    found.is_upgrade = step.is_upgrade
    found.has_no_way_back = isinstance(error, NotImplementedError) and (
        not step.is_upgrade
    )
    return found


def line_of(error: BaseException, path: str) -> int:
    """Return the line of a file that an error comes from, or 0; our helper is not to blame."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == path and not code.co_qualname.startswith(helpers.NAMES):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def reason(error: BaseException) -> BaseException:
    """Return what the database said, where that is behind what a revision or SQLAlchemy raised.

    Our revisions say which rows are in the way of a statement; and after a lost connection,
    SQLAlchemy fails to end the block of autocommit.
    """
    from sqlalchemy.exc import PendingRollbackError

    if isinstance(error, util.CommandError | PendingRollbackError):
        behind = error.__cause__ or error.__context__
        while behind is not None:
            if of_database(behind) is not None:
                return behind
            behind = behind.__cause__ or behind.__context__
    return error


def column_of(cause: Any) -> tuple[str, str, str] | None:
    """Return schema, table and column that an error of PostgreSQL speaks of, where it says so."""
    said = getattr(cause, "diag", None)
    if said is None or not (said.table_name and said.column_name):
        return None
    return said.schema_name or "", said.table_name, said.column_name


def statement_at(path: str, line: int | None) -> str:
    """Return the statement of a revision at a line, on one line; empty where there is none."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        tree = ast.parse(text)
    except (OSError, ValueError, SyntaxError):
        return ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Expr) or line is None:
            continue
        if node.lineno <= line <= (node.end_lineno or 0):
            found = " ".join(source_of(node, text).split())
            return found if len(found) <= MAX_CALL else found[: MAX_CALL - 1] + "…"
    return ""


def source_of(node: ast.Expr, text: str) -> str:
    """Return the text of a statement; `ast.get_source_segment` looks at each character before."""
    lines = text.encode().split(b"\n")[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode()


def of_database(error: BaseException) -> BaseException | None:
    """Return the error of the database's driver that an error is or stands for."""
    import psycopg
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return error.orig
    return error if isinstance(error, psycopg.Error) else None


def name_and_words(error: BaseException) -> str:
    # SQLAlchemy adds an advertisement of its manual to the words.
    words = str(error).partition("\n(Background on this error at")[0]
    name = type(error).__name__
    return f"{name}: {words}" if words else name


def is_ours(path: Path) -> bool:
    """Tell whether this tool has written a revision."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return read_marker(text) is not None


@contextlib.contextmanager
def talk_to_stderr() -> Iterator[None]:
    """Send standard output to standard error, for child processes as well."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        for stream in (sys.stdout, sys.__stdout__):  # to where it was written
            if stream is not None and not stream.closed:
                stream.flush()
        os.dup2(saved, 1)
        os.close(saved)
