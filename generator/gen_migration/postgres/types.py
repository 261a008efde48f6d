"""The type of a column: parsed, checked and brought to one spelling.

Source: the PostgreSQL manual, chapter 8 (Data Types).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import nearest, quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.postgres.names import quote_name, spell_part, split_name
from gen_migration.postgres.type_names import (
    ALIASES,
    BUILTIN,
    COMMA,
    ELSEWHERE,
    EXTENSION_TYPES,
    OTHERS,
    SERIAL,
    WORDS,
)

TypeKind = Literal["builtin", "enum", "other"]
# The types of a spec: schema, name, kind.
Names = frozenset[tuple[str | None, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type by its one spelling; `schema` is None for built-in types and for the search path.

    `arguments` are the modifiers as SQL: `("10", "2")` of `numeric(10,2)`. PostgreSQL keeps
    neither the number of an array's dimensions nor their sizes, so `array` is all there is.
    """

    name: str
    schema: str | None = None
    arguments: tuple[str, ...] = ()
    array: bool = False
    kind: TypeKind = "builtin"

    @property
    def sql(self) -> str:
        """The type as SQL."""
        if self.kind == "builtin":
            name = self.name
        else:
            name = ".".join(
                quote_name(p) for p in (self.schema, self.name) if p is not None
            )
        return name + self._suffix()

    def __str__(self) -> str:
        """The type as a sentence says it."""
        name = self.name
        if self.schema is not None:
            name = f"{spell_part(self.schema)}.{spell_part(name)}"
        elif self.kind != "builtin":
            name = spell_part(name)
        return name + self._suffix()

    @property
    def spelled(self) -> str:
        """The type as a spec writes it: in quotes where no reader of a spec may know its name."""
        is_known = self.kind != "other" or self.name in EXTENSION_TYPES
        if is_known or self.schema is not None:
            return str(self)
        quoted = '"' + self.name.replace('"', '""') + '"'
        return quoted + self._suffix()

    def _suffix(self) -> str:
        arguments = f"({','.join(self.arguments)})" if self.arguments else ""
        return arguments + ("[]" if self.array else "")

    @property
    def is_serial(self) -> bool:
        """Whether it is no type but a way to write a column: an integer, counted by a sequence."""
        return self.kind == "builtin" and self.name in SERIAL

    @property
    def plain(self) -> Type:
        """The type of the values: of serial, the integer; of any other type, itself."""
        return replace(self, name=SERIAL[self.name]) if self.is_serial else self

    @property
    def serial(self) -> Type:
        """The serial of an integer; of any other type, itself."""
        is_integer = self.kind == "builtin" and self.name in WORDS and not self.array
        return replace(self, name=WORDS[self.name]) if is_integer else self

    @property
    def element(self) -> Type:
        """The type of an array's elements; of any other type, itself."""
        return replace(self, array=False)


class TypeMistake(ValueError):
    """A type that cannot be; `args` are the message and the hint."""


MAX_LENGTH = 200
ARRAY = re.compile(
    r"(?:\s*\[\s*[0-9]*\s*\])+$|\s+array(?:\s*\[\s*[0-9]+\s*\])?$",
    re.IGNORECASE | re.ASCII,
)
SHAPE = re.compile(
    r'(?P<name>"(?:[^"]|"")+"|[^\s"().]+(?: [^\s"().]+)*)'
    r'(?:\.(?P<second>"(?:[^"]|"")+"|[^\s"().]+))?'
    r"(?:\s*\((?P<arguments>[^()]*)\))?(?P<rest> [a-z ]+)?"
)
# A modifier without its parentheses.
BARE = re.compile(r"(?P<name>\D+) (?P<arguments>\d+(?:, ?\d+)?)")
# Where the constraints of a column begin, as SQL writes them behind its type.
CONSTRAINT = re.compile(
    r"[\w)\]] +(?:not null|null|primary key|unique|default|references|check)\b",
    re.IGNORECASE | re.ASCII,
)
INTEGER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
ARGUMENT = re.compile(r"-?[0-9]+|[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def parse_type(text: str, own: Names = frozenset()) -> Type:
    """Return the type that a spec's text names; `own` are its own types.

    Raises TypeMistake with a message and a hint when there is no such type or the modifiers
    do not fit.
    """
    # Of a function that is cached, type checkers do not look at the arguments.
    return parsed(text, own)


@lru_cache(maxsize=4096)
def parsed(text: str, own: Names) -> Type:
    if (found := own_type(text, own)) is not None:
        return found
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise TypeMistake("the type is too long", "write a type such as varchar(50)")
    array = ARRAY.search(text)
    scalar = text[: array.start()] if array else text
    result = own_type(scalar, own) or scalar_type(scalar, own)
    if array is None:
        return result
    if result.is_serial:
        raise TypeMistake(f"there is no array of {result}", f'write "{result.plain}[]"')
    return replace(result, array=True)


def own_type(text: str, own: Names) -> Type | None:
    """Return the enum or the domain of the spec that a text names."""
    try:
        parts = split_name(text)
    except ValueError:
        return None
    schema, name = (None, parts[0]) if len(parts) == 1 else (parts[0], parts[-1])
    kinds: tuple[TypeKind, ...] = ("enum", "other")
    for kind in kinds if len(parts) <= 2 else ():
        if (schema, name, kind) in own:
            return Type(name=name, schema=schema, kind=kind)
    return None


def scalar_type(text: str, own: Names) -> Type:
    if '"' not in text:
        text = " ".join(text.split())
    match = SHAPE.fullmatch(text)
    if (found := CONSTRAINT.search(text)) is not None and '"' not in text:
        first = text[: found.start() + 1]
        raise TypeMistake(
            f"{quoted(text)} is more than a type",
            f"write what else the column is as keys: {{type: {in_yaml(first)}, …}};"
            " it is NOT NULL unless it says nullable: true",
        )
    if match is None and "(" in text and ")" not in text:
        raise TypeMistake(f"{quoted(text)} is not a type", COMMA)
    if match is None:
        raise TypeMistake(
            f"{quoted(text)} is not a type", 'write a type such as "varchar(50)[]"'
        )
    arguments = split_arguments(match["arguments"])
    name, second, rest = match["name"], match["second"], match["rest"] or ""
    if second is not None or (name.startswith('"') and name != '"char"'):
        return named(name, second, arguments)
    if (known := builtin_name(name + rest)) is not None:
        return builtin(known, arguments)
    if name.lower() in EXTENSION_TYPES and not rest:
        return named(name.lower(), None, arguments)
    if (name + rest).lower() in OTHERS:
        known = OTHERS[(name + rest).lower()]
        if arguments and known in {"text", "varchar", "numeric"}:
            kept = "varchar" if known == "text" else known
            known = f"{kept}({','.join(arguments)})"
        raise TypeMistake(
            f"unknown type {quoted(name + rest)}",
            f"PostgreSQL's word is {quoted(known)}",
        )
    raise TypeMistake(f"unknown type {quoted(name + rest)}", instead(name + rest, own))


def instead(name: str, own: Names) -> str:
    """Return what to write in the place of a type that nobody knows."""
    bare = BARE.fullmatch(name)
    if bare is not None and (found := builtin_name(bare["name"])) is not None:
        try:
            builtin(found, split_arguments(bare["arguments"]))
        except TypeMistake as mistake:
            message, hint = mistake.args
            return str(hint or message)
        return f'write "{bare["name"]}({bare["arguments"]})"'
    known = (*BUILTIN, *ALIASES, *EXTENSION_TYPES, *(one[1] for one in own))
    return (
        ELSEWHERE.get(name.lower())
        or nearest(name, known)
        or "a type that this spec does not define is written with its schema: public.NAME"
    )


def split_arguments(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    # Words are names without quotes, which PostgreSQL folds.
    arguments = tuple(argument.strip().lower() for argument in text.split(","))
    for argument in arguments:
        if not ARGUMENT.fullmatch(argument):
            raise TypeMistake(
                f"{quoted(argument)} is no modifier of a type",
                'write numbers or words: "numeric(10,2)"',
            )
    return arguments


def builtin_name(name: str) -> str | None:
    if name == '"char"':
        return name
    lowered = name.lower()
    known = ALIASES.get(lowered, lowered)
    return known if known in BUILTIN or lowered == "float" else None


def builtin(name: str, arguments: tuple[str, ...]) -> Type:
    if name == "double precision" and arguments:
        return float_of(arguments)
    allowed = BUILTIN[name].bounds
    if len(arguments) > len(allowed):
        takes = f"at most {len(allowed)} modifiers" if allowed else "no modifier"
        raise TypeMistake(
            f"{name} takes {takes}", f"write {quoted(name)}" if not allowed else ""
        )
    for argument, (low, high) in zip(arguments, allowed, strict=False):
        if not INTEGER.fullmatch(argument) or not low <= int(argument) <= high:
            raise TypeMistake(
                f"the modifier {argument} of {name} is not a number from {low} to {high}",
                "",
            )
    arguments = tuple(str(int(argument)) for argument in arguments)
    if name == "bpchar" and arguments:
        name = "char"
    if name in {"char", "bit"} and not arguments:
        arguments = ("1",)
    if name == "numeric" and len(arguments) == 1:
        arguments = (*arguments, "0")
    return Type(name=name, arguments=arguments)


def float_of(arguments: tuple[str, ...]) -> Type:
    """Return what `float(p)` is: PostgreSQL's manual, chapter 8.1.3."""
    if len(arguments) != 1 or not INTEGER.fullmatch(arguments[0]):
        raise TypeMistake(
            "float takes one number", 'write "real" or "double precision"'
        )
    bits = int(arguments[0])
    if not 1 <= bits <= 53:
        raise TypeMistake(
            f"the modifier {bits} of float is not a number from 1 to 53", ""
        )
    return Type(name="real" if bits <= 24 else "double precision")


def named(name: str, second: str | None, arguments: tuple[str, ...]) -> Type:
    """Return a type that is not built in: an enum, or one that the database knows."""
    first = split_name(name)[0] if name.startswith('"') else name
    if second is None:
        return Type(name=first, arguments=arguments, kind="other")
    last = split_name(second)[0]
    if first == "pg_catalog" and (known := builtin_name(last)) is not None:
        return builtin(known if last != "char" else '"char"', arguments)
    return Type(name=last, schema=first, arguments=arguments, kind="other")
