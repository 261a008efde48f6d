"""What a spec says of its models in Python."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.kinds import BY_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.shape import Shape
    from gen_migration.spec.build.context import Body, Build, Spot


def python_hints(build: Build) -> Iterator[tuple[tuple[str, Any], dict[str, Any]]]:
    """Yield what is said of each object, by its kind and name; mistakes go to the build."""
    for key, shape, at in written(build):
        if (said := dict(checked(shape, at))) and key is not None:
            yield key, said


def written(build: Build) -> Iterator[tuple[Any, Shape, Spot]]:
    """Yield the objects of which something is said: the key, the shape, the place."""
    if "python" not in build.words:
        return
    whole = build.shape.python
    if whole is not None:
        yield ("spec", ""), whole, build.at("python")
    for body in build.bodies.values():
        if body.parent is None:
            yield from of_table(body)
    for part, shape in build.parts.items():
        if (found := getattr(shape, "python", None)) is not None:
            yield ("part", part), found, build.spots[part] / "python"
    for text, shape in build.shapes(BY_WORD["enum"]).items():
        if shape.python is not None:
            name = build.silent_name(text)
            yield ("enum", name), shape.python, build.at("enums", text, "python")


def of_table(body: Body) -> Iterator[tuple[Any, Shape, Spot]]:
    """Yield a table and its columns."""
    shape: Any = body.shape
    if shape.python is not None:
        yield ("table", body.name), shape.python, body.at / "python"
    for name, one in shape.columns.items():
        if one.python is not None:
            at = body.at.under("columns", name, "python")
            yield ("column", (body.name, name)), one.python, at
            if one.references is None:
                keyless(one.python, at)


def keyless(shape: Any, at: Spot) -> None:
    """Report the names of relationships at a column that refers to nothing."""
    for word in ("relationship", "back"):
        if getattr(shape, word) is not None:
            (at / word).wrong_key(
                f'{quoted(word)} goes with "references"',
                "write it at the foreign key under foreign_keys, or remove it",
            )


def checked(shape: Shape, at: Spot) -> Iterator[tuple[str, Any]]:
    """Yield what is written, by its words; what Python cannot call so is reported."""
    for word, known in shape.by_word().items():
        value = getattr(shape, known.name)
        if value in (None, []):
            continue
        for text in value if isinstance(value, list) else (value,):
            for part in text.replace(":", ".").split("."):
                if keyword.iskeyword(part):
                    hint = f"write {quoted(f'{text}_')}, or another name"
                    (at / word).wrong(f"{quoted(part)} is a word of Python", hint)
        yield word, value
