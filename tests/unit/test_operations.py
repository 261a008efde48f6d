"""Each operation has plain statements, an inverse whose inverse it is, and golden cases."""

from __future__ import annotations

import inspect
import sys
from dataclasses import MISSING
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from changes import ROOT, all_changes, operations_of, planned, written
from gen_migration.kinds import KINDS
from gen_migration.kinds.kind import Kind
from gen_migration.operations import alterations, columns, renames
from gen_migration.operations.base import Operation
from gen_migration.plan import together
from gen_migration.render import templates, ways
from gen_migration.render.create import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = (alterations, columns, together, renames, ways)  # imported, all is known
TEMPLATES = [
    name.removeprefix("operations/").removesuffix(".py.j2")
    for name in templates.environment().list_templates(["j2"])
    if name.startswith("operations/")
]
# The plan makes others of them, which is where their cases lie or what their cases show.
COMPOSITES = {
    "set_column_generated": "set_column_expression",
    "set_enum_values": "set_enum_values",
    "remove_enum_value": "add_enum_value",
    "set_partition_bound": "set_partition_bound",
    "replace_index": "drop_index",
    "together": "create_index",
}
# They come along with others, in whose cases they are.
ALONG = {
    "refuse_values": "set_enum_values",
    "keep_enum_values": "add_enum_value",
    "stay_untyped": "make_untyped",
    "rename_column_sequence": "rename_table",
}


def descendants(of: Any) -> Iterator[Any]:
    """Yield all subclasses; a dataclass with slots is made of another class, which is none."""
    for one in of.__subclasses__():
        if getattr(sys.modules[one.__module__], one.__name__) is one:
            yield one
        yield from descendants(one)


def words(of: Any) -> list[str]:
    """Return the kinds of objects that an operation is for; none for one that is for no kind."""
    kind = of.__dataclass_fields__.get("kind")
    if kind is None or isinstance(of.wire, str):  # one for all kinds
        return []
    if kind.default is not MISSING:
        return [kind.default]
    return [kind.word for kind in KINDS if is_for(of, kind)]


def is_for(of: Any, kind: Kind) -> bool:
    if of is alterations.AlterObject:
        return bool(kind.groups) or type(kind).steps is not Kind.steps
    if of is renames.RenameColumnOfObject:
        return kind.has_columns
    if issubclass(of, renames.MoveObject):
        has_names = type(kind).renamed is not Kind.renamed
        return kind.in_schema and has_names and not kind.holders
    # PostgreSQL has no ALTER OPERATOR … RENAME.
    has_renames = type(kind).renamed is not Kind.renamed and kind.word != "operator"
    return has_renames or not issubclass(of, renames.RenameObject)


def wires() -> Iterator[tuple[str, Any]]:
    """Yield the names on the wire of all operations, with their classes."""
    for of in dict.fromkeys(descendants(Operation)):
        if of.apply is not Operation.apply and of.wire is not Operation.wire:
            for word in words(of):
                yield of.wire.fget(SimpleNamespace(kind=word)), of
            if isinstance(of.wire, str):
                yield of.wire, of


OPERATIONS: dict[str, Any] = dict(sorted(wires()))


def folder(wire: str) -> Path:
    """Return where the golden changes of an operation are."""
    return ROOT / {**COMPOSITES, **ALONG}.get(wire, wire)


@pytest.mark.parametrize("wire", OPERATIONS)
def test_it_has_plain_statements(wire: str) -> None:
    of, printed = OPERATIONS[wire], wire not in COMPOSITES
    assert (plain.dispatch(of) is not plain.dispatch(object)) == printed
    assert inspect.getdoc(of)


def test_each_template_is_of_an_operation() -> None:
    assert {*TEMPLATES} - {"default"} < {*OPERATIONS} - {*COMPOSITES}


def test_each_has_a_name_of_its_own() -> None:
    assert len(OPERATIONS) == len([*wires()])


@pytest.mark.parametrize("wire", OPERATIONS)
def test_it_has_golden_cases(wire: str) -> None:
    assert list(folder(wire).glob("*.txt"))


def test_each_folder_of_cases_is_of_an_operation() -> None:
    assert {path.name for path in ROOT.iterdir()} <= {*OPERATIONS}


def test_each_is_in_a_golden_change() -> None:
    """Those of all golden changes obey the laws of operations (`tests/golden/test_changes.py`)."""
    seen: set[str] = set()
    for wire in OPERATIONS:
        for case in all_changes():
            if wire not in seen and case.path.parent == folder(wire) and written(case):
                seen |= {one.wire for one in operations_of(planned(case).plan)}
    assert [wire for wire in OPERATIONS if wire not in seen] == []
