"""Data classes that cost little until one of them is used.

The standard library compiles six functions for each class when it is defined, 1 ms in all; a run
imports two hundred classes, and makes values of some thirty. Here a class gets its methods from
what they have in common, and its `__init__` is compiled when the first value is made. `fields`,
`replace` and the like are the standard library's, and so is what a type checker sees.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def declared(*, slots: bool, **options: bool) -> Callable[[type], type]:
    """Return what makes a data class with slots; the options are those of the standard library.

    They are `frozen`, `eq` and `kw_only`.
    """
    assert slots  # noqa: S101 - see `constructor`
    frozen, eq = options.pop("frozen", False), options.pop("eq", True)
    bare = dataclasses.dataclass(
        init=False, repr=False, eq=False, slots=True, **options
    )
    return lambda found: completed(bare(found), frozen=frozen, eq=eq)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - it is exported
else:
    dataclass = declared


def completed(found: Any, *, frozen: bool, eq: bool) -> Any:
    """Give a class with slots the methods of a data class; those of its own stay."""
    own = vars(found)
    fields = dataclasses.fields(found)
    methods: dict[str, Any] = {
        "__init__": Constructor(found),
        "__repr__": representation,
    }
    if eq:
        values = getter(one.name for one in fields if one.compare)
        methods["__eq__"] = equality(values)
        methods["__hash__"] = hashing(values) if frozen else None
    if frozen:
        methods |= {"__setattr__": refuse_set, "__delattr__": refuse_delete}
        methods |= {"__getstate__": state, "__setstate__": restore}
    for name, method in methods.items():
        if own.get(name) is None:
            setattr(found, name, method)
    return found


class Constructor:
    """The `__init__` of a class, compiled when it is first looked up."""

    def __init__(self, of: type) -> None:
        self.of = of

    def __get__(self, instance: object, owner: type) -> Any:
        function = constructor(self.of)
        self.of.__init__ = function  # type: ignore[misc]
        return function if instance is None else function.__get__(instance, owner)


def constructor(of: Any) -> Any:
    """Return the `__init__` of a class; it sets the slots themselves, which takes half the time."""
    names: dict[str, Any] = {"MISSING": dataclasses.MISSING}
    parameters: dict[bool, list[str]] = {False: ["self"], True: ["*"]}
    body = []
    for number, one in enumerate(dataclasses.fields(of)):
        value = one.name
        made = one.default_factory is not dataclasses.MISSING
        names[f"set_{number}"] = getattr(of, one.name).__set__
        names[f"default_{number}"] = one.default_factory if made else one.default
        if made:
            value = f"default_{number}()"
            if one.init:
                value += f" if {one.name} is MISSING else {one.name}"
        if one.init:
            parameter = one.name
            if made:
                parameter += "=MISSING"
            elif one.default is not dataclasses.MISSING:
                parameter += f"=default_{number}"
            parameters[bool(one.kw_only)].append(parameter)
        elif not made and one.default is dataclasses.MISSING:
            continue
        elif not made:
            value = f"default_{number}"
        body.append(f"set_{number}(self, {value})")
    if hasattr(of, "__post_init__"):
        body.append("self.__post_init__()")
    listed = parameters[False] + (parameters[True] if parameters[True][1:] else [])
    text = f"def __init__({', '.join(listed)}):\n " + "\n ".join(body or ["pass"])
    exec(text, names)  # noqa: S102 - of names of fields
    result = names["__init__"]
    result.__qualname__ = f"{of.__qualname__}.__init__"
    return result


def getter(names: Iterable[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets the values of fields as a tuple."""
    listed = tuple(names)
    if not listed:
        return lambda _: ()
    found = attrgetter(*listed)
    return found if listed[1:] else lambda value: (found(value),)


def equality(values: Callable[[Any], tuple[Any, ...]]) -> Any:
    """Return the method that tells whether two values of one class are equal."""

    def equal(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    return equal


def hashing(values: Callable[[Any], tuple[Any, ...]]) -> Any:
    return lambda self: hash(values(self))


@recursive_repr()
def representation(self: Any) -> str:
    shown = (
        f"{one.name}={getattr(self, one.name)!r}"
        for one in dataclasses.fields(self)
        if one.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def refuse_set(self: Any, name: str, value: Any) -> None:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def refuse_delete(self: Any, name: str) -> None:  # noqa: ARG001
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in dataclasses.fields(self)]


def restore(self: Any, values: list[Any]) -> None:
    for one, value in zip(dataclasses.fields(self), values, strict=True):
        object.__setattr__(self, one.name, value)
