"""The groups of a picture: what stands together, where there is much. Pure.

A spec says `group:` of a table. Else it is the first word of a name: `order`, `orders` and
`order_lines` are one group, where at least two have it; what has its first word for itself is
among others. A view stands with what it reads, where that is in one group.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.models.inflection import singular
from gen_migration.review.diagram.model import OTHER, End, Row, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name
    from gen_migration.review.diagram.model import Box, Diagram, Relation

# Up to so many boxes are one picture, unless a spec says what is together.
FEW = 20
VIEWS = frozenset(("view", "materialized view"))


def grouped(diagram: Diagram, said: Mapping[Name, str], home: str | None) -> Diagram:
    """Return a diagram whose boxes are in groups, and whose rows tell what is in another one.

    `said` are the groups of a spec. One that is small, or of one group alone, is as it was.
    """
    if not said and len(diagram.boxes) <= FEW:
        return diagram
    groups = groups_of(diagram, said, home)
    if len(set(groups)) < 2:
        return diagram
    boxes = [
        replace(box, group=shown(group))
        for box, group in zip(diagram.boxes, groups, strict=True)
    ]
    return told(replace(diagram, boxes=tuple(boxes)))


def groups_of(
    diagram: Diagram, said: Mapping[Name, str], home: str | None
) -> list[str]:
    """Return the group of each box."""
    first = [first_word(box.key, home) for box in diagram.boxes]
    together: dict[str, set[str]] = {}
    for word in first:
        together.setdefault(singular(word), set()).add(word)
    # What all names begin with is the group's: no abbreviation is taken for a plural.
    called = {
        one: min(found) if len(found) == 1 else one for one, found in together.items()
    }
    words = [
        said.get(box.key) or called[singular(word)]
        for box, word in zip(diagram.boxes, first, strict=True)
    ]
    count = Counter(words)
    found = [
        word if box.key in said or count[word] > 1 else OTHER
        for box, word in zip(diagram.boxes, words, strict=True)
    ]
    read: dict[int, set[str]] = {}
    for one in diagram.relations:
        if diagram.boxes[one.child.box].word in VIEWS:
            read.setdefault(one.child.box, set()).add(found[one.parent.box])
    for box, groups in read.items():
        if diagram.boxes[box].key not in said and len(groups) == 1:
            found[box] = min(groups)
    return found


def first_word(name: Name, home: str | None) -> str:
    """Return the first word of a name, behind a schema that is not home."""
    word = name.name.lower().strip("_").partition("_")[0]
    return word if name.schema in {None, home} else f"{name.schema}.{word}"


def told(diagram: Diagram) -> Diagram:
    """Return a diagram in which rows tell of relations that lead to other groups."""
    rows = [list(box.rows) for box in diagram.boxes]
    relations = []
    for one in diagram.relations:
        child, parent = (diagram.boxes[end.box] for end in (one.child, one.parent))
        if child.group == parent.group:
            relations.append(one)
            continue
        relations.append(with_row(rows[one.child.box], one, parent))
    return replace(
        diagram,
        boxes=tuple(
            replace(box, rows=tuple(held))
            for box, held in zip(diagram.boxes, rows, strict=True)
        ),
        relations=tuple(relations),
    )


def with_row(rows: list[Row], relation: Relation, parent: Box) -> Relation:
    """Return a relation that a row of the child tells of; one is added where it has none."""
    to = f"\N{RIGHTWARDS ARROW} {parent.name} {relation.mark.value}".strip()
    at = relation.child.row
    if at is None:
        rows.append(Row(name=to, part="reference", mark=relation.mark))
        at = len(rows) - 1
    else:
        before = rows[at].to
        rows[at] = replace(rows[at], to=f"{before} {to}".strip())
    return replace(relation, child=End(relation.child.box, at), told=True)
