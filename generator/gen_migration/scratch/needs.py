"""What a scratch server has to have: told by a spec, named by texts of revisions and SQL. Pure.

A text is read and never run. What it names may be in a branch that no run takes, so it is a wish: a
server that has it is chosen where there is one, and else PostgreSQL has the last word.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.catalog.reader import OLDEST
from gen_migration.scratch.extension_packages import KNOWN
from gen_migration.scratch.programs import ICU, LZ4, WITHOUT, XML

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Column, Schema, Spec

CREATED = re.compile(
    r"\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?"
    r'(?:"((?:[^"]|"")+)"|(?!if\s+not\b)([a-z_][\w$]*))',
    re.IGNORECASE,
)
# The same before a name that is put in while it runs.
UNFINISHED = re.compile(
    r'\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?"?(?:%s|\{\w*\}|$)', re.IGNORECASE
)
# What says in SQL that a library is needed.
LIBRARIES = {
    ICU: re.compile(
        r"""-x-icu\b|\bprovider\s*=\s*['"]?icu\b|\bicu_locale\b""", re.IGNORECASE
    ),
    LZ4: re.compile(r"""\bcompression\s+['"]?lz4\b""", re.IGNORECASE),
}
# One of these is in each text that names something; most texts have none.
TELLING = ("extension", "-x-icu", "icu_locale", "provider", "lz4")
ENTITY = "PGExtension"  # of alembic_utils: schema, signature
COLLATION = "-x-icu"  # how the name of each collation ends that PostgreSQL has of ICU


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Extensions and libraries that a server has to have, others that texts name, and its age.

    `oldest` is the oldest major version that will do.
    """

    told: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    oldest: int = OLDEST

    def __or__(self, other: Needs) -> Needs:
        """Return what both need."""
        return Needs(
            told=self.told | other.told,
            named=self.named | other.named,
            oldest=max(self.oldest, other.oldest),
        )

    @property
    def all(self) -> frozenset[str]:
        """What is told or named."""
        return self.told | self.named

    @property
    def extensions(self) -> list[str]:
        """The extensions of what is told."""
        return sorted(self.told.difference(WITHOUT))


def of_spec(spec: Spec) -> Needs:
    """Return what the schema of a spec needs, and the version that it is for."""
    return Needs(told=of_schema(spec.schema), oldest=spec.postgresql)


def of_schema(schema: Schema) -> frozenset[str]:
    """Return the extensions of a schema, and the libraries that it has no way without."""
    found = set(schema.of("extension"))
    if any(one.provider == "icu" for one in schema.of("collation").values()):
        found.add(ICU)
    for table in schema.tables.values():
        for column in table.columns.values():
            found.update(of_column(column))
    return frozenset(found)


def of_column(column: Column) -> Iterator[str]:
    """Yield the libraries that a column cannot be created without."""
    if column.collation is not None and column.collation.name.endswith(COLLATION):
        yield ICU
    if column.compression == "lz4":
        yield LZ4
    if column.default is not None and column.type.name == "xml":
        yield XML


def of_revisions(texts: Iterable[str]) -> Needs:
    """Return what the SQL in the texts of revisions names. What cannot be read names nothing."""
    found: set[str] = set()
    for text in texts:
        lowered = text.lower()
        if any(word in lowered for word in TELLING):
            found |= named_in_python(text)
    return Needs(named=frozenset(found))


def of_sql(text: str) -> Needs:
    """Return what a text of SQL names."""
    return Needs(named=frozenset(named(text)))


def named(sql: str) -> Iterator[str]:
    """Yield the extensions that SQL creates, and the libraries that it speaks of."""
    for quoted, bare in CREATED.findall(sql):
        yield quoted.replace('""', '"') or bare.lower()
    yield from (one for one, said in LIBRARIES.items() if said.search(sql))


def entities(tree: ast.Module) -> set[str]:
    """Return the extensions that a module makes as entities of alembic_utils."""
    found = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        if getattr(call.func, "attr", getattr(call.func, "id", "")) != ENTITY:
            continue
        values = [one.value for one in call.keywords if one.arg == "signature"]
        for value in (*values, *call.args[1:2]):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.add(value.value)
    return found


def named_in_python(text: str) -> set[str]:
    """Return what the strings of a module name.

    Where a name is put into CREATE EXTENSION as it runs, those are the extensions that are known
    among all strings.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    # What the way back makes again has been made by an earlier revision.
    tree.body = [one for one in tree.body if getattr(one, "name", "") != "downgrade"]
    strings = [
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    found = {name for one in strings for name in named(one)} | entities(tree)
    if any(UNFINISHED.search(one) for one in strings):
        found |= KNOWN.intersection(strings)
    return found
