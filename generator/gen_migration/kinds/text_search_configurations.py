"""Text search configurations: `CREATE TEXT SEARCH CONFIGURATION`, a parser and what it maps.

Mappings are altered in place, for another parser a configuration is made anew. A copy is one of
what it copies, as pg_dump has it: a spec may say how it differs from one of PostgreSQL's own.
Source: the manual, CREATE TEXT SEARCH CONFIGURATION, ALTER TEXT SEARCH CONFIGURATION and 12.7.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import text_search_copies as copies
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.text_search import TextSearch, given, name_of, refers
from gen_migration.kinds.text_search_copies import DEFAULT, in_order
from gen_migration.model.access import Owned
from gen_migration.postgres.names import Name, quote_name
from gen_migration.postgres.text_search import (
    CONFIGURATIONS,
    DICTIONARIES,
    PARSERS,
    bare,
    mappings_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.text_search_copies import Mappings
    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchConfiguration(Owned):
    """`CREATE TEXT SEARCH CONFIGURATION`; the dictionaries by the types of tokens."""

    parser: Name = DEFAULT
    mappings: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    comment: str | None = None


class TextSearchConfigurations(TextSearch):
    """Configurations that make tokens and look them up."""

    word = space = CONFIGURATIONS
    key = "text_search_configurations"
    about = "Text search configurations by name."
    about_one = "A text search configuration; in short, what it is a copy of."
    keys = (
        Key(
            "copy",
            "Text | None",
            "One of PostgreSQL's own configurations, such as `english`, of which `mappings` says"
            " what is otherwise.",
        ),
        Key("parser", "Text | None", "The parser; left out, PostgreSQL's own."),
        Key(
            "mappings",
            "dict[str, Text | list[Text]]",
            "Types of tokens, and the dictionaries that look them up in turn:"
            " `hword, word: [a, b]`; an empty list maps what a copy does to nothing.",
            dict,
        ),
        RENAMED_FROM,
    )
    value = TextSearchConfiguration
    short = "copy"
    called = "TEXT SEARCH CONFIGURATION"
    catalog = "pg_ts_config"
    object = "TSCONFIGURATION"
    alters = "alter_tsconfiguration_stmt"
    groups = (("mappings",),)

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        own = "pg_catalog." if value.parser == DEFAULT else ""
        return f"CREATE {self.sql(name)} (PARSER = {own}{value.parser.sql})"

    def definition(self, value: Any) -> str:
        found = [f"PARSER = {value.parser.sql}"]
        for tokens, dictionaries in copies.together(value.mappings):
            names = ", ".join(one.sql for one in dictionaries)
            found.append(f"MAPPING FOR {listed(tokens)} WITH {names}")
        return "; ".join(found)

    def after(self, name: Any, value: Any) -> Iterator[str]:
        yield from self.mapped(name, "ADD", value.mappings)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        before, after = old.mappings, new.mappings
        gone = [token for token in before if token not in after]
        come = {token: one for token, one in after.items() if token not in before}
        other = {
            token: one
            for token, one in after.items()
            if token in before and before[token] != one
        }
        dropped = f"ALTER {self.sql(name)} DROP MAPPING FOR {listed(gone)}"
        return [
            *([dropped] if gone else []),
            *self.mapped(name, "ALTER", other),
            *self.mapped(name, "ADD", come),
        ]

    def mapped(self, name: Any, verb: str, mappings: Mappings) -> Iterator[str]:
        """Yield what maps types of tokens: those with the same dictionaries at once."""
        for tokens, dictionaries in copies.together(mappings):
            names = ", ".join(one.sql for one in dictionaries)
            yield (
                f"ALTER {self.sql(name)}\n    {verb} MAPPING FOR {listed(tokens)}"
                f"\n    WITH {names}"
            )

    def is_replaced(self, old: Any, new: Any) -> bool:
        is_other: bool = old.parser != new.parser
        return is_other

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        found = {
            key: bare(tree.dotted(one.names))
            for key, one in tree.options(node.definition).items()
        }
        name = tree.dotted(node.defnames)
        if "copy" in found:
            return name, copied(found["copy"], schema)
        return name, TextSearchConfiguration(parser=found["parser"])

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = tree.dotted(node.cfgname)
        old = objects.get(name)
        if old is None:
            return None
        tokens = tree.strings(node.tokentype)
        dictionaries = tuple(bare(tree.dotted(one.list.items)) for one in node.dicts)
        found = dict(old.mappings)
        match tree.word(node, "kind", "ALTER_TSCONFIG_"):
            case "ADD_MAPPING" | "ALTER_MAPPING_FOR_TOKEN":
                found |= dict.fromkeys(tokens, dictionaries)
            case "DROP_MAPPING":
                found = {key: one for key, one in found.items() if key not in tokens}
            case _:  # REPLACE, of all types of tokens or of some
                before, after = dictionaries
                found = {
                    key: tuple(after if each == before else each for each in one)
                    if key in (tokens or found)
                    else one
                    for key, one in found.items()
                }
        return name, replace(old, mappings=in_order(found))

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        parser: Name | None = DEFAULT
        if shape.parser is not None:
            parser = given(at / "parser", PARSERS, shape.parser)
        found = copies.base(at, shape)
        for key, one in shape.mappings.items():
            where = at / "mappings" / key
            texts = [one] if isinstance(one, str) else one
            names = [given(where, DICTIONARIES, text) for text in texts]
            for token in copies.tokens(where, key, parser):
                found[token] = tuple(one for one in names if one is not None)
        if parser is None:
            return None
        mappings = {token: one for token, one in found.items() if one}
        return TextSearchConfiguration(parser=parser, mappings=in_order(mappings))

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        copy, rest = copies.shortest(value.parser, value.mappings)
        return {
            "copy": copy,
            "parser": None if value.parser == DEFAULT else str(value.parser),
            "mappings": {
                ", ".join(tokens): str(names[0])
                if len(names) == 1
                else [*map(str, names)]
                for tokens, names in copies.together(rest)
            },
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        found: dict[str, tuple[Name, ...]] = {}
        for token, schema, dictionary in row.mappings:
            name = name_of(reading, DICTIONARIES, schema, dictionary)
            found[token] = (*found.get(token, ()), name)
        parser = name_of(reading, PARSERS, row.parser_schema, row.parser)
        return TextSearchConfiguration(parser=parser, mappings=in_order(found))

    # Order and words.

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        every = {name for names in value.mappings.values() for name in names}
        return refers(PARSERS, [value.parser]) | refers(DICTIONARIES, every)

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if old.parser != new.parser:
            yield "parser", str(old.parser), str(new.parser)
        for token in in_order({**old.mappings, **new.mappings}):
            before, after = (
                ", ".join(map(str, side.mappings.get(token, ()))) or None
                for side in (old, new)
            )
            if before != after:
                yield f"mapping of {token}", before, after


def copied(name: Name, schema: Schema) -> TextSearchConfiguration:
    """Return a copy of a configuration of a schema, or of one of PostgreSQL's own.

    Raises ValueError for another.
    """
    held = schema.of(CONFIGURATIONS).get(name)
    if held is not None:
        return TextSearchConfiguration(parser=held.parser, mappings=held.mappings)
    own = mappings_of(name.name) if name.schema is None else None
    if own is None:
        raise ValueError(f"a copy of the text search configuration {name}")
    return TextSearchConfiguration(mappings=in_order(own))


def listed(tokens: list[str]) -> str:
    """Return types of tokens as SQL."""
    return ", ".join(map(quote_name, tokens))
