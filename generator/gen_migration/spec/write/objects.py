"""An object of a kind back to the keys of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import held
from gen_migration.kinds.kind_spec import shortened
from gen_migration.postgres.signatures import spelled
from gen_migration.spec.write import constraints
from gen_migration.spec.write.access import access

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.postgres.names import Name
    from gen_migration.spec.write.writer import Writer


def indexes(writer: Writer, name: Name, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the indexes of an object that is no table."""
    return {
        key: constraints.index(writer, name, key, one, ()) for key, one in held.items()
    }


# What objects have as tables have it.
PARTS: dict[str, Callable[[Writer, Name, Any], Any]] = {
    "indexes": indexes,
    "storage_parameters": lambda _writer, _name, held: constraints.parameters(held),
}


def objects(writer: Writer, kind: Kind) -> Any:
    """Return the objects of a kind; as a list where they have nothing but their names."""
    found = {
        writer.name(name) if kind.in_schema else spelled(name): whole(
            writer, kind, name, value
        )
        for name, value in writer.spec.schema.of(kind.word).items()
        if not kind.is_implied(name, value, writer.spec.schema)
    }
    return found if kind.in_schema or any(found.values()) else list(found)


def members(writer: Writer, word: str, holder: Name) -> dict[str, dict[str, Any]]:
    """Return what stands on a relation, by the keys of the kinds; `word` is what that is."""
    return {
        kind.key: {
            name.name: whole(writer, kind, name, value)
            for name, value in writer.members(kind.word, holder).items()
        }
        for kind in held(word)
    }


def whole(writer: Writer, kind: Kind, name: Any, value: Any) -> Any:
    """Return an object with its hints; in short, where that says it all."""
    said = kind.dump(writer, name, value)
    for key in PARTS.keys() & said.keys():
        said[key] = PARTS[key](writer, name, said[key])
    about = {
        **said,
        **(members(writer, kind.word, name) if held(kind.word) else {}),
        "renamed_from": writer.old_name(kind.word, name),
        "rewrite": writer.spec.hints.queries.get(name) if kind.keeps_rows else None,
        "ignore": writer.ignore(kind.word, name),
        "comment": value.comment,
    }
    # Where nothing is left out for it, an empty list says something. What is needed always does.
    empty = {one.name for one in kind.keys if one.default is None}
    needed = {one.name for one in kind.keys if one.default is ...}
    rest = {
        key: one
        for key, one in about.items()
        if key in needed or (one not in (None, {}) and (one != [] or key in empty))
    }
    rest |= access(value)
    if kind.short not in said:
        return rest
    # It says something even where it is empty.
    return shortened({kind.short: said[kind.short], **rest}, kind.short)
