"""The choice of a scratch server: of what is needed and what there is, and in words. Pure.

A server has to have what a spec tells. Among those that have, most of what texts name decides, then
the version, then the order of `programs.builds`: packages come before what is installed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error, listed
from gen_migration.scratch import extension_packages, programs
from gen_migration.scratch.location import ANOTHER
from gen_migration.scratch.programs import WITHOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gen_migration.scratch.needs import Needs
    from gen_migration.scratch.programs import Build

SHOWN = 6  # servers that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The server that was chosen, and what it lacks of what texts name."""

    build: Build
    lacking: tuple[str, ...] = ()


def choose(version: int, needs: Needs, builds: Iterable[Build]) -> Choice:
    """Return the server for needs that is most like one of a major version.

    Of `builds` no more are asked for than it takes. Raises Error where there is none.
    """
    seen = []
    for one in builds:
        seen.append(one)
        if one.major == version and fits(one, needs) and not one.lacking(needs.named):
            return Choice(build=one)
    able = [one for one in seen if fits(one, needs)]
    if not able:
        raise none_fits(needs, seen)
    best = min(
        able, key=lambda one: (len(one.lacking(needs.named)), distance(one, version))
    )
    return Choice(build=best, lacking=tuple(best.lacking(needs.named)))


def fits(one: Build, needs: Needs) -> bool:
    """Tell whether a server has what has to be there."""
    return one.major >= needs.oldest and not one.lacking(needs.told)


def distance(one: Build, version: int) -> tuple[bool, int]:
    """Return how far a server is from a version: what is newer can all that an older one can."""
    return one.major < version, abs(one.major - version)


def none_fits(needs: Needs, builds: Sequence[Build]) -> Error:
    """Return what to say where no server has what has to be there."""
    if not builds:
        return programs.missing()
    young = [one for one in builds if one.major >= needs.oldest]
    if not young:
        return Error(
            f"there is no PostgreSQL {needs.oldest} here: {names(builds)}",
            hint=f"install one, or name another server: --dev-url {ANOTHER}",
        )
    nowhere = [
        one for one in sorted(needs.told) if all(each.lacking([one]) for each in young)
    ]
    wanted = nowhere or sorted(needs.told)
    all_of = "" if nowhere else "all of "
    hint = ways_out(wanted, young)
    if old := [one for one in builds if one not in young and not one.lacking(wanted)]:
        hint += f" ({names(old)} is older than {needs.oldest}, the spec's postgresql:)"
    return Error(f"no PostgreSQL here has {all_of}{things(wanted)}", hint=hint)


def ways_out(wanted: Sequence[str], builds: Sequence[Build]) -> str:
    """Return who lacks something, how to get it, and that another server may be named."""
    them = "them" if wanted[1:] else "it"
    if all(one.lacking(wanted) == [*wanted] for one in builds):
        said = f"{names(builds)} lack{'' if builds[1:] else 's'} {them}"
    else:
        said = who_lacks(wanted, builds)
    own = next((one for one in builds if not one.package), None)
    command = extension_packages.command(
        wanted if own is None else own.lacking(wanted),
        own.major if own else None,
        sys.platform,
    )
    ways = [command, f"name a server that has {them}: --dev-url {ANOTHER}"]
    return f"{said}; {', or '.join(filter(None, ways))}"


def who_lacks(wanted: Sequence[str], builds: Sequence[Build]) -> str:
    """Return in words what each of some servers lacks, where it lacks something."""
    lacks = [(one, one.lacking(wanted)) for one in builds]
    each = [f"{one.words} lacks {things(found)}" for one, found in lacks if found]
    return listed(each, SHOWN)


def names(builds: Sequence[Build]) -> str:
    """Return servers in words."""
    return listed([one.words for one in builds], SHOWN)


def things(wanted: Sequence[str]) -> str:
    """Return extensions and libraries in words."""
    extensions = [f'"{one}"' for one in wanted if one not in WITHOUT]
    words = []
    if extensions:
        noun = "extensions" if extensions[1:] else "extension"
        words.append(f"the {noun} {', '.join(extensions)}")
    words += [one for one in wanted if one in WITHOUT]
    return " and ".join(words)
