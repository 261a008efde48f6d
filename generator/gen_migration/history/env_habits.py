"""Habits of an `env.py` that a user of this tool should know of, read from its text. Pure.

Each is a level, a line, what is done there, and what to do about it. Sources: Alembic's manual,
EnvironmentContext.configure; its cookbook (several databases, tenants); SQLAlchemy's manual,
"Setting transaction isolation levels including DBAPI autocommit".
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from gen_migration.base.data_class import dataclass
from gen_migration.history.env_file import named, runners

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = (
    "runs the revisions for each of several databases, and hands them engine_name",
    "a spec describes one database: keep a configuration for each, and give it with -c",
)
LOOP = (
    "runs the revisions several times, as for the schema of each tenant",
    "scratch databases see them once, in public",
)
COMMITS = (
    "commits each statement: where a revision fails, what it has done until there stays",
    "leave isolation_level out: revisions commit by themselves where they have to",
)
NO_TRANSACTION = (
    "runs the revisions outside of context.begin_transaction(): nothing may be committed",
    "write: with context.begin_transaction(): context.run_migrations()",
)
OWN_SQL = (
    "runs SQL of its own, which scratch databases do not see",
    "where revisions need what it makes: write it to a file, and give that with --before",
)
# By keywords of context.configure: what they do, and what to do about it.
KEYWORDS = {
    "include_object": (
        "leaves objects out of Alembic's own comparison; a spec says what is held",
        "",
    ),
    "include_name": (
        "leaves names out of Alembic's own comparison; a spec says what is held",
        "",
    ),
    "version_table": (
        "gives alembic_version another name",
        "say it to gen-migration status with --version-table",
    ),
    "process_revision_directives": (
        "changes what alembic revision writes; gen-migration writes without it",
        'names and numbers of revisions: file_template, revision-ids = "numbered"',
    ),
}
# The same where their value is False.
IF_FALSE = {
    "transactional_ddl": (
        "runs revisions without a transaction: one that fails is left half done",
        "leave it out: PostgreSQL takes back what fails",
    ),
    "transaction_per_migration": (
        (
            "all revisions are one transaction, until one commits its statements one by one:"
            " locks are kept to its end"
        ),
        "transaction_per_migration=True ends each by itself",
    ),
}
EXECUTES = {"execute", "exec_driver_sql", "scalar"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What a line does, how bad that is, and what to do about it."""

    level: Literal["note", "error"]
    line: int
    words: str
    hint: str = ""


def habits(tree: ast.Module) -> list[Habit]:
    """Return the habits of an `env.py` by line, each once."""
    found: dict[str, Habit] = {}
    for one in (*of_calls(tree), *of_runs(tree)):
        found.setdefault(one.words, one)
    if MANY[0] in found:
        found.pop(LOOP[0], None)
    return sorted(found.values(), key=lambda one: one.line)


def of_calls(tree: ast.Module) -> Iterator[Habit]:
    """Yield what the arguments of calls tell, and calls of SQL."""
    for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name == "configure":
            yield from of_configure(call)
        elif name in EXECUTES:
            yield note(call, OWN_SQL)
        for keyword in call.keywords:
            value = getattr(keyword.value, "value", None)
            if keyword.arg == "isolation_level" and value == "AUTOCOMMIT":
                yield note(keyword.value, COMMITS)
            if name == "run_migrations" and keyword.arg == "engine_name":
                words, hint = MANY
                yield Habit(level="error", line=call.lineno, words=words, hint=hint)


def of_configure(call: ast.Call) -> Iterator[Habit]:
    """Yield what the arguments of `context.configure` tell."""
    values = {
        one.arg: one.value
        for one in call.keywords
        if one.arg and not is_none(one.value)
    }
    for key, words in KEYWORDS.items():
        if key in values:
            yield note(values[key], words)
    for key, words in IF_FALSE.items():
        if is_false(values.get(key)):
            yield note(values[key], words)


def of_runs(tree: ast.Module) -> Iterator[Habit]:
    """Yield what stands around `run_migrations`: a loop, or no transaction."""
    running = runners(tree) - {"configure"}
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.AsyncFor) and named(node) & running:
            yield note(node, LOOP)
    covered = {
        id(one)
        for node in ast.walk(tree)
        if isinstance(node, ast.With | ast.AsyncWith)
        and any("begin" in name for item in node.items for name in named(item))
        for one in ast.walk(node)
    }
    commits = any(
        isinstance(one, ast.Attribute) and one.attr in {"commit", "begin"}
        for one in ast.walk(tree)
    )
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="run_migrations")) if (
                id(node) not in covered and not commits
            ):
                yield note(node, NO_TRANSACTION)


def note(node: ast.expr | ast.stmt, words: tuple[str, str]) -> Habit:
    said, hint = words
    return Habit(level="note", line=node.lineno, words=said, hint=hint)


def is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def is_false(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is False
