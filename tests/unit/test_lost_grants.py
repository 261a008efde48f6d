"""What `verify` says of grants that no spec says, and that are not there any more."""

from __future__ import annotations

from typing import Any

import pytest
from gen_migration.catalog.values import Catalog
from gen_migration.spec.load import load
from gen_migration.verify.losses import gone


def catalog(text: str) -> Catalog:
    schema = load(f"name: shop\n{text}", "spec.yaml").schema
    return Catalog(schema=schema)


TABLE = "tables: {{t: {{columns: {{{0}}}, grants: {1}}}}}\n"
VIEW = "views: {{v: {{query: 'SELECT {0} FROM t', grants: {1}}}}}\n"
BOTH = "a: integer, b: integer"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("{app: [select]}", "{}", ["app"]),
        ("{app: [select], public: [insert]}", "{app: [select]}", ["public"]),
        ("{app: [select, insert]}", "{app: [select]}", ["app"]),
        ("{app: {select: [a]}}", "{}", ["app"]),
        ("{app: {select: [a, b]}}", "{app: {select: [a]}}", []),  # b is gone
        ("{}", "{app: [select]}", []),
    ],
)
@pytest.mark.parametrize("of", ["table t", "view v"])
def test_who_may_do_less_is_named(
    before: str, after: str, expected: list[str], of: str
) -> None:
    old, new = (TABLE.format(BOTH, "{}") for _ in range(2))
    if of == "table t":
        old, new = TABLE.format(BOTH, before), TABLE.format("a: integer", after)
    else:
        old, new = old + VIEW.format("a, b", before), new + VIEW.format("a", after)
    found = gone(catalog(old), catalog(new), "upgrade")
    roles = ", ".join(expected)
    assert found == (
        [f"the upgrade loses what {of} grants to {roles}"] if roles else []
    )


def test_what_a_spec_says_is_not_lost() -> None:
    old, new = (
        catalog(TABLE.format(BOTH, grants)) for grants in ("{app: [select]}", "{}")
    )
    silent: Any = catalog("tables: {t: {columns: {a: integer}}}").schema
    assert gone(old, new, "upgrade", silent, silent) != []
    assert gone(old, new, "upgrade", silent, new.schema) == []
