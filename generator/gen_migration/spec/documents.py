"""A spec's document: one YAML file, or a directory whose YAML files are read as one.

In a directory each file holds some of the keys; what is listed by name (tables, enums, …) may
stand in several files, everything else in one. Sizes for reviews may lie there too, and are no
part of it.
"""

from __future__ import annotations

from dataclasses import field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from gen_migration.base import beside
from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error, Errors, Problem, quoted
from gen_migration.base.files import spec_files
from gen_migration.spec import files
from gen_migration.spec.texts import MAX_BYTES, behind, decoded, read_text, too_long

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gen_migration.base.errors import Place
    from gen_migration.spec.files import Read


# What stands on the first line of a file of sizes (`stats`).
SIZES = "# Sizes for reviews; gen-migration stats writes this file anew."


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A file: its name in errors, and its text."""

    source: str
    text: str


@dataclass(slots=True)
class Document:
    """The value of a spec's document, and where each piece of it was written.

    `words` are all keys in the value, and those that are names as well, once somebody has asked.
    `owners` gives the part of a top-level key, and of what is listed below one together with the
    key that it has there. `files` are those whose text stands at a place, and `unread` is what is
    wrong with others.
    """

    parts: list[SpecFile]
    value: dict[str, Any] = field(default_factory=dict)
    owners: dict[tuple[str | int, ...], tuple[int, str | int]] = field(
        default_factory=dict
    )
    files: dict[Place, SpecFile] = field(default_factory=dict)
    unread: list[Problem] = field(default_factory=list)
    words: frozenset[str] = frozenset()


def words_in(value: Any) -> frozenset[str]:
    """Return all keys in the value of a document, and those that are names as well."""
    found: set[str] = set()
    level = [value]
    while level:
        mappings = [one for one in level if type(one) is dict]
        lists = [one for one in level if type(one) is list]
        found.update(*mappings)
        parts = chain(chain.from_iterable(lists), *map(dict.values, mappings))
        level = [one for one in parts if type(one) in COLLECTIONS]
    return frozenset(found)


COLLECTIONS = frozenset((dict, list))


def read_document(path: Path) -> Document:
    """Return the document of a file or a directory. Raises Error or Errors."""
    every = spec_files(path)
    parts = (SpecFile(str(one), read_text(one, str(one))) for one in every)
    return document(of_spec(bounded(parts, str(path))), partial(below, path))


def of_spec(parts: list[SpecFile]) -> list[SpecFile]:
    """Return the files of a directory that are not sizes; what is given alone is a spec."""
    return [one for one in parts if not one.text.startswith(SIZES)] or parts


def holds_sizes(path: Path) -> bool:
    """Tell whether a file holds sizes. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        return file.read(len(SIZES)) == SIZES.encode()


def below(spec: Path, name: str) -> tuple[str, bytes]:
    """Return where a file of SQL beside a spec is, and what is in it. Raises Error."""
    root = beside.directory(spec)
    return str(root / name), beside.read(root, name)


def no_files(name: str) -> tuple[str, bytes]:
    """Raise Error: a text has no directory."""
    raise Error("a text has no files beside it", where=name)


def bounded(parts: Iterable[SpecFile], where: str) -> list[SpecFile]:
    """Return parts, read one by one. Raises Error when they are too long together."""
    result, size = [], 0
    for part in parts:
        size += len(part.text)
        if size > MAX_BYTES:
            raise too_long("the files together are", where)
        result.append(part)
    return result


def document(parts: list[SpecFile], read_file: Read = no_files) -> Document:
    """Return the document that the texts of a spec make, with what is in its files of SQL.

    What is wrong with those is told with the rest of the spec. Raises Error or Errors.
    """
    result = Document(parts)
    problems: list[tuple[int, Problem]] = []
    for number, part in enumerate(parts):
        for key, value in mapping(part).items():
            problem = add(result, number, key, value)
            if problem is not None:
                problems.append((number, problem))
    if problems:
        raise errors_of(result, problems)
    put_files(result, read_file)
    return result


def put_files(result: Document, read_file: Read) -> None:
    """Put the texts of files where a document names them. Raises Error where they are too long."""
    places = [*files.places(result.value)]
    known = (
        {name for one in result.parts for name in beside.names(one.text)}
        if places
        else set()
    )
    texts: dict[str, SpecFile] = {}
    for place in places:
        problem = files.problem_at(result.value, place, known)
        if problem is not None:
            result.unread.append(problem)
            continue
        name = files.at(result.value, place)[files.FILE]
        try:
            if name not in texts:
                source, data = read_file(name)
                texts[name] = SpecFile(source, decoded(data, source))
        except Error as error:
            result.unread.append(files.unread(error, place))
            continue
        result.files[place] = texts[name]
        result.value = files.put(result.value, place, texts[name].text)
    bounded([*result.parts, *texts.values()], result.parts[0].source)


def mapping(part: SpecFile) -> dict[str, Any]:
    from gen_migration.spec.yaml_reader import read

    found = read(part.text, part.source)
    if isinstance(found, dict):
        return found
    what = "the file is empty" if found is None else "the file is no mapping of keys"
    line, column = start(part.text)
    where = f"{part.source}:{line}:{column}"
    raise Error(what, where=where, hint='start with "name:" and "tables:"')


def start(text: str) -> tuple[int, int]:
    """Return line and column of the first text that is no comment, counted from 1."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.lstrip()
        if bare and not bare.startswith(("#", "---", "%")):
            return number, len(line) - len(bare) + 1
    return 1, 1


def add(result: Document, number: int, key: str, value: Any) -> Problem | None:
    """Add the value of a top-level key; return what is wrong with it."""
    if key not in result.value:
        result.owners[key,] = (number, key)
        if not isinstance(value, dict | list):
            result.value[key] = value
            return None
        result.value[key] = type(value)()
    known = result.value[key]
    other = result.parts[result.owners[key,][0]].source
    if isinstance(value, dict) and isinstance(known, dict):
        for name, item in value.items():
            if name in known:
                place = result.parts[result.owners[key, name][0]].source
                return twice((key, name), place)
            known[name] = item
            result.owners[key, name] = (number, name)
    elif isinstance(value, list) and isinstance(known, list):
        for index, item in enumerate(value):
            result.owners[key, len(known)] = (number, index)
            known.append(item)
    else:
        return twice((key,), other)
    return None


def twice(path: tuple[str | int, ...], other: str) -> Problem:
    return Problem(
        message=f"{quoted(path[-1])} stands in {other} already",
        path=path,
        hint="remove one of the two",
        at_key=True,
    )


def located(found: Document, problems: Iterable[Problem]) -> Errors:
    """Return problems with the file, line and column of each, in the order of the files."""
    pairs, inside = [], []
    for problem in problems:
        file = found.files.get(problem.path)
        if file is not None and problem.offset is not None:
            inside.append(error_in(file, problem))
            continue
        number, *rest = owner(found, problem.path)
        pairs.append(
            (number, replace(problem, path=(*rest, *problem.path[len(rest) :])))
        )
    located_there = errors_of(found, pairs)
    if not inside:
        return located_there
    return Errors([*located_there.errors, *inside], more=located_there.more)


def error_in(file: SpecFile, problem: Problem) -> Error:
    """Return what is wrong in a file of SQL, with its line and column."""
    from gen_migration.spec.yaml_positions import describe

    where = behind(file.text[: problem.offset], file.source)
    message = f"{describe(problem.path)}: {problem.message}"
    return Error(message, hint=problem.hint, where=where)


def positions(found: Document, paths: Iterable[tuple[str | int, ...]]) -> list[str]:
    """Return `file:line:column` of paths of a document, or of what encloses each."""
    from gen_migration.spec.yaml_positions import YamlText as Text

    texts: dict[int, Text] = {}
    result = []
    for path in paths:
        number, *start = owner(found, path)
        part = found.parts[number]
        if number not in texts:
            texts[number] = Text(part.text)
        inside = Problem(message="", path=(*start, *path[len(start) :]), at_key=True)
        line, column = texts[number].position(inside)
        result.append(f"{part.source}:{line}:{column}")
    return result


def owner(found: Document, path: tuple[str | int, ...]) -> tuple[Any, ...]:
    """Return the part that a path was written in, and the start of the path there."""
    for length in (2, 1):
        known = found.owners.get(path[:length])
        if known is not None and len(path) >= length:
            return (known[0], *path[: length - 1], known[1])
    return (0,)


def errors_of(found: Document, problems: Iterable[tuple[int, Problem]]) -> Errors:
    from gen_migration.spec.yaml_positions import located as located_in

    by_part: dict[int, list[Problem]] = {}
    for number, problem in problems:
        by_part.setdefault(number, []).append(problem)
    errors = [
        located_in(
            by_part[number], found.parts[number].text, found.parts[number].source
        )
        for number in sorted(by_part)
    ]
    if len(errors) == 1:
        return errors[0]
    return Errors(
        [error for one in errors for error in one.errors],
        more=any(one.more for one in errors),
    )
