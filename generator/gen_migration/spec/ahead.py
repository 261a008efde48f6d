"""A document that another process reads, while this one does what needs none yet.

What that says of a spec is the same; what is wrong with one, this process says. Nothing that only
one of the two needs is imported before there are two.
"""

from __future__ import annotations

import io
import marshal
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base.files import spec_files
from gen_migration.base.meanwhile import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gen_migration.spec.documents import Document

# How the bytes of a document are packed, in the first of them; marshal takes half the time.
BY_MARSHAL, BY_PICKLE = b"m", b"p"
UNSHARED = (
    2  # the version of marshal's format that does not look whether a value was written
)


@contextmanager
def read_ahead(path: Path, meanwhile: Callable[[], object]) -> Iterator[Document]:
    """Yield the document of a file or a directory, which is read during a call of `meanwhile`.

    Its expressions are parsed while the body runs. Raises as `read_document` does.
    """
    with answers(partial(read, path)) as found:
        meanwhile()
        from gen_migration.postgres.expressions_ahead import parsed_elsewhere

        data = next(found, None)
        if data is None:
            from gen_migration.spec.documents import read_document

            yield read_document(path)
            return
        document = unpacked(data)
        words = next(found, None)
        if words is not None:
            document.words = marshal.loads(words)  # noqa: S302 - a fork wrote it
        with parsed_elsewhere(found):
            yield document


def read(path: Path) -> Iterator[bytes]:
    """Yield a document, and then its words, and its expressions, parsed."""
    # A pipe can be read once, and that is for who says what is wrong.
    if all(one.is_file() for one in spec_files(path)):
        from gen_migration.spec.documents import read_document, words_in

        found = read_document(path)
        yield packed(found)
        # While the other process reads that.
        yield marshal.dumps(words_in(found.value))
        from gen_migration.postgres.expressions_ahead import parsed

        yield from parsed(dict.fromkeys(expressions(found.value)))


def packed(found: Document) -> bytes:
    """Return a document as bytes, for `unpacked`; what two places share is written twice.

    To look whether something has been written before takes longer than all else.
    """
    if not (found.files or found.unread):
        parts = [(one.source, one.text) for one in found.parts]
        with suppress(ValueError):  # it knows no decimals
            return BY_MARSHAL + marshal.dumps(
                (parts, found.value, found.owners), UNSHARED
            )
    import pickle

    file = io.BytesIO()
    file.write(BY_PICKLE)
    pickler = pickle.Pickler(file)
    pickler.fast = True
    pickler.dump(found)
    return file.getvalue()


def unpacked(data: bytes) -> Document:
    """Return a document of the bytes that a fork of this process has made of it."""
    packing, rest = data[:1], memoryview(data)[1:]
    if packing == BY_MARSHAL:
        from gen_migration.spec.documents import Document, SpecFile

        parts, value, owners = marshal.loads(rest)  # noqa: S302 - a fork wrote it
        return Document([SpecFile(*one) for one in parts], value, owners)
    import pickle

    document: Document = pickle.loads(rest)  # noqa: S301 - a fork wrote it
    return document


def expressions(document: Any) -> Iterator[str]:
    """Yield the texts that seem to be expressions, in the order in which a spec is built.

    Nothing is known of the shapes yet.
    """
    bodies = [one for one in values(document.get("tables")) if isinstance(one, dict)]
    for body in bodies:
        for one in mappings(values(body.get("columns"))):
            for key, word in OF_VALUES:
                held = one.get(key)
                if isinstance(held, dict):
                    yield from texts([held], word)
    for body in bodies:
        columns = mappings(values(body.get("columns")))
        yield from texts((one.get("check") for one in columns), "expression")
        yield from texts(values(body.get("checks")), "expression")
        yield from texts(values(body.get("indexes")), "where")


# Where a column has an expression of its values, and behind which key.
OF_VALUES = (("default", "sql"), ("generated", "stored"), ("generated", "virtual"))


def mappings(found: Any) -> Iterator[dict[str, Any]]:
    return (one for one in found if isinstance(one, dict))


def texts(found: Any, key: str) -> Iterator[str]:
    """Yield texts that stand behind a key; what is text itself stands for it."""
    for one in found:
        text = one.get(key) if isinstance(one, dict) else one
        if isinstance(text, str):
            yield text


def values(held: Any) -> Any:
    """Return what stands in a mapping or a list; nothing for anything else."""
    if isinstance(held, dict):
        return held.values()
    return held if isinstance(held, list) else ()
