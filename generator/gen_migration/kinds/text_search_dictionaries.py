"""Text search dictionaries: `CREATE TEXT SEARCH DICTIONARY`, a template and its options.

Options are altered in place, for another template a dictionary is made anew. PostgreSQL folds their
names, and keeps their values as numbers or texts. Source: the manual, CREATE and ALTER TEXT SEARCH
DICTIONARY, and 12.6; `serialize_deflist` in tsearchcmds.c.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.text_search import TextSearch, given, name_of, refers
from gen_migration.model.access import Owned
from gen_migration.postgres.names import Name, quote_name, quote_text
from gen_migration.postgres.text_search import DICTIONARIES, TEMPLATES, bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchDictionary(Owned):
    """`CREATE TEXT SEARCH DICTIONARY`; the values of options are words of SQL."""

    template: Name
    options: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None


class TextSearchDictionaries(TextSearch):
    """Dictionaries that look words up."""

    word = space = DICTIONARIES
    key = "text_search_dictionaries"
    about = "Text search dictionaries by name."
    about_one = "A text search dictionary; in short, its template."
    keys = (
        Key("template", "Text", "The template, such as `snowball`.", ...),
        Key(
            "options",
            "dict[str, Scalar]",
            "What the template is told, such as `{language: english, stopwords: english}`.",
            dict,
        ),
        RENAMED_FROM,
    )
    value = TextSearchDictionary
    short = "template"
    called = "TEXT SEARCH DICTIONARY"
    catalog = "pg_ts_dict"
    object = "TSDICTIONARY"
    alters = "alter_tsdictionary_stmt"
    groups = (("options",),)

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        if not value.options:
            return f"CREATE {self.sql(name)} {self.definition(value)}"
        listed = ",\n    ".join(clauses(value))
        return f"CREATE {self.sql(name)} (\n    {listed}\n)"

    def definition(self, value: Any) -> str:
        return f"({', '.join(clauses(value))})"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [f"ALTER {self.sql(name)} ({', '.join(changes(old, new))})"]

    def is_replaced(self, old: Any, new: Any) -> bool:
        is_other: bool = old.template != new.template
        return is_other

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        found = tree.options(node.definition)
        template = found.pop("template")
        value = TextSearchDictionary(
            template=bare(tree.dotted(template.names)),
            options={key: word(one) for key, one in found.items()},
        )
        return tree.dotted(node.defnames), value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = tree.dotted(node.dictname)
        old = objects.get(name)
        if old is None:
            return None
        # As PostgreSQL does, which puts what is set behind the rest.
        options = dict(old.options)
        for key, one in tree.options(node.options).items():
            options.pop(key, None)
            if one is not None:
                options[key] = word(one)
        return name, replace(old, options=options)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        template = given(at / "template", TEMPLATES, shape.template)
        if template is None:
            return None
        return TextSearchDictionary(
            template=template,
            options={key.lower(): literal(one) for key, one in shape.options.items()},
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        options = {key: scalar(one) for key, one in value.options.items()}
        return {"template": str(value.template), "options": options}

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        template = name_of(reading, TEMPLATES, row.template_schema, row.template)
        return TextSearchDictionary(template=template, options=stored(row.options))

    # Order and words.

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return refers(TEMPLATES, [value.template])

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if old.template != new.template:
            yield "template", str(old.template), str(new.template)
        for key in {**old.options, **new.options}:
            before, after = old.options.get(key), new.options.get(key)
            if before != after:
                yield f"option {key}", before, after


def clauses(value: TextSearchDictionary) -> Iterator[str]:
    """Yield what `CREATE TEXT SEARCH DICTIONARY` says."""
    yield f"TEMPLATE = {value.template.sql}"
    for key, one in value.options.items():
        yield f"{quote_name(key)} = {one}"


def changes(old: TextSearchDictionary, new: TextSearchDictionary) -> list[str]:
    """Return what `ALTER TEXT SEARCH DICTIONARY` says.

    What is set stands behind the rest then: where that is another order, all is set.
    """
    gone = [key for key in old.options if key not in new.options]
    put = {key: one for key, one in new.options.items() if old.options.get(key) != one}
    kept = [key for key in old.options if key not in {*gone, *put}]
    if [*kept, *put] != [*new.options]:
        put = dict(new.options)
    return [
        *(quote_name(key) for key in gone),
        *(f"{quote_name(key)} = {one}" for key, one in put.items()),
    ]


def word(value: Any) -> str:
    """Return the value of an option in a parse tree as PostgreSQL keeps it.

    Raises ValueError for what is no number, text or word.
    """
    if isinstance(value, str | int):
        return literal(value)
    names = [one.string.sval for one in getattr(value, "names", ())]
    if len(names) != 1:
        raise ValueError("the value of an option of a text search dictionary")
    return quote_text(names[0])


def literal(value: str | int | Decimal | bool) -> str:
    """Return a scalar as PostgreSQL keeps it: an integer as such, all else as a text."""
    if isinstance(value, bool):
        return quote_text(str(value).lower())
    return str(value) if isinstance(value, int) else quote_text(str(value))


def scalar(text: str) -> str | int:
    """Return the value of an option as a spec has it."""
    if not text.endswith("'"):
        return int(text)
    inner = text[text.index("'") + 1 : -1].replace("''", "'")
    return inner.replace("\\\\", "\\") if text.startswith("E") else inner


def stored(text: str | None) -> dict[str, str]:
    """Return the options that a catalog keeps as a text."""
    if not text:
        return {}
    from gen_migration.postgres.parser import postgast
    from gen_migration.sql import tree

    found = postgast().parse(f"CREATE TEXT SEARCH DICTIONARY d ({text})")
    options = tree.options(found.stmts[0].stmt.define_stmt.definition)
    return {key: word(one) for key, one in options.items()}
