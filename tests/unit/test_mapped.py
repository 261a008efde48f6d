"""The walk over fields of values finds each value that holds names or SQL."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from gen_migration.model import schema as model
from gen_migration.model.mapped import INSIDE, mapped
from gen_migration.postgres.names import Name

# What holds no name and no expression that a rename changes.
LEAVES = {"Identity", "SequenceOptions", "Inherited", "Bound", "IndexPart"}
CLASSES = {
    name: found
    for name, found in vars(model).items()
    if isinstance(found, type) and is_dataclass(found)
}


def test_every_value_inside_of_a_table_is_known() -> None:
    seen: set[type] = set()
    waiting: list[Any] = [model.Table]
    while waiting:
        of = waiting.pop()
        seen.add(of)
        for one in fields(of):
            words = set(re.findall(r"\w+", str(one.type)))
            held = {CLASSES[word] for word in words & CLASSES.keys() - LEAVES}
            if "Constraint" in words:
                held |= set(get_args(model.Constraint))
            assert held <= set(INSIDE.get(of, {}).get(one.name, ())), (of, one.name)
            waiting += held - seen
    # Those of kinds are no tables'.
    assert len(seen) > len([one for one in INSIDE if one.__module__ == model.__name__])


def test_what_does_not_change_stays_the_same_value() -> None:
    key = model.ForeignKey(
        columns=("a",), referred_table=Name(None, "u"), referred_columns=("id",)
    )
    table = model.Table(columns={}, constraints={"k": key})
    assert mapped(table, {"referred_table": lambda name: name}) is table
    moved = mapped(table, {"referred_table": lambda name: Name("s", name.name)})
    found = moved.constraints["k"]
    assert isinstance(found, model.ForeignKey)
    assert found.referred_table == Name("s", "u")
    own = model.Table(columns={}, own={"default": {"default": "1", "comment": "x"}})
    assert mapped(own, {"default": lambda _: "2"}).own == {
        "default": {"default": "2", "comment": "x"}
    }
