"""Text search parsers: `CREATE TEXT SEARCH PARSER`, of functions that are written in C.

PostgreSQL can rename one, and alter nothing else of it. Only a superuser may make one. Source: the
manual, CREATE TEXT SEARCH PARSER and 12.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.text_search_functions import OfFunctions
from gen_migration.postgres.text_search import PARSERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchParser:
    """`CREATE TEXT SEARCH PARSER`."""

    start: Name
    gettoken: Name
    end: Name
    lextypes: Name
    headline: Name | None = None
    comment: str | None = None


class TextSearchParsers(OfFunctions):
    """Parsers that cut texts into tokens."""

    word = space = PARSERS
    key = "text_search_parsers"
    about = "Text search parsers by name, which only a superuser may create."
    about_one = "A text search parser: the functions that cut texts into tokens."
    keys = (
        Key("start", "Text", "The function that begins.", ...),
        Key("gettoken", "Text", "The function that returns the next token.", ...),
        Key("end", "Text", "The function that ends.", ...),
        Key("lextypes", "Text", "The function that names the types of tokens.", ...),
        Key("headline", "Text | None", "The function that marks what was found."),
        RENAMED_FROM,
    )
    value = TextSearchParser
    called = "TEXT SEARCH PARSER"
    object = "TSPARSER"
    arguments: ClassVar[Mapping[str, int]] = {
        "start": 2,
        "gettoken": 3,
        "end": 1,
        "headline": 3,
        "lextypes": 1,
    }
