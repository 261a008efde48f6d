"""Shapes: the keys of a mapping in a spec, said by the annotations of a class."""

from __future__ import annotations

import types
import typing
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

from gen_migration.kinds.forms import (
    Choice,
    Definitions,
    Either,
    Form,
    Listed,
    Mapped,
    Maybe,
    Mistake,
    Path,
    Plain,
    Rule,
)

NO_RULE = Rule()


class Entry:
    """What a shape says of a key beside its type: a rule, what it is where it is left out.

    `...` says that it must be there; `dict` or `list`, that it is an empty one. `word` is what the
    spec calls it, where that can be no name of Python's.
    """

    def __init__(self, rule: Rule, default: Any, word: str | None = None) -> None:
        self.rule = rule
        self.default = default
        self.word = word

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:
            return self
        return self.default() if self.default in {dict, list} else self.default


class Known(NamedTuple):
    """A key of a shape: the name of its attribute, its form, what it is where it is left out."""

    name: str
    form: Form
    default: Any


class Shape:
    """What a mapping of a spec says; each annotation of a class is a key.

    A value that is no mapping stands for the key `short`; nothing is an empty mapping. An instance
    has the keys that were written, and its class what the others are.
    """

    short: ClassVar[str | None] = None
    words: ClassVar[dict[str, Known]]
    required: ClassVar[list[str]]

    @classmethod
    def by_word(cls) -> dict[str, Known]:
        """Return the keys by their words in a spec."""
        if "words" not in vars(cls):
            cls.words = words_of(cls)
            keys = cls.words.items()
            cls.required = [word for word, key in keys if key.default is ...]
        return cls.words

    def contradiction(self) -> str | None:
        """Return what to write, where the keys do not go together."""
        return None


def words_of(shape: type[Shape]) -> dict[str, Known]:
    """Return the keys of a shape by their words in a spec, made of its annotations."""
    result = {}
    for name, annotation in typing.get_type_hints(shape, include_extras=True).items():
        if name in Shape.__annotations__:
            continue
        entry = getattr(shape, name, ...)
        if not isinstance(entry, Entry):
            entry = Entry(NO_RULE, entry)
        form = form_of(annotation, entry.rule)
        result[entry.word or name] = Known(name, form, entry.default)
    return result


def form_of(annotation: Any, rule: Rule = NO_RULE) -> Form:
    """Return the form of a type; `rule` goes before a rule that the type has itself."""
    of, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if of is typing.Annotated:
        return form_of(arguments[0], arguments[1].under(rule))
    if of is typing.Literal:
        return Choice(rule, *arguments)
    if of is list:
        return Listed(rule, form_of(arguments[0]))
    if of is dict:
        return Mapped(rule, form_of(arguments[1]))
    if of in {typing.Union, types.UnionType}:
        if arguments[-1] is types.NoneType:
            of = typing.Union[arguments[:-1]]  # noqa: UP007
            return Maybe(Rule(rule.about), form_of(of, replace(rule, about=None)))
        if typing.get_origin(arguments[0]) is dict:
            return Either(rule, *map(form_of, arguments))
        return Plain(rule, *arguments)
    if annotation is Any:
        return Form(rule)
    if issubclass(annotation, Shape):
        return Shaped(rule, annotation)
    return Plain(rule, annotation)


class Shaped(Form):
    """What a shape says."""

    noun = "a mapping"

    def __init__(self, rule: Rule, shape: type[Shape]) -> None:
        super().__init__(rule)
        self.shape = shape

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        if type(value) is not dict:
            if value is not None and self.shape.short is None:
                return self.refuse(value, path, found)
            value = {} if value is None else {self.shape.short: value}
        keys, before = self.shape.by_word(), len(found)
        absent = [word for word in self.shape.required if word not in value]
        found += [Mistake("missing", (*path, word), value, self) for word in absent]
        made = self.shape()
        said = vars(made)
        for word, item in value.items():
            if (known := keys.get(word)) is None:
                found.append(Mistake("unknown", (*path, word), item, self))
            else:
                said[known.name] = known.form.read(item, (*path, word), found)
        if len(found) == before and (words := made.contradiction()) is not None:
            found.append(Mistake("contradiction", path, value, self, words))
        return made

    def bare(self, named: Definitions) -> dict[str, Any]:
        name = self.shape.__name__
        if name not in named:
            named[name] = {}  # it may hold itself
            named[name] = self.with_short_forms(named)
        return {"$ref": f"#/$defs/{name}"}

    def with_short_forms(self, named: Definitions) -> dict[str, Any]:
        """Return the JSON Schema of all that stands for the shape."""
        long = self.long(named)
        forms = [long]
        if self.shape.short is not None:
            forms.insert(0, long["properties"][self.shape.short])
        if "required" not in long:
            forms.append({"type": "null", "description": "Nothing to add."})
        about = long["description"]
        return {"description": about, "anyOf": forms} if forms[1:] else long

    def long(self, named: Definitions) -> dict[str, Any]:
        """Return the JSON Schema of the mapping."""
        keys = self.shape.by_word()
        required = self.shape.required
        return {
            "title": self.shape.__name__,
            "description": " ".join((self.shape.__doc__ or "").split()),
            "type": "object",
            "properties": {
                word: property_of(word, key, named) for word, key in keys.items()
            },
            "additionalProperties": False,
        } | ({"required": required} if required else {})


def property_of(word: str, key: Known, named: Definitions) -> dict[str, Any]:
    """Return the JSON Schema of what stands behind a key."""
    found = key.form.schema(named)
    bare = key.form.of if isinstance(key.form, Maybe) else key.form
    if not isinstance(bare, Shaped):
        found |= {"title": word.replace("_", " ").title()}
    if key.default in (..., dict, list):
        return found
    default = key.default
    if isinstance(default, Shape):
        default = {word: one.default for word, one in default.by_word().items()}
    return found | {"default": default}
