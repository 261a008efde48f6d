"""Each operation has a view, an inverse whose inverse it is, and golden cases."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

import pytest
from changes import ROOT, all_changes, change_of, first_of
from gen_migration import alterations, column_operations, company, renames, render
from gen_migration.operations import Operation, inverse
from gen_migration.views import view

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = (
    alterations,
    column_operations,
    company,
    renames,
)  # imported, all subclasses are known
TEMPLATES = [
    name.removeprefix("operations/").removesuffix(".py.j2")
    for name in render.environment().list_templates(["j2"])
    if name.startswith("operations/")
]
# The plan makes others of them, which is where their cases lie or what their cases show.
COMPOSITES = {
    column_operations.SetColumnGenerated: "set_column_expression",
    alterations.SetEnumValues: "set_enum_values",
    alterations.RemoveEnumValue: "add_enum_value",
    alterations.SetPartitionBound: "set_partition_bound",
    alterations.ReplaceIndex: "drop_index",
    company.Together: "create_index",
}
# They come along with others, in whose cases they are.
ALONG = {
    alterations.RefuseValues: "set_enum_values",
    alterations.KeepEnumValues: "add_enum_value",
    renames.RenameColumnSequence: "rename_table",
}


def descendants(of: Any) -> Iterator[Any]:
    """Yield all subclasses; a dataclass with slots is made of another class, which is none."""
    for one in of.__subclasses__():
        if getattr(sys.modules[one.__module__], one.__name__) is one:
            yield one
        yield from descendants(one)


def is_concrete(of: Any) -> bool:
    return not inspect.isabstract(of) and not list(descendants(of))


OPERATIONS: list[Any] = sorted(
    filter(is_concrete, descendants(Operation)), key=lambda one: one.__name__
)


@pytest.mark.parametrize("of", OPERATIONS, ids=lambda of: of.__name__)
def test_it_has_a_view(of: Any) -> None:
    printed = of not in COMPOSITES
    assert (view.dispatch(of) is not view.dispatch(object)) == printed
    assert inspect.getdoc(of)


def test_each_template_is_of_an_operation() -> None:
    printed = {of.wire for of in OPERATIONS if of not in COMPOSITES}
    assert {*TEMPLATES} - {"default"} < printed


def test_each_has_a_name_of_its_own() -> None:
    assert len({of.wire for of in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("of", OPERATIONS, ids=lambda of: of.__name__)
def test_it_has_golden_cases(of: Any) -> None:
    folder = {**COMPOSITES, **ALONG}.get(of, of.wire)
    assert list((ROOT / folder).glob("*.txt"))


def test_each_folder_of_cases_is_of_an_operation() -> None:
    found = {path.name for path in ROOT.iterdir()}
    assert found <= {of.wire for of in OPERATIONS}


def test_the_inverse_of_the_inverse() -> None:
    seen = set()
    for case in all_changes():
        if "revision.py" not in case.sections:
            continue
        made = change_of(case, (first_of(case),)).plan
        both = (*made.operations, *inverse(made.operations))
        links = [one for link in made.links for one in link.operations]
        # The plan takes them apart again: what it holds is tried here.
        links += [company.Together(operations=link.operations) for link in made.links]
        for one in (*both, *links, *made.upgrade, *made.downgrade):
            assert one.inverse().inverse() == one
            assert one.summary
            assert one.summary.splitlines() == [one.summary]
            seen.add(type(one))
    assert [of.__name__ for of in OPERATIONS if of not in seen] == []
