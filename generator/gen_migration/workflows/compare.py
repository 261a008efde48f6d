"""Two sources of schemas side by side: what `diff` reads, and what of it counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error, listed
from gen_migration.catalog.access import both_told
from gen_migration.catalog.tolerances import NAMED, without_left_open
from gen_migration.diff import data_loss
from gen_migration.diff.expanded import expanded
from gen_migration.diff.expansions_asked import asked, is_open
from gen_migration.diff.stand_ins import stand_ins, with_views
from gen_migration.kinds.scope import at_home_name, owned, size, without
from gen_migration.model.given import columns_of
from gen_migration.model.hints import Hints
from gen_migration.model.schema import Schema, Spec, Table
from gen_migration.operations.origins import Origins
from gen_migration.plan.dropped_names import dropped_names
from gen_migration.postgres.names import PUBLIC
from gen_migration.review.review import review
from gen_migration.rules.engine import located
from gen_migration.scratch.models_name import Models
from gen_migration.scratch.prerequisites import tables
from gen_migration.spec import documents
from gen_migration.spec.git import GitPath, in_working_tree
from gen_migration.spec.load import spec_of
from gen_migration.workflows import sources, unsaid_access
from gen_migration.workflows.sources import History, Url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.catalog.values import Catalog
    from gen_migration.diff.expansions import Expansion
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.history.revision import Directory
    from gen_migration.history.target import Target
    from gen_migration.review.review import Review
    from gen_migration.rules.registry import Rules
    from gen_migration.spec.documents import Document
    from gen_migration.stats.sizes import Sizes
    from gen_migration.workflows.sources import Source

SHOWN = 5  # objects that a note names


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changes from `old` to `new`, and what to say of it."""

    review: Review
    notes: tuple[str, ...] = ()


def compare(
    old: str,
    new: str | None,
    target: Target,
    *,
    everything: bool = False,
    dev_url: str | None = None,
    before: str = "",
    rules: Rules | None = None,
    sizes: Sizes | None = None,
) -> Comparison:
    """Return what changes between two sources, as their arguments name them.

    Specs and the history are compared as they stand. With a database or models, both sides are
    read from a catalog; what the spec does not describe counts only with `everything`. `before` is
    SQL that is run on scratch databases first, `rules` are those to ask, left out this tool's, and
    `sizes` what findings tell of. Raises Error where a source cannot be read.
    """
    one, other = both(old, new)
    directory = None
    if isinstance(one, History) or isinstance(other, History):
        directory = target.open()
        place = sources.place_of(directory)
        one, other = (
            History(place) if isinstance(each, History) else each
            for each in (one, other)
        )
    document = None
    if isinstance(other, Path | GitPath):
        document = sources.document_at(other)
    found, origins = specs(one, other, directory, document)
    names = (sources.label(one), sources.label(other))
    notes: list[str] = []
    for each, spec in zip((one, other), found, strict=True):
        # Only a history that builds nothing may have no revision.
        if isinstance(each, History) and directory and spec and not size(spec.schema):
            notes.append(sources.without_revision(directory, spec))
    if found[0] is not None and found[1] is not None:
        before_, wanted = found[0].schema, found[1]
    else:
        read = catalogs((one, other), found, dev_url, before)
        (before_, schema), more = counted(read, found, names, everything=everything)
        wanted = wanted_of(found, schema)
        notes += [sources.searched_note(read, found, names), *more]
    drift = is_drift((one, other))
    made = review(
        before_,
        wanted,
        names=names,
        origins=origins,
        is_drift=drift,
        rules=rules,
        sizes=sizes,
    )
    if isinstance(one, Path | GitPath) and document is not None and found[0]:
        operations = made.plan.operations
        notes += unsaid_access.notes(found[0].schema, wanted.schema, operations)
    if document is not None and not drift:
        revision = f"{other.revision}:" if isinstance(other, GitPath) else ""
        made = replace(made, findings=located(made.findings, document, revision))
        notes += map(str, unanswered(made, document))
    said = tuple(dict.fromkeys(note for note in notes if note))
    return Comparison(review=made, notes=said)


def wanted_of(found: list[Spec | None], schema: Schema) -> Spec:
    """Return what has a schema that was read from a catalog: what is known of it beside."""
    if found[1] is not None:
        return replace(found[1], schema=schema)
    known = found[0] or Spec(name="schema", schema=schema)
    return replace(known, schema=schema, hints=Hints())


def unanswered(found: Review, document: Document) -> Iterator[str]:
    """Yield what a spec still has to say before it has a next revision."""
    made, spec = found.plan, found.spec
    problems = [*data_loss.unanswered(made.questions, spec), *dropped_names(made, spec)]
    if problems:
        for one in documents.located(document, problems).errors:
            yield str(one).removeprefix("error: ")


def both(old: str, new: str | None) -> tuple[Source, Source]:
    """Return two sources; what OLD alone is compared with depends on what it is."""
    one = sources.parse(old)
    if new is not None:
        return one, sources.parse(new)
    if isinstance(one, Path):
        return History(), one
    if isinstance(one, GitPath):
        return one, in_working_tree(one)
    raise Error(
        f"what is {one} to be compared with?",
        hint=f"gen-migration diff SPEC {one}",
    )


def is_drift(pair: tuple[Source, Source]) -> bool:
    """Tell whether no revision leads from one source to the other, since one is no spec's."""
    return any(isinstance(each, Url | Models) for each in pair)


def builds(one: Source, other: Source) -> bool:
    """Tell whether a comparison needs a scratch database."""
    kinds = [isinstance(each, Url) for each in (one, other)]
    return any(isinstance(each, Models) for each in (one, other)) or (
        any(kinds) and not all(kinds)
    )


def specs(
    one: Source, other: Source, directory: Directory | None, document: Document | None
) -> tuple[list[Spec | None], Origins]:
    """Return the specs of two sources, and what a history on the old side has renamed.

    A spec is None where its source is a database or models; `document` is that of the second.
    """
    found: list[Spec | None] = [None, None]
    if isinstance(one, Path | GitPath):
        found[0] = spec_of(sources.document_at(one))
    if document is not None:
        found[1] = spec_of(document)
    known, origins = found[0] or found[1], Origins()
    for side, each in enumerate((one, other)):
        if isinstance(each, History) and directory is not None:
            found[side], renamed = sources.spec_of_history(directory, known)
            origins = origins if side else renamed
    return found, origins


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
            from gen_migration.catalog.models_tolerances import explained
            from gen_migration.models.completed import completed

            schemas = pair[side].schema, pair[1 - side].schema
            schema = explained(*schemas, other.naming)
            home = pair[1 - side].home
            others = {at_home_name(name, home) for name in other.external}
            schema = completed(schema, schemas[1], others)
            pair[side] = replace(pair[side], schema=schema)
    return pair


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
