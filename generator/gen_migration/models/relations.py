"""Relationships by foreign keys: their names, and what tells several of them apart. Pure.

The side of the key is called after its column (`author_id`: `author`), the other one after the
table that has the key (`posts`; where several keys lead there, `posts_by_author`). Source:
SQLAlchemy's documentation, "Relationship Configuration".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Word, said
from gen_migration.base.data_class import dataclass, replace
from gen_migration.model.schema import ForeignKey, PrimaryKey, Unique
from gen_migration.models.inflection import of_last_word
from gen_migration.models.python_names import Scope, identifier
from gen_migration.models.tree import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gen_migration.model.hints import Hints
    from gen_migration.models.tree import Entity
    from gen_migration.postgres.names import Name

SUFFIX = re.compile(r"(?<=[A-Za-z0-9])(_id|_uuid|_fk|_key|Id)$")
CHILDREN = {"parent": "children"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A foreign key between two classes, and its hint."""

    table: Name
    key: ForeignKey
    hint: Mapping[str, Any]

    @property
    def pair(self) -> frozenset[Name]:
        """The two tables."""
        return frozenset((self.table, self.key.referred_table))


def related(
    entities: Mapping[Name, Entity],
    keys: Sequence[tuple[Name, str, ForeignKey]],
    hints: Hints,
    reserved: frozenset[str],
) -> dict[Name, tuple[Relation, ...]]:
    """Return the relationships of each class. `keys` are the foreign keys that models have.

    `reserved` are names that no attribute has.
    """
    links = [*links_of(entities, keys, hints)]
    scopes = {
        name: Scope(reserved | {field.name for field in one.fields.values()})
        for name, one in entities.items()
    }
    near = [scopes[link.table].free(*near_names(link)) for link in links]
    far = [
        scopes[link.key.referred_table].free(far_name(link, name, links, entities))
        for link, name in zip(links, near, strict=True)
    ]
    found: dict[Name, list[Relation]] = {name: [] for name in entities}
    for number, link in enumerate(links):
        shared = overlaps(number, links, near, far)
        one, other = sides(link, near[number], far[number], links, entities)
        found[link.table].append(replace(one, options={**one.options, **shared}))
        there = found[link.key.referred_table]
        there.append(replace(other, options={**other.options, **shared}))
    return {name: tuple(each) for name, each in found.items()}


def links_of(
    entities: Mapping[Name, Entity],
    keys: Sequence[tuple[Name, str, ForeignKey]],
    hints: Hints,
) -> Iterator[Link]:
    """Yield the keys between classes; of several with the same columns, the first."""
    seen: set[tuple[Any, ...]] = set()
    for table, name, key in keys:
        columns = frozenset(zip(key.columns, key.referred_columns, strict=True))
        same = (table, key.referred_table, columns)
        if same in seen or not {table, key.referred_table} <= entities.keys():
            continue
        if table == key.referred_table and set(key.columns) == {*key.referred_columns}:
            continue  # each row refers to itself
        seen.add(same)
        hint = hints.python.get(("part", (table, name)), {})
        if len(key.columns) == 1:
            hint = {**hints.python.get(("column", (table, key.columns[0])), {}), **hint}
        yield Link(table=table, key=key, hint=hint)


def near_names(link: Link) -> tuple[str, ...]:
    """Return what the side of the key may be called, the best first."""
    if "relationship" in link.hint:
        return (link.hint["relationship"],)
    found = [noun(link.key.referred_table, "singular")]
    if len(link.key.columns) == 1:
        column = link.key.columns[0]
        found.append(f"{identifier(column, 'column')}_{found[0]}")
        if SUFFIX.search(column):
            found.insert(0, identifier(SUFFIX.sub("", column), "column"))
    return tuple(found)


def far_name(
    link: Link, near: str, links: Sequence[Link], entities: Mapping[Name, Entity]
) -> str:
    """Return what the other side is called."""
    if "back" in link.hint:
        found: str = link.hint["back"]
        return found
    number = "singular" if is_one(link, entities) else "plural"
    plain = noun(link.table, number)
    if link.table == link.key.referred_table and near in CHILDREN:
        return CHILDREN[near]
    alike = [
        one
        for one in links
        if one.table == link.table
        and one.key.referred_table == link.key.referred_table
        and "back" not in one.hint
    ]
    if len(alike) > 1 or link.table == link.key.referred_table:
        return f"{plain}_by_{near}"
    return plain


def noun(table: Name, number: str) -> str:
    """Return the name of a table as one of its rows, or as many, as a name of Python's."""
    name = identifier(table.name, "table")
    return identifier(of_last_word(name, number), "table")


def is_one(link: Link, entities: Mapping[Name, Entity]) -> bool:
    """Tell whether at most one row refers to each: the columns are a key of their own."""
    columns = set(link.key.columns)
    return any(
        isinstance(one, PrimaryKey | Unique) and set(one.columns) <= columns
        for one in entities[link.table].value.constraints.values()
    )


def sides(
    link: Link,
    near: str,
    far: str,
    links: Sequence[Link],
    entities: Mapping[Name, Entity],
) -> tuple[Relation, Relation]:
    """Return both sides of a key."""
    here, there = entities[link.table], entities[link.key.referred_table]
    fields = [here.fields[column] for column in link.key.columns]
    own = [Word(one.name) for one in fields]
    remote = [Word(there.fields[column].name) for column in link.key.referred_columns]
    is_several = sum(one.pair == link.pair for one in links) > 1
    away = Word(f"lambda: [{', '.join(f'{here.class_}.{one}' for one in own)}]")
    assert here.class_ is not None  # noqa: S101 - for the type checker
    assert there.class_ is not None  # noqa: S101 - for the type checker
    one = Relation(
        name=near,
        target=there.class_,
        back=far,
        optional=any(field.value.nullable for field in fields),
        options=said(
            foreign_keys=own if is_several else None,
            remote_side=remote if here is there else None,
        ),
    )
    single = is_one(link, entities)
    other = Relation(
        name=far,
        target=here.class_,
        back=near,
        many=not single,
        optional=single,
        # What becomes of the rows, the database knows.
        options=said(
            foreign_keys=away if is_several else None,
            passive_deletes="all" if link.key.on_delete else None,
        ),
    )
    return one, other


def overlaps(
    number: int, links: Sequence[Link], near: Sequence[str], far: Sequence[str]
) -> dict[str, str]:
    """Return what tells SQLAlchemy that keys of a table are known to share columns."""
    link = links[number]
    names = dict.fromkeys(
        name
        for index, other in enumerate(links)
        if index != number
        and other.table == link.table
        and not set(other.key.columns).isdisjoint(link.key.columns)
        for name in (near[index], far[index])
    )
    return said(overlaps=",".join(names))
