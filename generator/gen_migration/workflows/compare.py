"""Two sources of schemas side by side: what `diff` reads, and what it says of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error
from gen_migration.diff import data_loss
from gen_migration.kinds.scope import size
from gen_migration.model.hints import Hints
from gen_migration.model.schema import Schema, Spec
from gen_migration.operations.origins import Origins
from gen_migration.plan.alike_indexes import alike_indexes
from gen_migration.plan.dropped_names import dropped_names
from gen_migration.review.review import review
from gen_migration.rules.engine import located
from gen_migration.scratch.models_name import Models
from gen_migration.spec import documents
from gen_migration.spec.git import GitPath, in_working_tree
from gen_migration.spec.load import spec_of
from gen_migration.workflows import sources, unsaid_access
from gen_migration.workflows.sources import History, Url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.history.revision import Directory
    from gen_migration.history.target import Target
    from gen_migration.review.review import Review
    from gen_migration.rules.registry import Rules
    from gen_migration.spec.documents import Document
    from gen_migration.stats.sizes import Sizes
    from gen_migration.workflows.sources import Source


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
    (one, other), directory = sources.opened(both(old, new), target)
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
        from gen_migration.workflows import compared_catalogs

        read = compared_catalogs.catalogs((one, other), found, dev_url, before)
        (before_, schema), more = compared_catalogs.counted(
            read, found, names, everything=everything
        )
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
    problems += alike_indexes(made, spec)
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
