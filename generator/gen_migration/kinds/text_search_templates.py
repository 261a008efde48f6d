"""Text search templates: `CREATE TEXT SEARCH TEMPLATE`, of functions that are written in C.

PostgreSQL can rename one, and alter nothing else of it. Only a superuser may make one. Source: the
manual, CREATE TEXT SEARCH TEMPLATE and 12.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.text_search_functions import OfFunctions
from gen_migration.postgres.text_search import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchTemplate:
    """`CREATE TEXT SEARCH TEMPLATE`."""

    lexize: Name
    init: Name | None = None
    comment: str | None = None


class TextSearchTemplates(OfFunctions):
    """Templates that dictionaries are made of."""

    word = space = TEMPLATES
    key = "text_search_templates"
    about = "Text search templates by name, which only a superuser may create."
    about_one = "A text search template; in short, its function that looks words up."
    keys = (
        Key("lexize", "Text", "The function that looks a word up.", ...),
        Key("init", "Text | None", "The function that reads the options."),
        RENAMED_FROM,
    )
    value = TextSearchTemplate
    short = "lexize"
    called = "TEXT SEARCH TEMPLATE"
    object = "TSTEMPLATE"
    arguments: ClassVar[Mapping[str, int]] = {"init": 1, "lexize": 4}
