"""What text search configurations map, beside what one of PostgreSQL's own does. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.postgres.names import Name
from gen_migration.postgres.text_search import (
    CONFIGURATIONS,
    OWN,
    SINCE,
    TOKENS,
    mappings_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Mappings = Mapping[str, tuple[Name, ...]]
DEFAULT = Name(None, "default")  # the parser


def in_order(mappings: Mapping[str, Any]) -> dict[str, Any]:
    """Return types of tokens in the order of PostgreSQL's parser, and others by the alphabet."""
    known = [token for token in TOKENS if token in mappings]
    return {one: mappings[one] for one in (*known, *sorted({*mappings} - {*known}))}


def together(mappings: Mappings) -> list[tuple[list[str], tuple[Name, ...]]]:
    """Return the types of tokens that are mapped alike, and to what."""
    found: dict[tuple[Name, ...], list[str]] = {}
    for token, names in mappings.items():
        found.setdefault(names, []).append(token)
    return [(tokens, names) for names, tokens in found.items()]


def shortest(parser: Name, mappings: Mappings) -> tuple[str | None, Mappings]:
    """Return of which of PostgreSQL's own it is best a copy (None: of none), and what is otherwise.

    What the copy maps and this does not is mapped to nothing. Of several that are as near, it is
    one whose stemmer is asked.
    """
    if parser != DEFAULT:
        return None, mappings
    asked = {name for names in mappings.values() for name in names}

    def distance(name: str) -> tuple[Any, ...]:
        is_asked = Name(None, f"{name}_stem") in asked
        return len(otherwise(mappings, name)), not is_asked, name != "simple", name

    nearest_ = min(OWN[CONFIGURATIONS], key=distance)
    rest = otherwise(mappings, nearest_)
    return (nearest_, rest) if len(rest) < len(mappings) else (None, mappings)


def otherwise(mappings: Mappings, copy: str) -> dict[str, tuple[Name, ...]]:
    """Return what is mapped otherwise than one of PostgreSQL's own configurations does."""
    own = mappings_of(copy) or {}
    return {
        token: mappings.get(token, ())
        for token in in_order({**own, **mappings})
        if mappings.get(token, ()) != own.get(token, ())
    }


def base(at: Any, shape: Any) -> dict[str, tuple[Name, ...]]:
    """Return what a copy maps that a spec names; report one that is not known."""
    if shape.copy is None:
        return {}
    where = at / "copy"
    if shape.parser is not None:
        where.wrong_key("a copy has the parser of what it copies", 'remove "parser"')
    name = shape.copy.removeprefix("pg_catalog.")
    found = mappings_of(name)
    if found is None:
        own = OWN[CONFIGURATIONS]
        where.wrong(
            f"{quoted(shape.copy)} is none of PostgreSQL's own configurations",
            nearest(name, own) or 'write "mappings", which a YAML anchor can share',
        )
    elif name in SINCE:
        where.need(SINCE[name], f"the configuration {name}")
    return found or {}


def tokens(at: Any, key: str, parser: Name | None) -> Iterator[str]:
    """Yield the types of tokens that a key names; report those that the parser has not."""
    for token in (one.strip() for one in key.split(",")):
        if not at.identifier(token):
            continue
        if parser == DEFAULT and token not in TOKENS:
            at.wrong_key(
                f"{quoted(token)} is no type of tokens",
                nearest(token, TOKENS) or f"write one of {', '.join(TOKENS)}",
            )
        yield token
