"""Two schemas as a unified diff of the specs that describe them, object by object. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import replace
from gen_migration.kinds import KINDS
from gen_migration.model.schema import Schema, Spec
from gen_migration.spec.write.spec import document, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gen_migration.model.schema import Table

CONTEXT = 3  # unchanged lines around a change, as in `diff -u`
SECTIONS = (*(kind.key for kind in KINDS if not kind.holders), "tables")

K = TypeVar("K")
V = TypeVar("V")


def difference_text(old: Schema, new: Schema, *, names: tuple[str, str]) -> str:
    """Return what differs between two schemas, as a unified diff; empty where nothing does.

    `names` are what the two are called. Where two values are equal but for the order of
    tables, columns or constraints, nothing differs: PostgreSQL has no way to change it.
    """
    if old == new:
        return ""
    new = ordered_like(new, old)
    found = [line for section in SECTIONS for line in section_lines(old, new, section)]
    return "\n".join([f"--- {names[0]}", f"+++ {names[1]}", *found, ""])


def section_lines(old: Schema, new: Schema, section: str) -> Iterator[str]:
    """Yield the hunks of the objects of one kind."""
    before, after = objects(old, section), objects(new, section)
    for name in dict.fromkeys([*before, *after]):
        texts = lines(name, before), lines(name, after)
        if texts[0] != texts[1]:
            yield from hunks(f"{section}: {name}", *texts)


def objects(schema: Schema, section: str) -> dict[str, Any]:
    """Return the objects of a kind as the plain values of a document."""
    spec = Spec(name="schema", schema=schema)
    found = document(spec).get(section, {})
    return {name: {} for name in found} if isinstance(found, list) else found


def lines(name: str, values: Mapping[str, Any]) -> list[str]:
    """Return the lines of an object in a spec; none where there is no such object."""
    if name not in values:
        return []
    # A table's columns and constraints have a line each, however few they are.
    return text_of({name: values[name]}, depth=-1).splitlines()


def hunks(title: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a diff; each hunk's head says in what its first change stands."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        _, start, end, to_start, _ = next(one for one in group if one[0] != "equal")
        inside = enclosing(old, start) if end > start else enclosing(new, to_start)
        yield f"@@ {': '.join([title, *inside])} @@"
        for word, start, end, to_start, to_end in group:
            if word == "equal":
                yield from (f" {line}" for line in old[start:end])
                continue
            yield from (f"-{line}" for line in old[start:end])
            yield from (f"+{line}" for line in new[to_start:to_end])


def enclosing(text: Sequence[str], position: int) -> list[str]:
    """Return the keys that a line stands in, but for the object's own name."""
    found: list[str] = []
    depth = indentation(text[position])
    for line in reversed(text[1:position]):
        if indentation(line) < depth:
            found.insert(0, line.strip().rstrip(":"))
            depth = indentation(line)
    return found


def indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def ordered_like(schema: Schema, model: Schema) -> Schema:
    """Return an equal schema whose tables and their parts stand in the order of another's."""

    def table(name: Any, value: Table) -> Table:
        other = model.tables.get(name)
        if other is None:
            return value
        return replace(
            value,
            columns=sorted_like(value.columns, other.columns),
            constraints=sorted_like(value.constraints, other.constraints),
            indexes=sorted_like(value.indexes, other.indexes),
        )

    tables = {name: table(name, value) for name, value in schema.tables.items()}
    return replace(schema, tables=sorted_like(tables, model.tables))


def sorted_like(found: Mapping[K, V], model: Mapping[K, Any]) -> dict[K, V]:
    places = {key: place for place, key in enumerate(model)}
    return dict(
        sorted(found.items(), key=lambda pair: places.get(pair[0], len(places)))
    )
