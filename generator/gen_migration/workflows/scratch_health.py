"""Which servers scratch databases are made on, and why; each has made one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.configuration import SUPERUSER
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.postgres import urls
from gen_migration.scratch import databases, extensions
from gen_migration.scratch.choice import choose, things, ways_out, who_lacks
from gen_migration.scratch.copies import is_trusted
from gen_migration.scratch.needs import Needs
from gen_migration.scratch.programs import WITHOUT, builds
from gen_migration.workflows.health import Found, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gen_migration.model.schema import Spec
    from gen_migration.scratch.choice import Choice
    from gen_migration.scratch.programs import Build


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the scratch databases of a spec need, and how the spec is called."""

    name: str
    needs: Needs


def embedded(wanted: Sequence[Wanted], dev_url: str | None) -> Iterator[Found]:
    """Yield the servers of this machine that scratch databases are made on. Raises Error.

    `dev_url` is None or SUPERUSER.
    """
    there = [*builds()]
    usual = choose(databases.NEWEST, Needs(), there)
    yield made(Needs(), f"scratch databases: {usual.build.words}", dev_url)
    others = [one.words for one in there if one != usual.build]
    if others:
        yield Found(level="ok", text=f"also on this machine: {', '.join(others)}")
    for one in wanted:
        if one.needs != Needs():
            yield from of_one(one, usual, there, dev_url)


def of_one(
    wanted: Wanted, usual: Choice, there: list[Build], dev_url: str | None
) -> Iterator[Found]:
    """Yield the server for a spec where that is another one, and what it cannot do."""
    try:
        found = choose(databases.NEWEST, wanted.needs, there)
    except Error as error:
        yield wrong(Error(error.message, hint=error.hint, where=wanted.name))
        return
    if found.build != usual.build:
        why = reason(wanted.needs, usual.build, there)
        text = f"scratch databases of {wanted.name}: {found.build.words}"
        yield made(wanted.needs, f"{text}, since {why}", dev_url)
    if found.lacking:
        yield Found(
            level="note",
            text=f"{wanted.name}: revisions name {things(found.lacking)}, which"
            f" {found.build.words} lacks",
            hint=ways_out(found.lacking, there),
        )
    alone = untrusted(found.build, wanted.needs.all - {*found.lacking, *WITHOUT})
    if alone and dev_url != SUPERUSER:
        yield Found(
            level="note",
            text=f"{wanted.name}: only a superuser may create {things(alone)}",
            hint="for SQL that you trust: --dev-url superuser",
        )


def reason(needs: Needs, usual: Build, there: list[Build]) -> str:
    """Return why another server than the usual one is chosen."""
    if usual.major < needs.oldest:
        return f"{usual.words} is older than the spec's postgresql: {needs.oldest}"
    return who_lacks(sorted(needs.all), there)


def made(needs: Needs, text: str, dev_url: str | None) -> Found:
    """Return what to say of a server on which a database has been made. Raises Error."""
    with databases.database(dev_url=dev_url, needs=needs):
        return Found(level="ok", text=text)


def untrusted(build: Build, extensions_: frozenset[str]) -> list[str]:
    """Return those of some extensions that none but a superuser may create."""
    return [one for one in sorted(extensions_) if not is_trusted(build, one)]


def named(url: str, specs: Mapping[str, Spec]) -> Iterator[Found]:
    """Yield what the server of `--dev-url` is, and what it lacks of specs. Raises Error."""
    with (
        databases.database(dev_url=url) as made_there,
        databases.connect(made_there) as connection,
    ):
        version = connection.info.server_version
        number = f"{version // 10_000}.{version % 10_000}"
        where = f"scratch databases: {urls.masked(url)}, PostgreSQL {number}"
        yield Found(level="ok", text=where)
        for path, spec in specs.items():
            told = sorted(spec.schema.of("extension"))
            if lacking := extensions.lacking(connection, told):
                yield Found(
                    level="error",
                    text=f"{path}: that server lacks {things(lacking)}",
                    hint="install it there, or leave --dev-url out",
                )
