"""Two schemas side by side, wherever they are, and what a reviewer sees of it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN, SCRATCH
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gen_migration.api.places import History, Scratch
    from gen_migration.base.configuration import Configuration
    from gen_migration.model.schema import Spec
    from gen_migration.review.review import Review
    from gen_migration.rules.registry import Rules
    from gen_migration.stats.sizes import Sizes
    from gen_migration.workflows.compare import Comparison
    from gen_migration.workflows.sources import Source

FORMATS = ("text", "markdown", "json", "sql", "mermaid", "github", "gitlab", "sarif")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two sources of schemas, before they are read, and what it takes to compare them.

    `is_drift`: one is a database or models, to which no revision leads. `builds`: a scratch
    database is needed. `has_history`: revisions are read. `spec` is the path of the spec whose
    history that is, and `counts_from_here` tells that places in the second count from here.
    """

    old: Source
    new: Source
    is_drift: bool
    builds: bool
    has_history: bool
    spec: str | None
    counts_from_here: bool


def sides(old: str | Path, new: str | Path | None = None) -> Sides:
    """Return two sources; what `old` alone is compared with depends on what it is.

    Raises Error where one is none.
    """
    from pathlib import Path

    from gen_migration.spec.git import GitPath
    from gen_migration.workflows import compare, sources

    pair = compare.both(str(old), None if new is None else str(new))
    paths = [one for one in pair if isinstance(one, Path | GitPath)]
    return Sides(
        old=pair[0],
        new=pair[1],
        is_drift=compare.is_drift(pair),
        builds=compare.builds(*pair),
        has_history=any(isinstance(one, sources.History) for one in pair),
        spec=str(getattr(paths[-1], "path", paths[-1])) if paths else None,
        counts_from_here=sources.is_from_here(pair[1]),
    )


def diff(
    old: str | Path,
    new: str | Path | None = None,
    *,
    everything: bool = False,
    stats: Path | None = None,
    rules_from: str | None = None,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> Comparison:
    """Return what changes between two sources, as a review, and notes on what was read.

    A source is the path of a spec, one at a revision of git (`main:spec/app.yaml`), `history`, the
    URL of a database, or models (`models:app.db:Base.metadata`), whose modules are run. Modules of
    `configuration.rules` are run, too, as they are here or at the revision `rules_from`.
    With `everything`, what a database or models have beside the spec's objects counts. `stats` is
    a file of sizes. Raises Error where a source cannot be read.
    """
    from gen_migration.workflows.compare import compare
    from gen_migration.workflows.sizes import sizes_here

    pair = sides(old, new)
    dev_url, before = scratch.configured(configuration) if pair.builds else (None, "")
    with rules(configuration, rules_from) as asked:
        return compare(
            str(old),
            None if new is None else str(new),
            history.target(configuration, pair.spec),
            everything=everything,
            dev_url=dev_url,
            before=before,
            rules=asked,
            sizes=None if pair.is_drift else sizes_here(stats, configuration),
        )


@contextmanager
def rules(configuration: Configuration, revision: str | None = None) -> Iterator[Rules]:
    """Yield the rules of a project, with their levels; modules of its own are run.

    They are taken from here, or from a revision of git, and hold while the context does. Raises
    Error where one is wrong.
    """
    from gen_migration.rules.own import rules_of

    with rules_of(configuration, revision) as found:
        yield found


def review(
    old: Spec,
    new: Spec,
    *,
    names: tuple[str, str] = ("old", "new"),
    rules: Rules | None = None,
    sizes: Sizes | None = None,
) -> Review:
    """Return what the next revision does that leads from one spec to another. Pure.

    `names` are what the two are called. `rules` are those to ask, left out this tool's.
    """
    from gen_migration.review.review import review as made

    return made(old.schema, new, names=names, rules=rules, sizes=sizes)


def render(review: Review, format: str = "text") -> str:  # noqa: A002 - as the option
    """Return a review as text, in one of FORMATS. Pure. Raises Error for any other."""
    from importlib import import_module

    if format not in FORMATS:
        raise Error(
            f'there is no format "{format}"', hint=f"one of {', '.join(FORMATS)}"
        )
    module = import_module(f"gen_migration.review.formats.{format}")
    text: str = module.render(review)
    return text


def from_top(review: Review) -> Review:
    """Return a review whose places count from the top of git's working tree, which is asked."""
    from gen_migration.review import review as reviews
    from gen_migration.spec import git

    return reviews.from_top(review, git.prefix())


def branch(
    spec: str | Path,
    base: str | None = None,
    *,
    stats: Path | None = None,
    configuration: Configuration = PLAIN,
) -> Comparison:
    """Return what the branch of git that is checked out changes in a spec.

    That is from where it left the base branch: `base`, or else the first of origin/HEAD, main and
    master. A spec that was not there yet had nothing. Raises NoBaseError where git does not know.
    """
    from pathlib import Path

    from gen_migration.base.data_class import replace
    from gen_migration.history.base_branch import merge_base
    from gen_migration.model.schema import Schema
    from gen_migration.spec.load import load_file
    from gen_migration.workflows.compare import Comparison
    from gen_migration.workflows.sizes import sizes_here

    path = Path(spec)
    revision = merge_base(path, base)
    if revision is not None:
        old = f"{revision}:./{os.path.relpath(path)}"
        return diff(old, path, stats=stats, configuration=configuration)
    new = load_file(path)
    with rules(configuration) as asked:
        made = review(
            replace(new, schema=Schema()),
            new,
            names=("nothing", str(path)),
            rules=asked,
            sizes=sizes_here(stats, configuration),
        )
    return Comparison(review=made)
