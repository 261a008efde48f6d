"""PostgreSQL's names and literals: the one place where text is quoted for SQL.

Source: the PostgreSQL manual, chapters 4.1 (Lexical Structure) and C (SQL Key Words).
"""

from __future__ import annotations

import hashlib
import re
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_NAME_BYTES = 63  # NAMEDATALEN - 1
# The schema that each database has from the start, and the comment that it has there.
PUBLIC, PUBLIC_COMMENT = "public", "standard public schema"
# The access method that needs not be named, and the word before one that is.
BTREE, USING = "btree", " using "

# pg_get_keywords() of PostgreSQL 18, all but the unreserved; a test compares the two.
KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary
    bit boolean both case cast char character check coalesce collate collation column
    concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user dec decimal default
    deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int
    integer intersect interval into is isnull join json json_array json_arrayagg json_exists
    json_object json_objectagg json_query json_scalar json_serialize json_table json_value
    lateral leading least left like limit localtime localtimestamp merge_action national
    natural nchar none normalize not notnull null nullif numeric offset on only or order out
    outer overlaps overlay placing position precision primary real references returning
    right row select session_user setof similar smallint some substring symmetric
    system_user table tablesample then time timestamp to trailing treat trim true union
    unique user using values varchar variadic verbose when where window with xmlattributes
    xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
    xmlserialize xmltable
    """.split()
)
# Those of them that cannot be names, and that SQLAlchemy leaves without quotes all the same; a
# test asks both.
UNQUOTED = frozenset(
    ("collation", "concurrently", "lateral", "system_user", "tablesample")
)
PLAIN = re.compile(r"[a-z_][a-z0-9_$]*", re.ASCII)


class Name(NamedTuple):
    """The name of a table, index, type or sequence; without a schema the search path decides."""

    schema: str | None
    name: str

    @property
    def sql(self) -> str:
        """As SQL, quoted where it must be."""
        return ".".join(quote_name(part) for part in self if part is not None)

    def __str__(self) -> str:
        """As the spec writes it: `schema.name`; a part that holds a dot or a quote is quoted."""
        return ".".join(spell_part(part) for part in self if part is not None)


def in_default_schema(name: Name) -> Name:
    """Return a name without its schema where that is the one in which names have none."""
    return Name(None, name.name) if name.schema == PUBLIC else name


class Member(NamedTuple):
    """The name of what stands on a relation and is called so there alone: a policy, a trigger."""

    schema: str | None
    of: str
    name: str

    @property
    def sql(self) -> str:
        """As SQL, but for the relation."""
        return quote_name(self.name)

    @property
    def holder(self) -> Name:
        """The relation."""
        return Name(self.schema, self.of)

    def __str__(self) -> str:
        """As a sentence says it."""
        return f"{spell_part(self.name)} on {self.holder}"


class MethodName(NamedTuple):
    """The name of an operator class or family, which it has for one access method alone."""

    schema: str | None
    name: str
    method: str = BTREE

    @property
    def called(self) -> Name:
        """What an index calls it, whose method is known."""
        return Name(self.schema, self.name)

    @property
    def sql(self) -> str:
        """As SQL, quoted where it must be."""
        return f"{self.called.sql} USING {quote_name(self.method)}"

    def __str__(self) -> str:
        """As the spec writes it: `app.words using hash`; a B-tree's without its method."""
        plain = str(self.called)
        return plain if self.method == BTREE else f"{plain}{USING}{self.method}"


def member(holder: Name, name: str) -> Member:
    """Return the name of what stands on a relation."""
    return Member(*holder, name)


def quote_name(name: str) -> str:
    """Return an identifier as SQL, in double quotes where PostgreSQL needs them."""
    if PLAIN.fullmatch(name) and name not in KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def aside(name: str) -> str:
    """Return the name of what is built to take the place of something with a name.

    It is the same in every run, so that a run that follows a crash finds what was left behind.
    """
    plain = f"{name}{ASIDE}"
    if len(plain.encode()) <= MAX_NAME_BYTES:
        return plain
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    room = MAX_NAME_BYTES - len(ASIDE) - len(mark) - 1
    kept = name.encode()[:room].decode(errors="ignore")
    return f"{kept}_{mark}{ASIDE}"


def is_aside(name: str) -> bool:
    """Tell whether a name is one of `aside`."""
    return name.endswith(ASIDE)


ASIDE = "_gm_new"


def quote_names(names: tuple[str, ...]) -> str:
    """Return identifiers as a SQL list without its parentheses."""
    return ", ".join(quote_name(name) for name in names)


def quote_text(text: str) -> str:
    """Return a string literal that means `text` whatever standard_conforming_strings says."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def dollar_quoted(text: str) -> str:
    """Return a text between dollar quotes that it does not hold."""
    tags = (f"$gm{number or ''}$" for number in count())
    tag = "$$" if "$" not in text else next(one for one in tags if one not in text)
    return f"{tag}{text}{tag}"


def body_of(sql: str) -> tuple[str, str, str] | None:
    """Return a statement as what is before, in and behind a body that is a text.

    Such a body is the last of it: a line begins with `AS` and a quote of dollars, or that of an
    escape string. Before that, no name and no literal holds a line feed.
    """
    found = BODY.fullmatch(sql) if sql.startswith("CREATE ") else None
    if found is None:
        return None
    quote = found[2]
    end = quote.removeprefix("E")
    return (
        (found[1], found[3].removesuffix(end), end) if found[3].endswith(end) else None
    )


BODY = re.compile(
    r"((?:(?!AS (?:\$|E'))[^\n]*\n)*?AS (\$(?:[a-z]\w*)?\$|E'))(.*)",
    re.DOTALL | re.ASCII,
)


def spell_part(part: str) -> str:
    """Return one part of a dotted name as a spec writes it."""
    is_odd = not part or part != part.strip() or part.endswith("()")
    if is_odd or "." in part or '"' in part:
        return '"' + part.replace('"', '""') + '"'
    return part


def last_two(parts: Sequence[str]) -> Name:
    """Return the name that the last two of some parts are: `database.schema.name`."""
    return Name(parts[-2] if parts[1:] else None, parts[-1])


def relation_of(text: str) -> Name:
    """Return the relation that the text of a `regclass` names. Raises ValueError for none."""
    return last_two([one if quoted else folded(one) for one, quoted in parts_of(text)])


def folded(word: str) -> str:
    """Return what PostgreSQL makes of a word without quotes, in a database of UTF-8."""
    return "".join(one.lower() if one.isascii() else one for one in word)


PART = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')


def split_name(text: str) -> list[str]:
    """Return the parts of a dotted name: `a.b` is two, `"a.b"` one.

    Raises ValueError when quotes or dots are out of place.
    """
    return [part for part, _ in parts_of(text)]


def parts_of(text: str) -> list[tuple[str, bool]]:
    """Return the parts of a dotted name, each with whether it stands in quotes."""
    parts, position = [], 0
    while True:
        match = PART.match(text, position)
        if match is None:
            raise ValueError(text)
        quoted = match[1] is not None
        parts.append((match[1].replace('""', '"') if quoted else match[2], quoted))
        position = match.end()
        if position == len(text):
            return parts
        if text[position] != ".":
            raise ValueError(text)
        position += 1


def object_name(first: str, second: str, label: str) -> str:
    """Return `first_second_label`, the longer of the first two cut to fit.

    Source: `makeObjectName` (indexcmds.c).
    """
    one, two = first.encode(), second.encode()
    room = MAX_NAME_BYTES - len(label.encode()) - 1 - (1 if second else 0)
    while len(one) + len(two) > room:
        if len(one) > len(two):
            one = one[:-1]
        else:
            two = two[:-1]
    parts = (part.decode(errors="ignore") for part in (one, two) if part)
    return "_".join((*parts, label))
