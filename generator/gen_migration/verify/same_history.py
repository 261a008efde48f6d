"""Two histories side by side on scratch databases: what they have built at each of some places.

Each is run up, place by place, and down again. What differs is a diff of specs; what no spec can
hold is compared by its name, and rows where both have to leave the same.
"""

from __future__ import annotations

import contextlib
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.catalog import reader as catalog
from gen_migration.catalog.tolerances import without_left_open
from gen_migration.history import migrate
from gen_migration.history.alembic_errors import StepError
from gen_migration.review.spec_diff import difference_text
from gen_migration.scratch import built, databases, needs
from gen_migration.scratch.extensions import where_it_is
from gen_migration.verify.rows import Rows, differences, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.catalog.values import Catalog
    from gen_migration.history.revision import Directory, Revision, Runnable
    from gen_migration.model.schema import Spec
    from gen_migration.scratch.needs import Needs
    from gen_migration.verify.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where two histories have to be alike: at `ids`, and before it at what they need.

    `old` and `new` are what the spec is before and there: what it leaves open, none has to be.
    """

    needs: tuple[str, ...]
    ids: tuple[str, ...]
    old: Spec
    new: Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What scratch databases begin with: the statements that build what is taken for given.

    `needed` is what their server has to have.
    """

    given: tuple[str, ...]
    needed: Needs


@dataclass(slots=True)
class Trace:
    """What a history has built: at each place, before each, and after the way back to there.

    `no_way_back` is why there is none; the downgrades before are there.
    """

    at: list[Catalog] = field(default_factory=list)
    before: list[Catalog] = field(default_factory=list)
    back: list[Catalog] = field(default_factory=list)
    rows: Rows = field(default_factory=lambda: Rows({}))
    no_way_back: str = ""


@dataclass(frozen=True, slots=True)
class Sameness:
    """What was found: nothing in `text` and `problems` where both histories build the same."""

    text: str
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        return not self.text and not self.problems


class Instead:
    """A directory of revisions in which some are others, and some are not there."""

    def __init__(
        self, directory: Directory, files: Sequence[Revision], gone: Sequence[str]
    ) -> None:
        self._directory = directory
        self._paths = [one.path for one in files]
        self._gone = {*gone, *(one.id for one in files)}

    @property
    def root(self) -> Path:
        return self._directory.root

    def environment(self) -> tuple[Config, ScriptDirectory]:
        config, scripts = self._directory.environment()
        from alembic.script import Script

        map_ = scripts.revision_map
        load = map_._generator  # noqa: SLF001 - as Alembic finds them

        def changed() -> Iterator[Any]:
            for one in load():
                if one.revision not in self._gone:
                    yield one
            for path in self._paths:
                script = Script._from_path(scripts, path)  # noqa: SLF001 - as it reads one
                assert script is not None  # noqa: S101 - the path ends in .py
                yield script

        map_._generator = changed  # noqa: SLF001
        return config, scripts


def compared(
    old: Runnable,
    new: Runnable,
    places: Sequence[Place],
    beginning: Beginning,
    bench: Workbench,
    *,
    with_rows: bool,
) -> Sameness:
    """Return how what two histories build differs. Raises Error where one of them fails."""
    with bench.timed("the history as it is"):
        first, beginning = traced(old, places, beginning, bench)
    with bench.timed("the history as it would be"):
        second, _ = traced(new, places, beginning, bench)
    text = ""
    problems: list[str] = []
    notes: list[str] = []
    names = ("the history as it is", "as it would be")
    before, after = [one.old for one in places], [one.new for one in places]
    # Where the old history has no way back, the new one has to lead to where it began.
    back = [*first.back, *[*reversed(first.before)][len(first.back) :]]
    pairs = [
        *zip(after, first.at, second.at, strict=True),
        *zip(before, first.before, second.before, strict=True),
        *zip(reversed(before), back, second.back, strict=False),
    ]
    for spec, *both in pairs:
        schemas = [without_left_open(one, spec) for one in both]
        text = text or difference_text(*schemas, names=names)
        problems += unheld_differences(*both)
    if second.no_way_back:
        problems.append(f"it has no way back: {second.no_way_back}")
    elif first.no_way_back:
        notes.append(f"the history as it is has no way back: {first.no_way_back}")
    if with_rows:
        problems += [
            f"it leaves other rows: {one}"
            for one in differences(first.rows, second.rows)
        ]
    return Sameness(text, tuple(dict.fromkeys(problems)), tuple(notes))


def unheld_differences(one: Catalog, other: Catalog) -> Iterator[str]:
    """Yield what no spec can hold, of what one of two databases alone has."""
    sides = [{str(each): None for each in side.unheld} for side in (one, other)]
    for each in sides[0]:
        if each not in sides[1]:
            yield f"it lacks the {each}"
    for each in sides[1]:
        if each not in sides[0]:
            yield f"it has the {each}, which is new"


def traced(
    history: Runnable, places: Sequence[Place], beginning: Beginning, bench: Workbench
) -> tuple[Trace, Beginning]:
    """Return what a history builds at each of some places, on a scratch database of its own.

    The database begins with what is returned beside. Raises Error where a revision fails.
    """

    def run(needed: Needs) -> tuple[Trace, Beginning]:
        begun = replace(beginning, needed=needed)
        return traced_on(history, places, begun, bench), begun

    return where_it_is(beginning.needed | needs.of_sql(bench.before), run)


def traced_on(
    history: Runnable, places: Sequence[Place], beginning: Beginning, bench: Workbench
) -> Trace:
    """Return what a history builds on a server for its needs. Raises Error as `traced` does."""
    found = Trace()
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(
            databases.database(dev_url=bench.dev_url, needs=beginning.needed)
        )
        built.begin(url, bench.before)
        built.prepare(url, beginning.given)
        read = stack.enter_context(catalog.readings(url))
        for place in places:
            migrate.upgrade(url, history, place.needs)
            found.before.append(read())
            migrate.upgrade(url, history, place.ids)
            found.at.append(read())
        with databases.connect(url) as connection:
            found.rows = rows(connection, found.at[-1].schema)
        for place in reversed(places):
            try:
                migrate.downgrade(url, history, place.needs)
            except StepError as error:
                if not error.has_no_way_back:
                    raise
                found.no_way_back = error.message
                break
            found.back.append(read())
    return found
