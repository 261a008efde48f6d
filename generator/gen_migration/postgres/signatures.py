"""Signatures: what functions, procedures and aggregates are called by.

Source: the PostgreSQL manual, chapter 38.6 (Function Overloading): the types of the input arguments
belong to the name, without their modifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.postgres.names import Name, quote_name, spell_part
from gen_migration.postgres.type_names import PSEUDO
from gen_migration.postgres.types import Type, TypeMistake, parse_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gen_migration.postgres.types import Names

HINT = "write the types of its arguments: touch(integer, text), or touch() for none"


class Signature(NamedTuple):
    """The name of a routine; `arguments` are the types of its input arguments."""

    schema: str | None
    name: str
    arguments: tuple[Type, ...] = ()

    @property
    def called(self) -> Name:
        """What an expression calls it, whatever its arguments."""
        return Name(self.schema, self.name)

    @property
    def sql(self) -> str:
        """As SQL, quoted where it must be."""
        types = ", ".join(one.sql for one in self.arguments)
        return f"{self.called.sql}({types})"

    def __str__(self) -> str:
        """As a sentence says it: `app.touch(integer, text)`."""
        return self.with_types(map(str, self.arguments))

    @property
    def spelled(self) -> str:
        """As the spec writes it."""
        return self.with_types(one.spelled for one in self.arguments)

    def with_types(self, types: Iterable[str]) -> str:
        """Return the name with texts for its types."""
        parts = (spell(part) for part in self.called if part is not None)
        return f"{'.'.join(parts)}({', '.join(types)})"


class CastName(NamedTuple):
    """The two types that a cast is between."""

    source: Type
    target: Type

    @property
    def name(self) -> str:
        """What it is known by, among other words."""
        return self.target.name

    @property
    def sql(self) -> str:
        """As SQL: `(text AS app.mood)`."""
        return f"({self.source.sql} AS {self.target.sql})"

    def __str__(self) -> str:
        """As a sentence says it: `text as app.mood`."""
        return f"{self.source} as {self.target}"

    @property
    def spelled(self) -> str:
        """As the spec writes it."""
        return f"{self.source.spelled} as {self.target.spelled}"


class TransformName(NamedTuple):
    """The type and the language of a transform."""

    type: Type
    language: str

    @property
    def name(self) -> str:
        """What it is known by, among other words."""
        return self.type.name

    @property
    def sql(self) -> str:
        """As SQL: `FOR app.mood LANGUAGE plpython3u`."""
        return f"FOR {self.type.sql} LANGUAGE {quote_name(self.language)}"

    def __str__(self) -> str:
        """As a sentence says it: `app.mood language plpython3u`."""
        return f"{self.type} language {self.language}"

    @property
    def spelled(self) -> str:
        """As the spec writes it."""
        return f"{self.type.spelled} language {self.language}"


def spelled(name: Any) -> str:
    """Return a type, or the name of any object, as the spec writes it."""
    has_types = isinstance(name, Type | Signature | CastName | TransformName)
    return str(name.spelled if has_types else name)


def spell(part: str) -> str:
    """Return one part of a name before brackets as a spec writes it."""
    return quote(part) if {*"()"} & {*part} else spell_part(part)


def quote(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def with_types(name: Any, change: Callable[[Type], Type]) -> Any:
    """Return a name with the types in it changed; most have none."""
    if isinstance(name, CastName):
        return CastName(change(name.source), change(name.target))
    if isinstance(name, TransformName):
        return name._replace(type=change(name.type))
    if not isinstance(name, Signature):
        return name
    return name._replace(arguments=tuple(map(change, name.arguments)))


def split_signature(text: str) -> tuple[str, list[str]]:
    """Return the name and the types of a signature. Raises ValueError where it is none."""
    marks = [*outside_of_quotes(text)]
    opening = next((at for at, one in marks if one == "("), None)
    if opening is None or not text.rstrip().endswith(")"):
        raise ValueError("a signature has brackets")
    end = len(text.rstrip()) - 1
    types, start, depth = [], opening + 1, 0
    for at, mark in marks:
        if at < opening:
            continue
        depth += (mark == "(") - (mark == ")")
        if (depth == 0) != (at == end):
            raise ValueError("its brackets do not fit")
        if (mark == "," and depth == 1) or at == end:
            types.append(text[start:at].strip())
            start = at + 1
    if types == [""]:
        types = []
    if not all(types) or depth:
        raise ValueError("a type is missing")
    return text[:opening].strip(), types


def outside_of_quotes(text: str) -> Iterator[tuple[int, str]]:
    """Yield the brackets and commas of a text that are in no quotes, with their places."""
    is_quoted = False
    for at, character in enumerate(text):
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted and character in "(),":
            yield at, character


def parse_argument(text: str, own: Names) -> Type:
    """Return the type of an argument, or of a result. Raises TypeMistake for none."""
    word = "".join(text.lower().split()).removeprefix("pg_catalog.")
    if (name := word.removesuffix("[]")) in PSEUDO:
        return Type(name=name, array=name != word)
    return of_argument(parse_type(text, own))


def of_argument(value: Type) -> Type:
    """Return a type as PostgreSQL keeps it of an argument: without modifiers.

    Raises TypeMistake for one that only columns have.
    """
    if value.is_serial:
        raise TypeMistake(
            f"{value} is a way to write a column", f"write {quoted(value.plain)}"
        )
    name = value.name
    if value.kind == "builtin":
        name = "bpchar" if name == "char" else name
        name = "interval" if name.startswith("interval ") else name
    elif value.schema in {None, "pg_catalog"} and quoted_word(name) in PSEUDO:
        return Type(name=quoted_word(name), array=value.array)
    return replace(value, name=name, arguments=())


def quoted_word(name: str) -> str:
    """Return the name of a pseudo-type as SQL writes it."""
    return '"any"' if name == "any" else name
