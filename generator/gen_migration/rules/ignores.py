"""The rule about the `ignore` of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.rule_codes import STALE
from gen_migration.rules.contexts import Hit, Ignores
from gen_migration.rules.finding import NOTE
from gen_migration.rules.rule import RULES, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.model.hints import Hints
    from gen_migration.rules.finding import Finding


def places(hints: Hints) -> Iterator[tuple[Place, Mapping[str, str]]]:
    """Yield the path of each object with an `ignore`, and what it ignores."""
    for (kind, key), path in hints.places.items():
        if kind == "ignores":
            yield path[:-1], hints.ignores[key]


def covers(path: Place, finding: Finding) -> bool:
    """Tell whether an `ignore` of the object at a path is about a finding.

    It is about the object and what stands inside of it. That of the whole spec is about what
    stands there no more: the findings of a kind of objects, not of one.
    """
    if not path:
        return len(finding.path) <= 1
    return finding.path[: len(path)] == path


def is_ignored(finding: Finding, hints: Hints) -> bool:
    return finding.code != STALE and any(
        finding.code in codes and covers(path, finding) for path, codes in places(hints)
    )


@rule(STALE, NOTE, instead="remove the line")
def stale(ignores: Ignores) -> Iterator[Hit]:
    """An ignore that does nothing.

    An `ignore` names a finding that its object does not have. One for what an edit does
    (GM1…, GM2…) has done its work once the revision is written, as a `renamed_from` has; one for
    the design (GM3…) stays as long as the design does, whether an edit touches it or not.
    """
    for path, codes in places(ignores.spec.hints):
        for code in codes:
            known = RULES.get(code)
            if known is not None and known.sized and ignores.sizes is None:
                continue  # nobody has looked
            if not any(one.code == code and covers(path, one) for one in ignores.found):
                yield Hit(
                    f"ignore of {code} does nothing: there is no such finding here",
                    (*path, "ignore", code),
                )
