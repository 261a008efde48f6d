"""What a revision gets in place of Alembic and SQLAlchemy while it is replayed.

Its text runs as it would under `alembic upgrade`, but what it imports only writes down what is
called: `sa.String(50)` becomes a `Call`. Neither package is imported (0.45 s).
"""

from __future__ import annotations

import builtins
import contextlib
import re
import sys
from typing import TYPE_CHECKING, Any

from gen_migration.errors import Error
from gen_migration.python_code import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Record = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]

RECORDED = frozenset(("alembic", "sqlalchemy"))
# Where SQLAlchemy keeps things that it also gives from its top.
INNER = re.compile(r"^sqlalchemy(\.(types|sql|schema|sqltypes|elements|expression))*\.")
WAY_OUT = (
    "write it with Alembic's directives or as SQL, or move it to a revision of its own"
    " (alembic revision)"
)


class NeverRaisedError(Exception):
    """What a revision may catch, or raise then: no database refuses anything here."""


class Stub:
    """Something of Alembic's or SQLAlchemy's, by its dotted name."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self._path == "sqlalchemy.exc":
            return NeverRaisedError
        return Stub(f"{self._path}.{name}")

    def __call__(self, *arguments: Any, **keywords: Any) -> Recorded:
        return Recorded(self.name, arguments, keywords)

    def __getitem__(self, _: Any) -> Stub:
        return self

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return (object,)

    @property
    def name(self) -> str:
        """The name as our own revisions write it: `sa.Column`, `postgresql.UUID`."""
        return short_name(self._path)


class Recorded(Call):
    """What a call of a stub gives. All that is made of it is still the same.

    `sa.update(t).where(t.c.a < 1)` is `sa.update`: what it does to rows is not replayed.
    """

    def __getattr__(self, name: str) -> Recorded:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Recorded:
        return self

    def combined(self, *_: Any) -> Recorded:
        return self

    __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __invert__ = combined
    __add__ = __sub__ = __mul__ = __truediv__ = __neg__ = __getitem__ = combined
    __radd__ = __rsub__ = __rmul__ = combined


def short_name(path: str) -> str:
    before, found, rest = path.partition("sqlalchemy.dialects.postgresql.")
    if found and not before:
        return f"postgresql.{rest.rpartition('.')[2]}"
    return INNER.sub("sa.", path)


class Directives:
    """`alembic.op`: every call goes to `record`."""

    def __init__(self, record: Record, prefix: tuple[Any, ...] = ()) -> None:
        self._record = record
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in {"f", "inline_literal"}:
            return lambda value, **_: value
        if name == "get_context":
            return lambda: Context(self._record)
        if name == "batch_alter_table":
            return lambda table, **options: batch(self._record, table, options)
        return lambda *arguments, **keywords: self._record(name, arguments, keywords)


class Context:
    """What `op.get_context()` gives: its block of autocommit, and nothing of a database."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def autocommit_block(self) -> Any:
        return contextlib.nullcontext()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._record(f"get_context().{name}", (), {})


@contextlib.contextmanager
def batch(record: Record, table: str, options: dict[str, Any]) -> Iterator[Any]:
    """Yield what `with op.batch_alter_table(…)` gives: directives without their table."""
    schema = {} if options.get("schema") is None else {"schema": options["schema"]}

    def forward(name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        named = name in {
            "create_index",
            "create_unique_constraint",
            "create_primary_key",
            "create_check_constraint",
            "create_exclude_constraint",
            "create_foreign_key",
            "drop_constraint",
            "drop_index",
        }
        if name == "drop_index":
            return record(
                name, arguments[:1], {"table_name": table, **schema, **keywords}
            )
        if name == "create_foreign_key":
            source = {} if not schema else {"source_schema": options["schema"]}
            keywords = {**source, **keywords}
        else:
            keywords = {**schema, **keywords}
        place = 1 if named else 0
        return record(name, (*arguments[:place], table, *arguments[place:]), keywords)

    yield Directives(forward)


def importer(record: Record, path: str) -> Callable[..., Any]:
    """Return what stands for `__import__` in a revision."""

    def found(
        name: str,
        globals_: Any = None,
        locals_: Any = None,
        fromlist: tuple[str, ...] = (),
        level: int = 0,
    ) -> Any:
        top = name.partition(".")[0]
        if level == 0 and top in RECORDED:
            if top == "alembic":
                return Alembic(record)
            return Stub(name if fromlist else top)
        if level == 0 and top in sys.stdlib_module_names:
            return builtins.__import__(name, globals_, locals_, fromlist, level)
        line = sys._getframe(1).f_lineno  # noqa: SLF001 - the line that imports
        raise Error(
            f"a generated revision imports {name or 'a neighbour'}, which is not replayed",
            where=f"{path}:{line}",
            hint=WAY_OUT,
        )

    return found


class Alembic:
    """The package `alembic`, or one of its modules."""

    def __init__(self, record: Record) -> None:
        self.op = Directives(record)
        self.context = Context(record)
        self.CommandError = NeverRaisedError


def run(text: str, path: str, record: Record) -> None:
    """Run the `upgrade()` of a revision; `record` gets each directive.

    In front of it goes `adopted()`, where a revision has one: what was there already.

    Raises Error with the line of the revision where it fails.
    """
    names: dict[str, Any] = {"__name__": "revision", "__file__": path}
    names["__builtins__"] = {**vars(builtins), "__import__": importer(record, path)}
    try:
        with contextlib.redirect_stdout(sys.stderr):  # standard output is the product's
            exec(compile(text, path, "exec", dont_inherit=True), names)  # noqa: S102 - Alembic does the same
            upgrade = names.get("upgrade")
            if upgrade is None:
                raise Error(  # noqa: TRY301 - beside the other errors of the file
                    "the revision has no upgrade()", where=path, hint="bring it back"
                )
            if "adopted" in names:
                names["adopted"]()
            upgrade()
    except (Error, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - a revision may raise anything
        line = line_of(error, path)
        raise Error(
            f"the revision cannot be replayed: {type(error).__name__}: {error}",
            where=f"{path}:{line}" if line else path,
            hint=WAY_OUT,
        ) from None


def line_of(error: BaseException, path: str) -> int:
    """Return the line of the revision that an error comes from, or 0."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def calling_line(path: str) -> int:
    """Return the line of the revision that is running now."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - what called the directive
    while frame is not None and frame.f_code.co_filename != path:
        frame = frame.f_back
    return frame.f_lineno if frame is not None else 0
