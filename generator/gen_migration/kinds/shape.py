"""Shapes: the keys of a mapping in a spec, said by the annotations of a class.

pydantic-core reads a document by them, as it does by Pydantic's models, and Pydantic makes a JSON
Schema of them. Of annotations, they are made here: a spec needs few types, and what Pydantic needs
to know all of them takes 0.2 s of each run.
"""

from __future__ import annotations

import inspect
import types
import typing
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from pydantic_core import core_schema as core

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pydantic_core import CoreSchema

    from gen_migration.kinds.keys import Refused

# Marks of the members of a union in the locations of errors; no key of a spec holds NUL.
LIST, MAPPING, TEXT = "\0list", "\0mapping", "\0text"
# What Pydantic calls what a JSON Schema has beside that of a type.
UPDATES, FUNCTIONS = "pydantic_js_updates", "pydantic_js_functions"


class Rule(NamedTuple):
    """What a type does not say of a value: bounds of a number or of a length, a pattern.

    `about` is what it is for; `json` makes its JSON Schema of the type's.
    """

    about: str | None = None
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    json: Callable[[dict[str, Any]], dict[str, Any]] | None = None

    @property
    def metadata(self) -> dict[str, Any]:
        """What Pydantic is told for the JSON Schema."""
        found: dict[str, Any] = {}
        if self.about is not None:
            found[UPDATES] = {"description": self.about}
        if (changed := self.json) is not None:
            found[FUNCTIONS] = [lambda schema, handler: changed(handler(schema))]
        return found


class Entry(NamedTuple):
    """What a shape says of a key beside its type.

    `default` is what it is where it is left out: `...` a mistake, `dict` or `list` an empty one
    that nobody fills, a shape what that says of nothing. `word` is what the spec calls it, where
    Python cannot.
    """

    rule: Rule = Rule()
    default: Any = ...
    word: str | None = None


class Later:
    """A type that is made once it is needed, for a key that few documents have."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


class Known(NamedTuple):
    """A key of a shape, with the name of its attribute."""

    name: str
    said: Any
    entry: Entry

    @property
    def annotation(self) -> Any:
        """The type of what stands behind it."""
        return self.said.make() if isinstance(self.said, Later) else self.said

    @property
    def about(self) -> str | None:
        """What it is for."""
        inner = getattr(self.annotation, "__metadata__", (Rule(),))[0]
        return self.entry.rule.about or inner.about


class Shape:
    """What a mapping of a spec says; each annotation of a class is a key.

    A value that is no mapping stands for the key `short`; nothing is an empty mapping. What a key
    is where it is left out is an attribute of the class, so that no instance needs to hold it.
    """

    __slots__ = (
        "__dict__",
        "__pydantic_extra__",
        "__pydantic_fields_set__",
        "__pydantic_private__",
    )

    short: ClassVar[str | None] = None
    # What is wrong with a value that lacks a key, behind the name of its own; and what to write.
    lacking: ClassVar[tuple[str, str] | None] = None
    # Keys that others have and this cannot: why, and what to do instead.
    refused: ClassVar[tuple[Refused, ...]] = ()
    # What Pydantic asks a class for.
    model_config: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    entries: ClassVar[dict[str, Entry]] = {}

    def __init_subclass__(cls) -> None:
        """Take the entries of the keys, and leave their defaults in the place."""
        cls.entries = {}
        for name in vars(cls).get("__annotations__", ()):
            entry = vars(cls).get(name, ...)
            if not isinstance(entry, Entry):
                entry = Entry(default=entry)
            cls.entries[name] = entry
            default = entry.default
            if default is not ...:
                setattr(cls, name, default() if callable(default) else default)
            elif name in vars(cls):
                delattr(cls, name)

    @classmethod
    @cache
    def by_word(cls) -> dict[str, Known]:
        """Return the keys by their words in a spec, those of the base first."""
        above = cls.__base__
        if above is None or not issubclass(above, Shape):
            return {}
        result = {**above.by_word()}
        for name, annotation in inspect.get_annotations(cls, eval_str=True).items():
            entry = cls.entries[name]
            result[entry.word or name] = Known(name, annotation, entry)
        return result

    def held(self, word: str) -> Any:
        """Return what stands behind a key of a `Later` type; nothing, where it was left out."""
        return vars(self).get(word, {})

    def __init__(self) -> None:
        """Say nothing."""
        self.__pydantic_fields_set__: set[str] = set()

    # The names of the keys that were written.
    written: ClassVar[property] = property(attrgetter("__pydantic_fields_set__"))

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Write a short form out."""
        if isinstance(value, dict):
            return value
        if value is None:
            return {}
        return value if cls.short is None else {cls.short: value}

    def contradiction(self) -> str | None:
        """Return what to write, where the keys do not go together."""
        return None


def form(value: object) -> str | None:
    """Return which form of a union a value takes."""
    if isinstance(value, dict):
        return MAPPING
    return LIST if isinstance(value, list) else TEXT if isinstance(value, str) else None


class Words(NamedTuple):
    """The keys that there are in documents: of `Later` types, and of all others."""

    late: Collection[str]
    written: Collection[str]


class Made(dict[str, "CoreSchema"]):
    """The schemas of shapes by their names, with the keys that are known; None: with all."""

    words: Words | None = None

    def knows(self, shape: type[Shape], word: str, known: Known) -> bool:
        """Tell whether a key of a shape is known: one that may be written, or has no default."""
        if self.words is None:
            return True
        if isinstance(known.said, Later):
            return word in self.words.late
        is_needed = known.entry.default is ... or word == shape.short
        return is_needed or word in self.words.written


def schema_of(shape: type[Shape], words: Words | None = None) -> CoreSchema:
    """Return the schema of a shape, with those that it holds.

    It is one for documents that have no other keys than those, or for all. What is not there takes
    no time: each column has one key or two of thirty.
    """
    made = Made()
    made.words = words
    whole = of_shape(shape, made)
    return core.definitions_schema(whole, [*made.values()])


def of_shape(shape: type[Shape], made: Made) -> CoreSchema:
    """Return a reference to the schema of a shape, which is added to `made`."""
    name = shape.__name__
    if name not in made:
        made[name] = core.any_schema()  # it may hold itself
        fields = {
            known.name: core.model_field(
                schema=of_key(known, made),
                validation_alias=word,
                metadata=known.entry.rule.metadata,
            )
            for word, known in shape.by_word().items()
            if made.knows(shape, word, known)
        }
        body = core.model_fields_schema(fields, model_name=name)
        expanded = core.no_info_before_validator_function(shape.expand, body)
        config = core.CoreConfig(strict=True, extra_fields_behavior="forbid")
        model: dict[str, Any] = {**core.model_schema(shape, expanded, config=config)}
        if shape.contradiction is not Shape.contradiction:
            model = {**core.no_info_after_validator_function(consistent, model)}
        made[name] = model | {"ref": name}
    return core.definition_reference_schema(name)


def consistent(value: Shape) -> Shape:
    """Return a value. Raises ValueError where its keys do not go together."""
    if (mistake := value.contradiction()) is not None:
        raise ValueError(mistake)
    return value


def of_key(known: Known, made: Made) -> CoreSchema:
    """Return the schema of what stands behind a key."""
    default: Any = known.entry.default
    schema = of_type(known.annotation, known.entry.rule._replace(about=None), made)
    if default is ...:
        return schema
    if default in {dict, list}:
        return core.with_default_schema(schema, default_factory=default)
    if not (isinstance(default, type) and issubclass(default, Shape)):
        return core.with_default_schema(schema, default=default)
    written_out = {
        word: one.entry.default
        for word, one in default.by_word().items()
        if made.knows(default, word, one)
    }
    return core.with_default_schema(schema, default=written_out, validate_default=True)


def of_type(annotation: Any, rule: Rule, made: Made) -> CoreSchema:
    """Return the schema of a type, with a rule; one of its own goes before."""
    of, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    said: dict[str, Any] = {"metadata": rule.metadata}
    if of is typing.Annotated:
        return of_type(arguments[0], arguments[1], made)
    if of is typing.Literal:
        return core.literal_schema([*arguments], **said)
    if of is list:
        each = of_type(arguments[0], Rule(), made)
        return core.list_schema(each, min_length=rule.least, **said)
    if of is dict:
        each = of_type(arguments[1], Rule(), made)
        return core.dict_schema(core.str_schema(), each, **said)
    if of in {typing.Union, types.UnionType}:
        return of_union(arguments, rule, made)
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return of_shape(annotation, made)
    if annotation is int:
        said |= {"ge": rule.least, "le": rule.most}
    elif annotation is str:
        said |= {"min_length": rule.least, "pattern": rule.pattern}
    return SCALARS[annotation](**said)


SCALARS: dict[Any, Callable[..., CoreSchema]] = {
    Any: core.any_schema,
    str: core.str_schema,
    int: core.int_schema,
    bool: core.bool_schema,
    Decimal: core.decimal_schema,
}


def is_text(annotation: Any) -> bool:
    """Tell whether a type, or the first of a union's, is that of a text."""
    if typing.get_origin(annotation) in {
        typing.Annotated,
        typing.Union,
        types.UnionType,
    }:
        return is_text(typing.get_args(annotation)[0])
    return annotation is str


def of_union(types: tuple[Any, ...], rule: Rule, made: Made) -> CoreSchema:
    """Return the schema of a value or nothing, of a mapping or a list, or of several scalars.

    It may be a text or a list of texts as well.
    """
    said: dict[str, Any] = {"metadata": rule.metadata}
    *some, last = types
    if last is type(None):
        bare = rule._replace(about=None, json=None)
        return core.nullable_schema(of_type(typing.Union[*some], bare, made), **said)
    if typing.get_origin(last) is list:
        mark = TEXT if is_text(types[0]) else MAPPING
        marked = {mark: of_type(types[0], Rule(), made)}
        marked[LIST] = of_type(last, Rule(), made)
        return core.tagged_union_schema(marked, form, **said)
    return core.union_schema([of_type(one, Rule(), made) for one in types], **said)
