"""PostgreSQL's own objects of text search, and the expressions that name such objects.

Source: the PostgreSQL manual, chapter 12 (Full Text Search); `snowball_create.pl` for what each of
its configurations maps.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import Name, relation_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# The spaces of names, which are the words of the kinds as well.
PARSERS, TEMPLATES = "text search parser", "text search template"
DICTIONARIES, CONFIGURATIONS = "text search dictionary", "text search configuration"
SPACES = (PARSERS, TEMPLATES, DICTIONARIES, CONFIGURATIONS)

# The token types of the parser `default`, in the order of their numbers.
TOKENS = tuple(
    """
    asciiword word numword email url host sfloat version hword_numpart hword_part hword_asciipart
    blank tag protocol numhword asciihword hword url_path file float int uint entity
    """.split()
)
# Those that a configuration of a language gives to its stemmer, and those for all languages.
ASCII = frozenset(("asciihword", "asciiword", "hword_asciipart"))
WORDS = frozenset(("hword", "hword_part", "word"))
UNMAPPED = frozenset(("blank", "tag", "protocol", "entity"))
# The languages, each with the one that its words in ASCII are of.
LANGUAGES = {
    **{
        one: one
        for one in """
        arabic armenian basque catalan danish dutch english estonian finnish french german greek
        hungarian indonesian irish italian lithuanian nepali norwegian portuguese romanian serbian
        spanish swedish tamil turkish yiddish
        """.split()
    },
    "hindi": "english",
    "russian": "english",
}
# The PostgreSQL that brought a language, where it is younger than 14.
SINCE = {"estonian": 18}

OWN: Mapping[str, frozenset[str]] = {
    PARSERS: frozenset(("default",)),
    TEMPLATES: frozenset(("simple", "synonym", "ispell", "thesaurus", "snowball")),
    DICTIONARIES: frozenset(("simple", *(f"{one}_stem" for one in LANGUAGES))),
    CONFIGURATIONS: frozenset(("simple", *LANGUAGES)),
}
# The functions whose first argument may be a configuration or a dictionary, as text.
NAMING = {
    **dict.fromkeys(
        """
        to_tsvector json_to_tsvector jsonb_to_tsvector to_tsquery plainto_tsquery phraseto_tsquery
        websearch_to_tsquery ts_headline ts_debug
        """.split(),
        CONFIGURATIONS,
    ),
    "ts_lexize": DICTIONARIES,
}
TYPES = {"regconfig": CONFIGURATIONS, "regdictionary": DICTIONARIES}


def is_own(space: str, name: Name) -> bool:
    """Tell whether a name is one of PostgreSQL's own, which come before all others."""
    if name.schema == "pg_catalog":
        return True
    return name.schema is None and name.name in OWN[space]


def bare(name: Name) -> Name:
    """Return a name without the schema of what is PostgreSQL's own."""
    return Name(None, name.name) if name.schema == "pg_catalog" else name


def mappings_of(configuration: str) -> dict[str, tuple[Name, ...]] | None:
    """Return what one of PostgreSQL's own configurations maps; None where it is none of them."""
    if configuration not in OWN[CONFIGURATIONS]:
        return None
    ascii_of = LANGUAGES.get(configuration)
    found: dict[str, tuple[Name, ...]] = {}
    for token in TOKENS:
        stem = None
        if ascii_of is not None and token in ASCII | WORDS:
            stem = f"{ascii_of if token in ASCII else configuration}_stem"
        if token not in UNMAPPED:
            found[token] = (Name(None, stem or "simple"),)
    return found


def constants(nodes: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Yield the spaces and the constants of an expression that name objects of text search."""
    for kind, node in nodes:
        if kind == "func_call" and len(node.args) > 1:
            space = NAMING.get(node.funcname[-1].string.sval)
            argument = node.args[0]  # with a cast, it is found below
        elif kind == "type_cast" and node.type_name.names:
            space = TYPES.get(node.type_name.names[-1].string.sval)
            argument = node.arg
        elif kind == "coalesce_expr":
            # All are of one type, which a cast of one of them says.
            spaces = {one for one in map(space_of, node.args) if one is not None}
            yield from ((one, each) for one in spaces for each in texts(node.args))
            continue
        else:
            continue
        if space is not None:
            yield from ((space, one) for one in texts([argument]))


def space_of(node: Any) -> str | None:
    """Return the space of what a cast leads to; None for any other expression."""
    names = node.type_cast.type_name.names
    return TYPES.get(names[-1].string.sval) if names else None


def texts(nodes: Iterable[Any]) -> Iterator[Any]:
    """Yield the constants among expressions that are texts."""
    for one in nodes:
        if one.WhichOneof("node") == "a_const" and one.a_const.HasField("sval"):
            yield one.a_const


def named(nodes: list[tuple[str, Any]]) -> Iterator[tuple[str, Name]]:
    """Yield the objects of text search that an expression names, but for PostgreSQL's own."""
    for space, constant in constants(nodes):
        with contextlib.suppress(ValueError):
            name = relation_of(constant.sval.sval)
            if not is_own(space, name):
                yield space, name
