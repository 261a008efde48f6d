"""What a project says of this tool once and for all: `[tool.gen-migration]` in `pyproject.toml`.

The file is that of the working directory, where Alembic looks for its own. An option on the
command line wins over it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec

from gen_migration.base.errors import Error, Errors, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

K = TypeVar("K")
T = TypeVar("T")
FILE = "pyproject.toml"
TABLE = "tool.gen-migration"
MAX_BYTES = 1_000_000
# What --dev-url says where the embedded server shall do what only a superuser may. A file of a
# project, which may be a stranger's, does not say so.
SUPERUSER = "superuser"
# What a level is called: one of a finding, or none at all.
LEVELS = ("danger", "warning", "note", "off")


class Level(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename="kebab",
):
    """The level that a rule has here, and why it is not the rule's own."""

    level: Literal["danger", "error", "warning", "note", "off"]
    reason: str = ""


Rate = Annotated[str, msgspec.Meta(pattern="^[1-9][0-9]{0,5} ?[kMG]B/s$")]
Count = Annotated[int, msgspec.Meta(ge=1)]


class Assume(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename="kebab",
):
    """What reviews assume of a database whose sizes they know.

    Rates at which a table is read, written anew, or read for an index; from how many writes a
    second on a lock is felt, after how many seconds others have waited too long, and after how
    many days sizes are old.
    """

    scan_rate: Rate = "100 MB/s"
    rewrite_rate: Rate = "50 MB/s"
    build_rate: Rate = "50 MB/s"
    busy_writes: Count = 100
    long_wait: Count = 10
    stats_age: Count = 30


Word = Annotated[str, msgspec.Meta(min_length=1)]


class SpecPlace(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
):
    """A spec of the project, and where its revisions are: `output` or `config`, as the options.

    `models` are those that have to say the same, as `app.db:Base.metadata` names them.
    """

    path: Word
    output: str = ""
    config: str = ""
    models: str = ""


class Configuration(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename="kebab",
):
    """The table's keys, in the manner of TOML: `fail-on` is `fail_on` here.

    `specs` are those that a command without SPEC is for. `dev_url`, `before`, `verify` and
    `fail_on` are what the options of these names say where they are left out.
    `rules` are modules of the project with rules of its own, `levels` those of rules by code.
    `stats` is the file of sizes that reviews tell of, and `assume` what they assume beside it.
    `revision_ids` says how new revisions are called.
    """

    specs: tuple[Word | SpecPlace, ...] = ()
    dev_url: str = ""
    before: str = ""
    verify: bool = False
    fail_on: Literal["", "danger", "warning", "never"] = ""
    rules: tuple[str, ...] = ()
    levels: dict[str, Level] = {}
    stats: str = ""
    assume: Assume = Assume()
    revision_ids: Literal["hash", "numbered"] = "hash"

    @property
    def is_numbered(self) -> bool:
        """Whether the ids of new revisions are numbers that go on."""
        return self.revision_ids == "numbered"

    @property
    def places(self) -> tuple[SpecPlace, ...]:
        """The specs, each with its place."""
        return tuple(
            SpecPlace(path=one) if isinstance(one, str) else one for one in self.specs
        )


# The type of each key's value.
TYPES = {one.encode_name: one.type for one in msgspec.structs.fields(Configuration)}


def configuration(directory: Path) -> Configuration:
    """Return what the file of a directory says; nothing where there is none. Raises Error."""
    path = directory / FILE
    try:
        # Most files that are there say nothing of this tool, and TOML takes time to import.
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Configuration()
    except OSError as error:
        raise Error(f"cannot be read: {error.strerror}", where=str(path)) from None
    return configured(content, str(path))


def configured(content: bytes, where: str) -> Configuration:
    """Return what the bytes of a `pyproject.toml` say. Raises Error where it is no such file."""
    if re.search(rb"gen[-_]migration", content) is None:
        return Configuration()
    if len(content) > MAX_BYTES:
        raise Error(f"the file is longer than {MAX_BYTES:,} bytes", where=where)
    import tomllib

    try:
        text = content.decode()
        tools = tomllib.loads(text).get("tool", {})
        table = tools.get("gen-migration", {})
        misspelt = "gen_migration" in tools
    except UnicodeDecodeError:
        raise Error("the file is not UTF-8", where=where, hint="save it so") from None
    except (tomllib.TOMLDecodeError, RecursionError, AttributeError) as error:
        raise Error(f"not TOML: {error}", where=where, hint="mend it") from None
    if misspelt:
        raise Error(
            "tool.gen_migration is nobody's table", where=where, hint=f"write [{TABLE}]"
        )
    return checked(table, text, where)


def checked(table: Any, text: str, where: str) -> Configuration:
    """Return a table as a configuration. Raises Error at each place of what is wrong."""
    if not isinstance(table, dict):
        raise Error(f"{TABLE} is no table", where=where, hint=f"write [{TABLE}]")

    def checked_key(key: str) -> tuple[str, Any]:
        return key.replace("-", "_"), value(key, table[key], text, where)

    return Configuration(**dict(each(checked_key, table)))


def each(check: Callable[[K], T], items: Iterable[K]) -> list[T]:
    """Return what a check makes of each item. Raises Error with the mistakes of all."""
    made: list[T] = []
    mistakes: list[Error] = []
    for one in items:
        try:
            made.append(check(one))
        except Error as error:
            mistakes += error.errors
    if mistakes:
        mistakes.sort(key=lambda one: (one.line or 0, one.column or 0))
        raise Errors(mistakes) if mistakes[1:] else mistakes[0]
    return made


def value(key: str, given: Any, text: str, where: str) -> Any:
    """Return what stands at a key. Raises Error where it is unknown or of another type."""
    place = f"{where}:{place_of(text, key)}"
    if key not in TYPES:
        known = nearest(key, TYPES) or f"one of {', '.join(TYPES)}"
        raise Error(f'{TABLE}: unknown key "{key}"', where=place, hint=known)
    if key == "dev-url" and given == SUPERUSER:
        words = f'{TABLE}.{key}: "{given}" is for who runs the command to say'
        raise Error(
            words,
            where=place,
            hint=f"give --dev-url {given}, for SQL that you trust",
        )

    def level(code: str) -> tuple[str, Level]:
        one = {"level": given[code]} if isinstance(given[code], str) else given[code]
        at = f"{where}:{place_of(text, code)}"
        return code, converted(one, Level, f"{key}.{code}", at, LEVEL)

    def assumed(name: str) -> None:
        at = f"{where}:{place_of(text, name)}"
        converted({name: given[name]}, Assume, f"{key}.{name}", at, ASSUMED)

    def item(number: int) -> None:
        converted(given[number : number + 1], TYPES[key], key, place, hint, number)

    hint = HINTS.get(key, "")
    if key == "levels" and isinstance(given, dict):
        return dict(each(level, given))
    if key == "assume" and isinstance(given, dict):
        each(assumed, given)
    if key in LISTS and isinstance(given, list):
        each(item, range(len(given)))
    return converted(given, TYPES[key], key, place, hint)


LISTS = ("specs", "rules")
HINTS = {
    "specs": 'such as ["spec/app.yaml", { path = "spec/b.yaml", output = "migrations" }]',
    "fail-on": "one of danger, warning, never",
}
LEVEL = f"one of {', '.join(LEVELS)}, or {{ level = …, reason = … }}"
ASSUMED = 'such as scan-rate = "200 MB/s", busy-writes = 500, long-wait = 5 (seconds)'


def converted(
    given: Any, to: Any, key: str, where: str, hint: str = "", first: int = 0
) -> Any:
    """Return a value in a type. Raises Error; the items of a list are counted from `first`."""
    try:
        return msgspec.convert(given, to)
    except msgspec.ValidationError as error:
        said, _, at = str(error).replace("`", '"').partition(" - at ")
        if item := re.search(r"\[(\d+)\]", at):
            key = f"{key}[{first + int(item[1])}]"
        words = f"{TABLE}.{key}: {said[:1].lower()}{said[1:]}"
        raise Error(words, where=where, hint=hint) from None


def place_of(text: str, key: str) -> str:
    """Return the line and the column of a key of the table, or those of the table's head."""
    found = "1:1"
    quoted = rf"[\"']?{re.escape(key)}[\"']?"
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        if head := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
            inside = head[1] == TABLE or head[1].startswith(f"{TABLE}.")
            if inside and re.fullmatch(quoted, head[1].removeprefix(f"{TABLE}.")):
                return f"{number}:{head.start(1) + len(TABLE) + 2}"
            found = f"{number}:{head.start(1) + 1}" if head[1] == TABLE else found
        elif inside and (at := re.search(rf"(?:^|[.\s{{,])({quoted})\s*[.=]", line)):
            return f"{number}:{at.start(1) + 1}"
    return found
