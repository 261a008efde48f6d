"""A spec's file to its value, with all of its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.errors import MAX_PROBLEMS, Error, TooManyError
from gen_migration.yaml_reader import read, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.errors import Place, Problem
    from gen_migration.schema import Spec

MAX_ROUNDS = 5


def load_file(path: Path) -> Spec:
    """Return the spec in a file. Raises Error or Errors with `path:line:column`."""
    source = str(path)
    return load(read_text(path, source), source)


def load(text: str, source: str) -> Spec:
    """Return the spec that a YAML text describes; `source` is its name in errors.

    Raises Error when it is no YAML, Errors with everything else that is wrong.
    """
    document = read(text, source)
    if not isinstance(document, dict):
        found = (
            "the file is empty"
            if document is None
            else "the file is no mapping of keys"
        )
        raise Error(found, where=source, hint='start with "name:" and "tables:"')
    try:
        spec, problems = parse(document)
    except TooManyError as too_many:
        spec, problems = None, list(too_many.args[0])
    if problems:
        from gen_migration.yaml_positions import located

        raise located(problems, text, source)
    assert spec is not None  # noqa: S101 - without problems there is a spec
    return spec


def parse(document: dict[str, Any]) -> tuple[Spec | None, list[Problem]]:
    """Return the spec of a document that YAML gave, and its problems."""
    from pydantic import ValidationError

    from gen_migration.build import Build, build
    from gen_migration.shapes import SpecShape

    problems: list[Problem] = []
    broken: set[Place] = set()
    # Each round leaves out what is wrong, so that the rest can be looked at; one round is the
    # rule, another one only for mistakes that hid behind others.
    for _ in range(MAX_ROUNDS):
        try:
            shape = SpecShape.model_validate(document)
            break
        except ValidationError as error:
            from gen_migration.shape_errors import problems_of, pruned

            found, places = problems_of(error, document)
            problems += found
            broken |= places
            if len(problems) > MAX_PROBLEMS:
                raise TooManyError(problems) from None
            document = pruned(document, places)
    else:
        return None, problems
    state = Build(shape=shape, broken=frozenset(broken), problems=problems)
    try:
        return build(state), problems
    except TooManyError:
        raise TooManyError(problems) from None
