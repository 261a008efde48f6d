"""Collations: `CREATE COLLATION`. PostgreSQL can rename one, and alter nothing else of it.

A new one takes the place of the old one in columns, indexes and types. What a server lacks (a
locale of its operating system, ICU), it says itself. Source: the manual, CREATE COLLATION and 24.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import object_renaming
from gen_migration.model.access import Owned
from gen_migration.postgres.names import Name, quote_text
from gen_migration.postgres.own_collations import OWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.kind_changes import Use
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema

# The PostgreSQL that has a provider of its own, and the one that has rules.
BUILTIN, RULES = 17, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Collation(Owned):
    """`CREATE COLLATION`; of libc, `lc_collate` and `lc_ctype` are where they are two locales."""

    provider: str = "libc"
    locale: str | None = None
    lc_collate: str | None = None
    lc_ctype: str | None = None
    deterministic: bool = True
    rules: str | None = None
    comment: str | None = None


class Collations(Kind):
    """Collations that a spec creates."""

    word = "collation"
    key = "collations"
    about = "Collations by name: how texts are ordered, and which of them are equal."
    about_one = "A collation; in short, its locale."
    keys = (
        Key(
            "provider",
            'Literal["libc", "icu", "builtin"]',
            "Who knows the locale: the operating system, ICU, or (17) PostgreSQL itself.",
            "libc",
        ),
        Key("locale", "Text | None", "The locale, such as `C` or `de-u-kn`."),
        Key("lc_collate", "Text | None", "Of libc: the locale of the order of texts."),
        Key("lc_ctype", "Text | None", "Of libc: the locale of classes of characters."),
        Key(
            "deterministic",
            "bool",
            "`false`: texts of other bytes may be equal. Of ICU alone.",
            True,
        ),
        Key("rules", "Text | None", "PostgreSQL 16: further rules of ICU."),
        RENAMED_FROM,
    )
    value = Collation
    called = "COLLATION"
    catalog = "pg_collation"
    space = "collations"
    short = "locale"
    creates = "define_stmt"

    # SQL out.

    def definition(self, value: Any) -> str:
        return f"({', '.join(clauses(value))})"

    def is_anew(self, old: Any, new: Any, use: Use) -> bool:
        return True

    # SQL in.

    def reads(self, node: Any) -> bool:
        from gen_migration.sql import tree

        return tree.word(node, "kind") == "COLLATION"

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        given = {
            key: text_of(one) for key, one in tree.options(node.definition).items()
        }
        if "from" in given:
            raise ValueError("CREATE COLLATION … FROM")
        value = Collation(
            provider=given.get("provider", "libc").lower(),
            locale=given.get("locale"),
            lc_collate=given.get("lc_collate"),
            lc_ctype=given.get("lc_ctype"),
            deterministic=given.get("deterministic", "true").lower() != "false",
            rules=given.get("rules"),
        )
        return tree.dotted(node.defnames), settled(value)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        value = settled(
            Collation(
                **{one.name: getattr(shape, one.name) for one in self.keys_of_value}
            )
        )
        apart = (value.lc_collate, value.lc_ctype)
        whole = value.locale is not None and apart == (None, None)
        both = value.locale is None and None not in apart and value.provider == "libc"
        if not (whole or both):
            at.wrong_key(
                "a collation has one locale, or of libc lc_collate and lc_ctype",
                'write "locale", or both of the others',
            )
        if value.provider == "builtin":
            (at / "provider").need(BUILTIN, "the provider builtin")
        if value.rules is not None:
            (at / "rules").need(RULES, "rules of a collation")
        for key, is_given in (
            ("deterministic", not value.deterministic),
            ("rules", value.rules is not None),
        ):
            if is_given and value.provider != "icu":
                (at / key).wrong_key(
                    f"{quoted(key)} is of ICU alone, not of {value.provider}",
                    "write provider: icu",
                )
        return value

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "provider": None if value.provider == "libc" else value.provider,
            "locale": value.locale,
            "lc_collate": value.lc_collate,
            "lc_ctype": value.lc_ctype,
            "deterministic": None if value.deterministic else False,
            "rules": value.rules,
        }

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        def is_own(name: Name) -> bool:
            return name.schema is None and name.name in OWN

        return at.name_beside_own(self.word, text, is_own, at_key=at_key)

    # The catalog.

    def name_of(self, reading: Any, row: Any) -> Any:
        is_hidden = row.name in OWN
        return (Name if is_hidden else reading.name)(row.schema, row.name)

    def from_row(self, reading: Any, row: Any) -> Any:
        return settled(
            Collation(
                provider=row.provider,
                locale=row.locale,
                lc_collate=row.lc_collate,
                lc_ctype=row.lc_ctype,
                deterministic=row.deterministic,
                rules=row.rules,
            )
        )

    # Renames, order and words.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return object_renaming.collation(schema, old, new)

    def writes(self, name: Any) -> set[Reference]:
        return {("collations", None)}

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


def settled(value: Collation) -> Collation:
    """Return a collation with one locale where both of libc are the same."""
    from gen_migration.base.data_class import replace

    if value.lc_collate is None or value.lc_collate != value.lc_ctype:
        return value
    if value.locale is not None or value.provider != "libc":
        return value
    return replace(value, locale=value.lc_collate, lc_collate=None, lc_ctype=None)


def clauses(value: Collation) -> Iterator[str]:
    """Yield what `CREATE COLLATION` says."""
    if value.provider != "libc":
        yield f"provider = {value.provider}"
    for key in ("locale", "lc_collate", "lc_ctype"):
        text = getattr(value, key)
        if text is not None:
            yield f"{key} = {quote_text(text)}"
    if not value.deterministic:
        yield "deterministic = false"
    if value.rules is not None:
        yield f"rules = {quote_text(value.rules)}"


def text_of(value: Any) -> str:
    """Return the value of an option: a word, a text or a truth."""
    from gen_migration.sql import tree

    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    return str(tree.strings(value.names)[-1])
