"""A spec's file to its value, with all of its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import MAX_PROBLEMS, TooManyError
from gen_migration.spec.documents import (
    SpecFile,
    document,
    located,
    read_document,
    words_in,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.base.errors import Place, Problem
    from gen_migration.model.schema import Spec
    from gen_migration.spec.documents import Document
    from gen_migration.spec.left_out import Left

MAX_ROUNDS = 5


def load_file(path: Path) -> Spec:
    """Return the spec in a file, or in all YAML files of a directory.

    Raises Error or Errors with `path:line:column`.
    """
    return spec_of(read_document(path))


def load(text: str, source: str) -> Spec:
    """Return the spec that a YAML text describes; `source` is its name in errors.

    Raises Error when it is no YAML, Errors with everything else that is wrong.
    """
    return spec_of(document([SpecFile(source, text)]))


def spec_of(found: Document) -> Spec:
    """Return the spec of a document. Raises Errors with everything that is wrong."""
    try:
        spec, problems = parse(found.value, found.unread, found.words)
    except TooManyError as too_many:
        spec, problems = None, list(too_many.args[0])
    if problems:
        raise located(found, problems)
    assert spec is not None  # noqa: S101 - without problems there is a spec
    return spec


def parse(
    document: dict[str, Any],
    unread: Sequence[Problem] = (),
    words: frozenset[str] = frozenset(),
) -> tuple[Spec | None, list[Problem]]:
    """Return the spec of a document that YAML gave, and its problems.

    `unread` are those of the files that it names: their objects are left out. `words` are those
    in it, where somebody knows them.
    """
    from pydantic_core import ValidationError

    from gen_migration.spec.build.context import Build
    from gen_migration.spec.build.spec import build
    from gen_migration.spec.shapes import validator

    words = words or words_in(document)
    problems = [*unread]
    broken: set[Place] = {one.path[:2] for one in unread}
    left: Left = {}
    if broken:
        from gen_migration.spec.left_out import pruned

        document = pruned(document, broken, left)
    # Each round leaves out what is wrong, so that the rest can be looked at; one round is the
    # rule, another one only for mistakes that hid behind others.
    for _ in range(MAX_ROUNDS):
        try:
            shape = validator(document, words).validate_python(document)
            break
        except ValidationError as error:
            from gen_migration.spec.left_out import STAND_INS, original, pruned
            from gen_migration.spec.shape_errors import problems_of

            found, places = problems_of(error, document, broken, left)
            problems += moved(found, left)
            broken |= {original(place, left) for place in places}
            if len(problems) > MAX_PROBLEMS:
                raise TooManyError(problems) from None
            document = pruned(document, places, left)
            words |= STAND_INS
    else:
        return None, problems
    state = Build(shape=shape, words=words, broken=frozenset(broken), problems=problems)
    told = len(problems)
    try:
        return build(state), problems
    except TooManyError:
        raise TooManyError(problems) from None
    finally:
        if left:
            problems[told:] = moved(problems[told:], left)


def moved(problems: list[Problem], left: Left) -> list[Problem]:
    """Return problems of a document with shorter lists at the places where they were written."""
    from gen_migration.spec.left_out import original

    return [replace(one, path=original(one.path, left)) for one in problems]
