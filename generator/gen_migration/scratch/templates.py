"""Templates: a database with the schemas of specs, of which each copy takes milliseconds.

A copy is called after its template, and is alive as long as that is (`databases.LEFT_OVER`): who
is killed leaves no copy that the next run does not drop. It belongs to the template's role.
"""

from __future__ import annotations

import contextlib
import sys
from graphlib import CycleError, TopologicalSorter
from itertools import count
from typing import TYPE_CHECKING, Any

from gen_migration.base import signals
from gen_migration.base.data_class import dataclass
from gen_migration.postgres import urls
from gen_migration.scratch import built, databases, needs, prerequisites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import Spec

# The version since which the kernel copies files (copy_file_range), in a third of the time of what
# else there is; other systems than Linux may refuse to, where a file system cannot.
WITH_CLONES = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A database that nobody is connected to, and a connection that makes copies of it."""

    url: str
    place: databases.Server
    maker: Any
    numbers: Iterator[int]

    @contextlib.contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a copy, which is dropped at the end, with whoever is connected to it.

        Raises Error where the server refuses.
        """
        template = urls.parse(self.url).database
        name = f"{template}_{next(self.numbers)}"
        more = ""
        if self.place.major is not None:
            more = f" OWNER {template}"
            if self.place.major >= databases.WITH_STRATEGY:
                more += " STRATEGY file_copy"
        with databases.lost_as_error(self.place):
            self.maker.execute(f"CREATE DATABASE {name} TEMPLATE {template}{more}")
            try:
                databases.comment(self.maker, name, self.place)
                yield urls.with_database(self.url, name)
            finally:
                with signals.held():
                    self.maker.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def template(
    specs: Sequence[Spec], *, dev_url: str | None = None, before: str = ""
) -> Iterator[Template]:
    """Yield a template with the schemas of specs, dropped at the end.

    `before` is SQL that is run first. Raises Error where PostgreSQL refuses a spec, or the server
    cannot be used.
    """
    needed = needs.of_sql(before)
    for spec in specs:
        needed |= needs.of_spec(spec)
    with databases.database(dev_url=dev_url, needs=needed) as url:
        built.begin(url, before)
        built.build(url, *in_order(specs))
        with databases.connect(url) as connection:
            connection.execute("DROP TABLE IF EXISTS alembic_version")
        place = databases.place_of(databases.NEWEST, dev_url, needed)
        with contextlib.closing(databases.reached(place)) as maker:
            if (place.major or 0) >= WITH_CLONES and sys.platform == "linux":
                maker.execute("SET file_copy_method = clone")
            yield Template(url=url, place=place, maker=maker, numbers=count(1))


def in_order(specs: Sequence[Spec]) -> list[Spec]:
    """Return specs, each after those whose tables it refers to, as far as that goes."""
    of = {
        name: number for number, one in enumerate(specs) for name in one.schema.tables
    }
    needs = {
        number: {of[name] for name in prerequisites.tables(one) if name in of}
        - {number}
        for number, one in enumerate(specs)
    }
    try:
        return [specs[number] for number in TopologicalSorter(needs).static_order()]
    except CycleError:
        return [*specs]
