"""What of a document another process may begin with while its shapes are checked."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.expressions_ahead import parsing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

# So many expressions take longer to parse, with the import of the parser, than a process.
MANY = 50


def expressions_parsed(document: Any) -> AbstractContextManager[None]:
    """Return what has the expressions of a document's tables parsed, where there are many."""
    texts = dict.fromkeys(expressions(document))
    return parsing(texts) if len(texts) >= MANY else nullcontext()


def expressions(document: Any) -> Iterator[str]:
    """Yield the texts that seem to be expressions; nothing is known of the shapes yet."""
    for body in values(document.get("tables")):
        if isinstance(body, dict):
            yield from texts(values(body.get("checks")), "expression")
            yield from texts(values(body.get("indexes")), "where")
            for one in values(body.get("columns")):
                if isinstance(one, dict):
                    yield from texts([one.get("check")], "expression")


def texts(found: Any, key: str) -> Iterator[str]:
    """Yield texts that stand behind a key; what is text itself stands for it where it may."""
    for one in found:
        text = one.get(key) if isinstance(one, dict) else one
        if isinstance(text, str):
            yield text


def values(held: Any) -> Any:
    """Return what stands in a mapping or a list; nothing for anything else."""
    if isinstance(held, dict):
        return held.values()
    return held if isinstance(held, list) else ()
