"""The imports of a module: of what its text names, and nothing else. Pure."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STANDARD, OTHERS, OWN = range(3)


class Origin(NamedTuple):
    """Where a name comes from; without a name in the module, it is the module itself."""

    group: int
    module: str
    name: str | None = None


# What a module may import, by the names that it has there.
LIBRARY = {
    "enum": Origin(STANDARD, "enum"),
    "dt": Origin(STANDARD, "datetime"),
    "Sequence": Origin(STANDARD, "collections.abc", "Sequence"),
    "Decimal": Origin(STANDARD, "decimal", "Decimal"),
    "UUID": Origin(STANDARD, "uuid", "UUID"),
    **{
        name: Origin(STANDARD, "typing", name)
        for name in ("Annotated", "Any", "ClassVar", "Optional")
    },
    "sa": Origin(OTHERS, "sqlalchemy"),
    "postgresql": Origin(OTHERS, "sqlalchemy.dialects", "postgresql"),
    **{
        name: Origin(OTHERS, "sqlalchemy.orm", name)
        for name in """
        DeclarativeBase Mapped MappedAsDataclass mapped_column relationship
        """.split()
    },
    **{
        name: Origin(OTHERS, "pydantic", name)
        for name in ("BaseModel", "ConfigDict", "Field")
    },
    **{name: Origin(OTHERS, "sqlmodel", name) for name in ("Relationship", "SQLModel")},
}
# SQLModel has a `Field` of its own.
OF_SQLMODEL = LIBRARY | {"Field": Origin(OTHERS, "sqlmodel", "Field")}


def used(body: str) -> set[str]:
    """Return the names that a module's text uses, those in its annotations too."""
    return {one.id for one in ast.walk(ast.parse(body)) if isinstance(one, ast.Name)}


def lines(
    body: str,
    own: Mapping[str, tuple[str, str]],
    library: Mapping[str, Origin] = LIBRARY,
) -> str:
    """Return the imports of a module's text, in the order of ruff's isort.

    `own` are the names of the user's, with the module of each and its name there.
    """
    names = used(body)
    found = {key: one for key, one in library.items() if key in names}
    found |= {
        key: Origin(group_of(module), module, name)
        for key, (module, name) in own.items()
        if key in names
    }
    groups = []
    for group in (STANDARD, OTHERS, OWN):
        mine = {key: one for key, one in found.items() if one.group == group}
        if mine:
            groups.append("\n".join([*whole(mine), *parts(mine)]))
    return "\n\n".join(groups)


def group_of(module: str) -> int:
    """Return where isort puts a module: what is neither Python's nor ours is the project's."""
    root = module.partition(".")[0]
    if root in sys.stdlib_module_names:
        return STANDARD
    known = {one.module.partition(".")[0] for one in LIBRARY.values()}
    return OTHERS if root in known else OWN


def whole(found: Mapping[str, Origin]) -> Iterable[str]:
    """Yield the modules that are imported themselves."""
    modules = {one.module: key for key, one in found.items() if one.name is None}
    for module, key in sorted(modules.items()):
        yield f"import {module}" + ("" if key == module else f" as {key}")


def parts(found: Mapping[str, Origin]) -> Iterable[str]:
    """Yield what is imported from modules."""
    modules: dict[str, list[str]] = {}
    for key, one in sorted(found.items(), key=lambda each: order(each[1].name or "")):
        if one.name is not None:
            alias = "" if key == one.name else f" as {key}"
            modules.setdefault(one.module, []).append(one.name + alias)
    for module in sorted(modules):
        yield f"from {module} import {', '.join(modules[module])}"


def order(name: str) -> tuple[int, str]:
    """Return where isort puts a name: constants, classes, the rest."""
    is_constant = name.isupper() and len(name) > 1
    return (0 if is_constant else 1 if name[:1].isupper() else 2, name)
