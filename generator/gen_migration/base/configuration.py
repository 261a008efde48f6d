"""What a project says of this tool once and for all: `[tool.gen-migration]` in `pyproject.toml`.

The file is that of the working directory, where Alembic looks for its own. An option on the
command line wins over it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from gen_migration.base.errors import Error, Errors
from gen_migration.base.tool_tables import tool_tables

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.base.configuration_mistakes import Mistake
    from gen_migration.base.errors import Place

FILE = "pyproject.toml"
TABLE = "tool.gen-migration"
MAX_BYTES = 1_000_000
# What --dev-url says where the embedded server shall do what only a superuser may. A file of a
# project, which may be a stranger's, does not say so.
SUPERUSER = "superuser"
# What a level is called: one of a finding, or none at all.
LevelWord = Literal["danger", "error", "warning", "note", "off"]


class Level(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename="kebab",
):
    """The level that a rule has here, and why it is not the rule's own."""

    level: LevelWord
    reason: str = ""


Rate = Annotated[
    str, msgspec.Meta(pattern="^[1-9][0-9]{0,5} ?[kMG]B/s$", title="a rate")
]
Count = Annotated[int, msgspec.Meta(ge=1, title="a whole number from 1 on")]


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


Word = Annotated[str, msgspec.Meta(min_length=1, title="text")]


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
    `rules` are modules of the project with rules of its own, `given_levels` (`levels` in the file)
    the levels of rules by code.
    `stats` is the file of sizes that reviews tell of, and `assume` what they assume beside it.
    `revision_ids` says how new revisions are called.
    """

    specs: tuple[Word | SpecPlace, ...] = ()
    dev_url: str = ""
    before: str = ""
    verify: bool = False
    fail_on: Literal["", "danger", "warning", "never"] = ""
    rules: tuple[str, ...] = ()
    given_levels: dict[str, LevelWord | Level] = msgspec.field(
        name="levels", default_factory=dict
    )
    stats: str = ""
    assume: Assume = Assume()
    revision_ids: Literal["hash", "numbered"] = "hash"

    @property
    def is_numbered(self) -> bool:
        """Whether the ids of new revisions are numbers that go on."""
        return self.revision_ids == "numbered"

    @property
    def levels(self) -> dict[str, Level]:
        """The levels of rules by code, each with its reason."""
        return {
            code: Level(level=one) if isinstance(one, str) else one
            for code, one in self.given_levels.items()
        }

    @property
    def places(self) -> tuple[SpecPlace, ...]:
        """The specs, each with its place."""
        return tuple(
            SpecPlace(path=one) if isinstance(one, str) else one for one in self.specs
        )


def configuration(directory: Path) -> Configuration:
    """Return what the file of a directory says; nothing where there is none. Raises Error."""
    path = directory / FILE
    try:
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
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Error("the file is not UTF-8", where=where, hint="save it so") from None
    tools = tool_tables(text, where)
    if "gen_migration" in tools:
        raise Error(
            "tool.gen_migration is nobody's table", where=where, hint=f"write [{TABLE}]"
        )
    return checked(tools.get("gen-migration", {}), text, where)


def checked(table: Any, text: str, where: str) -> Configuration:
    """Return a table as a configuration. Raises Error at each place of what is wrong."""
    if not isinstance(table, dict):
        raise Error(f"{TABLE} is no table", where=where, hint=f"write [{TABLE}]")
    is_superuser = table.get("dev-url") == SUPERUSER
    try:
        if not is_superuser:
            return msgspec.convert(table, Configuration)
    except msgspec.ValidationError:
        pass
    from gen_migration.base.configuration_mistakes import Mistake, mistakes

    found = [*mistakes(table, Configuration)]
    if is_superuser:
        message = f'"{SUPERUSER}" is for who runs the command to say'
        hint = f"give --dev-url {SUPERUSER}, for SQL that you trust"
        found.append(Mistake(("dev-url",), message, hint))
    errors = [
        Error(
            f"{named(one.path)}: {one.message}",
            where=f"{where}:{place_of(text, key_of(one))}",
            hint=one.hint,
        )
        for one in found
    ]
    errors.sort(key=lambda one: (one.line or 0, one.column or 0))
    raise Errors(errors) if errors[1:] else errors[0]


def named(path: Place) -> str:
    """Return how a value is called, such as `tool.gen-migration.specs[0].path`."""
    return TABLE + "".join(
        f"[{one}]" if isinstance(one, int) else f".{one}" for one in path
    )


def key_of(mistake: Mistake) -> str:
    """Return the key whose place a mistake has: of a level its code, of a list that of all."""
    path = (*mistake.path, mistake.key) if mistake.key else mistake.path
    is_inside = path[0] in {"levels", "assume"} and len(path) > 1
    return str(path[1] if is_inside else path[0])


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
