"""Rules about texts of functions, of which PostgreSQL does not keep what they name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.operations import every as op
from gen_migration.rules.contexts import Edit, Hit, object_path
from gen_migration.rules.finding import DANGER
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "GM116",
    DANGER,
    op.RenameObject,
    op.DropObject,
    instead="write what it is called now, or nothing of it",
)
def text_names_what_is_gone(
    edit: Edit, one: op.RenameObject | op.DropObject
) -> Iterator[Hit]:
    """The text of a function names what is gone, or is called otherwise.

    Views, and bodies of the SQL standard, follow a rename, and hold on to what they name. Of a text
    PostgreSQL keeps nothing: the upgrade goes through, and the function fails when it is called.
    """
    is_rename = isinstance(one, op.RenameObject)
    old = (one.kind, one.old if isinstance(one, op.RenameObject) else one.name)
    before, after = edit.shared.before, edit.shared.after
    now = f"is called {one.new} now" if is_rename else "is dropped"
    for kind in kinds.of(edit.spec.schema):
        for name, value in edit.spec.schema.of(kind.word).items():
            if holds(value, old[1]) and any(
                old in before.nodes(named) and not after.nodes(named)
                for named in kind.wishes(value)
            ):
                what = f"the text of {kind.word} {name} names {' '.join(map(str, old))}"
                path = object_path(edit.spec, kind.word, name)
                yield Hit(f"{what}, which {now}", path)


def holds(value: Any, name: Any) -> bool:
    """Tell whether an object has a text in which something may be named."""
    text: str | None = getattr(value, "body", None)
    word: str = getattr(name, "name", name)
    return text is not None and word.lower() in lowered(text)


@lru_cache(maxsize=10_000)
def lowered(text: str) -> str:
    return text.lower()
