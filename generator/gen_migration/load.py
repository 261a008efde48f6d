"""A spec's file to its value, with all of its mistakes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.errors import Error
from gen_migration.yaml_reader import read, read_text

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.errors import Place, Problem
    from gen_migration.schema import Spec


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
    spec, problems = parse(document)
    if problems:
        from gen_migration.yaml_positions import located

        raise located(problems, text, source)
    assert spec is not None  # noqa: S101 - without problems there is a spec
    return spec


def parse(document: dict[str, Any]) -> tuple[Spec | None, list[Problem]]:
    """Return the spec of a document that YAML gave, and its problems."""
    from pydantic import ValidationError

    from gen_migration.build import build
    from gen_migration.shapes import SpecShape

    problems: list[Problem] = []
    broken: set[Place] = set()
    # Each round leaves out what is wrong, so that the rest can be looked at; one round is the
    # rule, a second one only for mistakes that hid behind another.
    for _ in range(3):
        try:
            shape = SpecShape.model_validate(document)
            break
        except ValidationError as error:
            from gen_migration.shape_errors import problem_of, pruned

            found = [problem_of(detail, document) for detail in error.errors()]
            problems += found
            broken |= {problem.path for problem in found}
            document = pruned(document, {problem.path for problem in found})
    else:
        return None, problems
    spec, more = build(shape, frozenset(broken))
    return spec, [*problems, *more]
