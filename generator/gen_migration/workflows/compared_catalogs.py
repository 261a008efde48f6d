"""The catalogs of two sources side by side: how they are read, and what of them counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import listed
from gen_migration.catalog.access import both_told
from gen_migration.catalog.tolerances import NAMED, without_left_open
from gen_migration.diff.expanded import expanded
from gen_migration.diff.expansions_asked import asked, is_open
from gen_migration.diff.stand_ins import stand_ins, with_views
from gen_migration.kinds.scope import at_home_name, owned, size, without
from gen_migration.model.given import columns_of
from gen_migration.model.schema import Schema, Spec, Table
from gen_migration.postgres.names import PUBLIC
from gen_migration.scratch.models_name import Models
from gen_migration.scratch.prerequisites import tables
from gen_migration.workflows import sources
from gen_migration.workflows.sources import Url

if TYPE_CHECKING:
    from gen_migration.catalog.values import Catalog
    from gen_migration.diff.expansions import Expansion
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.workflows.sources import Source


SHOWN = 5  # objects that a note names


def catalogs(
    of: tuple[Source, Source],
    found: list[Spec | None],
    dev_url: str | None,
    before: str,
) -> list[Catalog]:
    """Return the catalogs of two sources; what is built is built like what is read.

    Where one of the two leaves it to the search path in which schema a table is, that of the
    database beside it decides; else all names are what they are on any server.
    """
    # They bring Alembic and SQLAlchemy with them, which specs alone do not need.
    from gen_migration.catalog.reader import read_url
    from gen_migration.scratch.built import built

    read: list[Catalog | None] = [None, None]
    home = None if any(map(sources.is_searched, of, found)) else PUBLIC
    for side, source in enumerate(of):
        if isinstance(source, Url):
            read[side] = read_url(source.url, home=home)
    for side, source in enumerate(of):
        if isinstance(source, Models):
            from gen_migration.scratch import models

            other = found[1 - side]
            read[side] = models.read(
                source,
                like=read[0] or read[1],
                dev_url=dev_url,
                before=before,
                given=other and below(other),
            )
    for side, spec in enumerate(found):
        if spec is not None:
            read[side] = built(
                spec, like=read[0] or read[1], dev_url=dev_url, before=before
            )
    pair = [each for each in read if each is not None]
    for side, source in enumerate(of):
        other = found[1 - side]
        if isinstance(source, Models) and other is not None:
            pair[side] = beside_words(pair[side], pair[1 - side], other)
    return pair


def beside_words(models: Catalog, wanted: Catalog, spec: Spec) -> Catalog:
    """Return the catalog of models with what they have no words for, as the spec beside has it."""
    from gen_migration.catalog.models_tolerances import explained
    from gen_migration.models.completed import completed

    schema = explained(models.schema, wanted.schema, spec.naming)
    others = {at_home_name(name, wanted.home) for name in spec.external}
    return replace(models, schema=completed(schema, wanted.schema, others))


def below(spec: Spec) -> Spec:
    """Return a spec of what the tables of another one are made of."""
    from gen_migration.models.underlying import underlying

    return Spec(
        name=spec.name, schema=underlying(spec.schema), postgresql=spec.postgresql
    )


def counted(
    read: list[Catalog],
    found: list[Spec | None],
    names: tuple[str, str],
    *,
    everything: bool,
) -> tuple[tuple[Schema, Schema], list[str]]:
    """Return of two catalogs what is compared, and what to say of what is not."""
    for side, spec in enumerate(found):
        if spec is not None:
            return beside_spec(read, spec, side, names, everything=everything)
    schemas = both_told(read[0].schema, read[1].schema)
    if any(one.version < NAMED for one in read):  # one that keeps no names of NOT NULL
        schemas = (without_names(schemas[0]), without_names(schemas[1]))
    unheld = [{str(each): None for each in one.unheld} for one in read]
    notes = [not_compared([each for each in unheld[0] if each in unheld[1]])]
    for side, name in enumerate(names):
        alone = [each for each in unheld[side] if each not in unheld[1 - side]]
        if alone:
            notes.append(
                f"only in {name}, which a spec cannot hold: {listed(alone, SHOWN)}"
            )
    return schemas, notes


def beside_spec(
    read: list[Catalog],
    spec: Spec,
    side: int,
    names: tuple[str, str],
    *,
    everything: bool,
) -> tuple[tuple[Schema, Schema], list[str]]:
    """Return a spec's schema, which is on one side, and what is compared with it.

    Without `everything`, that is without what the spec does not describe. Beside them, what to
    say of what is left out.
    """
    wanted, there = (without_left_open(read[one], spec) for one in (side, 1 - side))
    # What waits for its contract is no drift.
    asked_for, _ = asked(there, wanted, spec.hints)
    waiting = [one for one in asked_for if is_open(there, one)]
    wanted = expanded(there, wanted, waiting, anew=False)
    _, views = stand_ins(there, wanted, spec.hints)
    wanted = with_views(there, wanted, views, spec.postgresql, anew=False)
    open_: list[Expansion | StandIn] = [*waiting, *views]
    unheld = read[1 - side].unheld
    notes = [f"{one.place} waits for its contract" for one in open_]
    if not everything:
        part = owned(there, wanted)
        given = {
            at_home_name(name, read[1 - side].home): Table(columns={})
            for name in tables(spec)
        }
        others = owned(there, Schema(tables=given))
        if more := size(there) - size(part) - size(without(others, wanted)):
            notes.append(
                f"{names[1 - side]} has {more} more object{'s' if more > 1 else ''}, which"
                " the spec does not describe\n  hint: --all shows them"
            )
        unheld = tuple(one for one in unheld if one.table in part.tables)
        there = part
    notes.append(not_compared([str(one) for one in unheld]))
    return (wanted, there) if side == 0 else (there, wanted), notes


def without_names(schema: Schema) -> Schema:
    """Return a schema without names of NOT NULL, nor what of partitions only they tell.

    That is whether a partition forbids NULL itself where its parent does.
    """

    def table(value: Table) -> Table:
        columns = {
            key: one
            if one.not_null is None
            else replace(one, not_null=None, not_null_state=None)
            for key, one in value.columns.items()
        }
        if value.parent is None or not value.own:
            return replace(value, columns=columns)
        above = columns_of(schema, value.parent)
        own = {
            key: {
                k: v
                for k, v in one.items()
                if k not in {"not_null", "not_null_state"}
                and (k != "nullable" or above[key].nullable)
            }
            for key, one in value.own.items()
        }
        kept = {key: one for key, one in own.items() if one}
        return replace(value, columns=columns, own=kept)

    tables = {name: table(one) for name, one in schema.tables.items()}
    return replace(schema, tables=tables)


def not_compared(unheld: list[str]) -> str:
    if not unheld:
        return ""
    return f"not compared, since a spec cannot hold it: {listed(unheld, SHOWN)}"
