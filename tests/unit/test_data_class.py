"""Data classes of ours behave as the standard library's do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field
from typing import Any, ClassVar

import pytest
from gen_migration.base import data_class

OURS: Any = data_class.dataclass
THEIRS: Any = dataclasses.dataclass
NAN = float("nan")


def family(dataclass: Any) -> tuple[Any, ...]:
    """Return classes that one of the decorators has made."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Base:
        noun: ClassVar[str] = "thing"
        name: str
        parts: tuple[int, ...] = ()

        @property
        def size(self) -> int:
            return len(self.parts)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Child(Base):
        noun: ClassVar[str] = "child"
        inner: Any = None
        made: dict[str, int] = field(default_factory=dict, compare=False)
        kind: str = field(default="child", init=False)

    @dataclass(frozen=True, slots=True)
    class Plain:
        left: int
        right: Any = None

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @dataclass(frozen=True, slots=True)
    class One:
        value: float

        def __repr__(self) -> str:
            return "one"

    @dataclass(slots=True)
    class Mutable:
        items: list[int] = field(default_factory=list)

    @dataclass(eq=False, slots=True)
    class Itself:
        value: int = 0

    return Base, Child, Plain, Empty, One, Mutable, Itself


def values(dataclass: Any) -> list[Any]:
    base, child, plain, empty, one, mutable, itself = family(dataclass)
    return [
        base(name="a"),
        base(name="a", parts=(1, 2)),
        child(name="a"),
        child(name="a", made={"x": 1}),
        child(name="a", inner=plain(1)),
        plain(1),
        plain(1, right=2),
        plain(left=1, right=2),
        empty(),
        one(NAN),
        one(1.0),
        mutable(),
        mutable([1]),
        itself(),
        itself(),
    ]


def told(found: Any) -> Any:
    """Return what a value and its class say of themselves."""
    kind = type(found)
    try:
        hashed = hash(found) == hash(copy.copy(found))
    except TypeError:
        hashed = None
    shape = [
        (each.name, each.type, each.init, each.kw_only)
        for each in dataclasses.fields(found)
    ]
    parameters = [
        (each.name, each.kind, each.default is each.empty)
        for each in inspect.signature(kind).parameters.values()
        if each.name != "kind"  # ours takes it, too, and a type checker minds
    ]
    shown = repr(found).replace("family.<locals>.", "")
    return shown, hashed, shape, kind.__match_args__, parameters


def test_values_are_told_and_compared_as_the_standard_librarys() -> None:
    ours, theirs = values(OURS), values(THEIRS)
    assert [told(one) for one in theirs] == [told(one) for one in ours]
    assert [[a == b for a in theirs] for b in theirs] == [
        [a == b for a in ours] for b in ours
    ]


def test_a_value_that_is_not_equal_to_itself_is_the_same_one() -> None:
    """As in a tuple, and in the standard library before Python 3.13."""
    *_, one, _, _ = family(OURS)
    assert one(NAN) == one(NAN)
    assert one(NAN) != one(float("nan"))


@pytest.mark.parametrize(
    ("dataclass", "replace"),
    [
        (OURS, data_class.replace),
        (OURS, dataclasses.replace),
        (THEIRS, dataclasses.replace),
    ],
    ids=["ours", "ours, with theirs", "theirs"],
)
def test_what_is_frozen_stays_and_is_copied(dataclass: Any, replace: Any) -> None:
    base, child, plain, *_, mutable, _ = family(dataclass)
    found = child(name="a", inner=plain(1), made={"x": 1})
    with pytest.raises(AttributeError):
        found.name = "b"
    with pytest.raises(AttributeError):
        del found.name
    assert replace(found, name="b") == child(name="b", inner=plain(1))
    assert copy.deepcopy(found) == found == copy.copy(found)
    assert dataclasses.asdict(base(name="a")) == {"name": "a", "parts": ()}
    assert found.size == 0
    assert child.noun == "child"
    assert not hasattr(found, "__dict__")
    changed = mutable()
    changed.items.append(1)
    assert mutable() != changed
    for wrong in (child, lambda: child("a"), lambda: plain(1, 2, 3)):
        with pytest.raises(TypeError, match=r"argument|positional"):
            wrong()


def test_a_class_that_is_matched_by_position() -> None:
    _, _, plain, *_ = family(OURS)
    match plain(1, 2):
        case plain(left, right):
            assert (left, right) == (1, 2)


def test_a_class_that_only_inherits_adds_no_field() -> None:
    base, *_ = family(OURS)

    class Narrow(base):  # type: ignore[misc, valid-type]
        parts: tuple[int]
        other: int

    @OURS(frozen=True, slots=True, kw_only=True)
    class Wide(Narrow):
        name: str = "wide"
        last: int = 0

    assert [one.name for one in dataclasses.fields(Narrow)] == ["name", "parts"]
    assert Narrow(name="a") == Narrow(name="a") != base(name="a")
    assert [one.name for one in dataclasses.fields(Wide)] == ["name", "parts", "last"]
    assert repr(Wide()) == "Wide(name='wide', parts=(), last=0)"


@data_class.dataclass(frozen=True, slots=True)
class Sent:
    """A value that goes to another process."""

    name: str
    parts: tuple[int, ...] = ()


def test_a_value_goes_to_another_process() -> None:
    found = Sent("a", (1,))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own
