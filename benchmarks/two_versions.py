"""Expand, deploy, contract: a rename with another type while two versions of the code run.

Old code alone works while the expansion is applied, then old and new code at the same time, then
new code alone while the contract is applied. Beside it, what one would write by hand: a rename and
a rewrite at once, at old code, which finds its column no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from at_work import measured, ready, shorter, side_by_side, verdict
from gen_migration.scratch import databases
from shop import Change, generate
from workload import OLD, Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from at_work import Measured
    from shop import Shop

NAME = "expand, deploy, contract"
NEW = Code("total")
SECONDS = 2  # that both versions work beside each other
TOTAL = "total: {{type: bigint, renamed_from: amount, {hint}: true}}"
CHANGE = Change(
    NAME,
    ("amount: integer", TOTAL.format(hint="expand")),
    slow=True,
    by_hand=("amount: integer", TOTAL.format(hint="rewrite")),
)
DIFFERENT = "SELECT count(*) FROM orders WHERE amount IS DISTINCT FROM total"


def verdicts(found: Shop) -> Iterator[str]:
    """Print what both versions go through, and yield the verdicts."""
    with ready(found, CHANGE, CHANGE.new) as (url, versions):
        expanding = measured(url, versions, found.rows)
        both = side_by_side(url, found.rows, SECONDS, OLD, NEW)
        with databases.connect(url) as connection:
            (different,) = connection.execute(DIFFERENT).fetchone()
        generate(CHANGE.new, versions, "--contract")
        contracting = measured(url, versions, found.rows, code=NEW)
    with ready(found, CHANGE, CHANGE.plain) as (url, versions):
        by_hand = measured(url, versions, found.rows)
    print(f"\n{NAME}: a rename, integer to bigint, two versions of the code")
    print(f"{'':27}upgrade, s  writer longest, ms  statements  errors")
    phases = {
        "expand, old code": expanding,
        "old and new code": both,
        "contract, new code": contracting,
        "plain, old code": by_hand,
    }
    for name, one in phases.items():
        print(line(name, one))
    ours = (expanding, both, contracting)
    errors = [text for one in ours for text in one.errors]
    yield verdict(not errors, f"{NAME}: no error", errors)
    yield verdict(
        not different, f"{NAME}: no row where the versions differ: {different}"
    )
    yield shorter(NAME, max(one.longest() for one in ours), by_hand.longest())


def line(name: str, found: Measured) -> str:
    """Return a line of the table: the longest wait is a writer's."""
    done = sum(len(one.statements) for one in found.work)
    return (
        f"{name:25} {found.seconds:11.2f} {found.longest() * 1000:19.1f}"
        f" {done:11,} {len(found.errors):7}"
    )
