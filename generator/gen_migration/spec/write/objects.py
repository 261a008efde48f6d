"""An object of a kind back to the keys of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import KINDS
from gen_migration.kinds.kind import shortened

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.postgres.names import Name
    from gen_migration.spec.write.writer import Writer


def objects(writer: Writer, kind: Kind) -> Any:
    """Return the objects of a kind; as a list where they have nothing but their names."""
    found = {
        writer.name(name) if kind.in_schema else name: whole(writer, kind, name, value)
        for name, value in writer.spec.schema.of(kind.word).items()
    }
    return found if kind.in_schema or any(found.values()) else list(found)


def members(writer: Writer, holder: Name) -> dict[str, dict[str, Any]]:
    """Return what stands on a relation, by the keys of the kinds."""
    return {
        kind.key: {
            name.name: whole(writer, kind, name, value)
            for name, value in writer.members(kind.word, holder)
        }
        for kind in KINDS
        if kind.holders
    }


def whole(writer: Writer, kind: Kind, name: Any, value: Any) -> Any:
    """Return an object with its hints; in short, where that says it all."""
    said = kind.dump(writer, name, value)
    about = {
        **said,
        "renamed_from": writer.old_name(kind.word, name),
        "ignore": writer.ignore(kind.word, name),
        "comment": value.comment,
    }
    rest = {key: one for key, one in about.items() if one not in (None, {}, [])}
    if kind.short not in said:
        return rest
    # It says something even where it is empty.
    return shortened({kind.short: said[kind.short], **rest}, kind.short)
