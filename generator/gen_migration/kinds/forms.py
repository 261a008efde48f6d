"""Forms: what may stand behind a key of a spec.

A form reads a value as YAML has it, and converts nothing; it finds every mistake. For editors it is
a JSON Schema. Pydantic does both; importing it, and building its validators, takes as long as all
else that a short run does.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from gen_migration.base.data_class import dataclass

Path = tuple["str | int", ...]
# JSON Schemas by the names of shapes.
Definitions = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What a type does not say of a value: bounds of a number or of a length, a pattern.

    `about` is what it is for, and `schema` its JSON Schema where that is not the type's.
    """

    about: str | None = None
    least: int | None = None
    most: int | None = None
    pattern: str | None = None
    schema: dict[str, Any] | None = None

    def under(self, outer: Rule) -> Rule:
        """Return the rule of a type where what names the type has a rule too."""
        names = (one.name for one in fields(self))
        said = ((name, getattr(outer, name)) for name in names)
        return replace(self, **{name: one for name, one in said if one is not None})


class Mistake(NamedTuple):
    """What is wrong with a value, and where that is, as if the spec had no short forms."""

    kind: str
    path: Path
    value: Any
    form: Any
    message: str = ""


class Form:
    """What a value may be; anything, where nothing more is known. `noun` is it in an error."""

    noun = "anything"

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        """Return what a value says, and add what is wrong with it to `found`."""
        return value

    def refuse(self, value: Any, path: Path, found: list[Mistake]) -> None:
        """Add that a value is of another kind."""
        found.append(Mistake("kind", path, value, self))

    def schema(self, named: Definitions) -> dict[str, Any]:
        """Return its JSON Schema; those of shapes go to `named`."""
        about, schema = self.rule.about, self.rule.schema
        found = self.bare(named) if schema is None else schema
        return found if about is None else found | {"description": about}

    def bare(self, named: Definitions) -> dict[str, Any]:
        """Return its JSON Schema but for what its rule says."""
        return {}


class Plain(Form):
    """A text, a whole number, a truth value, or whichever of several."""

    NOUNS: ClassVar = {str: "text", int: "a whole number", bool: "true or false"}
    NAMES: ClassVar = {
        str: "string",
        int: "integer",
        Decimal: "number",
        bool: "boolean",
    }

    def __init__(self, rule: Rule, *types: type) -> None:
        super().__init__(rule)
        self.types = types
        self.noun = self.NOUNS[types[0]]
        self.pattern = None if rule.pattern is None else re.compile(rule.pattern)

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        if type(value) not in self.types:
            self.refuse(value, path, found)
        elif type(value) is str:
            if self.rule.least is not None and len(value) < self.rule.least:
                found.append(Mistake("empty", path, value, self))
            elif self.pattern is not None and not self.pattern.fullmatch(value):
                found.append(Mistake("pattern", path, value, self))
        else:
            self.bounded(value, path, found)
        return value

    def bounded(self, value: Any, path: Path, found: list[Mistake]) -> None:
        """Add that a number is out of its bounds."""
        least, most, words = self.rule.least, self.rule.most, ""
        if least is not None and value < least:
            words = f"input should be greater than or equal to {least}"
        elif most is not None and value > most:
            words = f"input should be less than or equal to {most}"
        if words:
            found.append(Mistake("bounds", path, value, self, words))

    def bare(self, named: Definitions) -> dict[str, Any]:
        if self.types[1:]:
            return {"anyOf": [{"type": self.NAMES[one]} for one in self.types]}
        (of,) = self.types
        least, most = (
            ("minLength", "maxLength") if of is str else ("minimum", "maximum")
        )
        rule = self.rule
        said = {least: rule.least, most: rule.most, "pattern": rule.pattern}
        found = {key: value for key, value in said.items() if value is not None}
        return {"type": self.NAMES[of], **found}


class Choice(Form):
    """One of several words, or of several numbers."""

    def __init__(self, rule: Rule, *words: str | int) -> None:
        super().__init__(rule)
        self.words = words

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        if type(value) is not type(self.words[0]) or value not in self.words:
            found.append(Mistake("choice", path, value, self))
        return value

    def bare(self, named: Definitions) -> dict[str, Any]:
        first, *more = self.words
        which = {"enum": [*self.words]} if more else {"const": first}
        return {"type": Plain.NAMES[type(first)], **which}


class Listed(Form):
    """A list."""

    noun = "a list"

    def __init__(self, rule: Rule, each: Form) -> None:
        super().__init__(rule)
        self.each = each

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        if type(value) is not list:
            return self.refuse(value, path, found)
        if len(value) < (self.rule.least or 0):
            found.append(Mistake("empty", path, value, self))
        read = self.each.read
        return [read(one, (*path, index), found) for index, one in enumerate(value)]

    def bare(self, named: Definitions) -> dict[str, Any]:
        found = {"type": "array", "items": self.each.schema(named)}
        return found | ({"minItems": self.rule.least} if self.rule.least else {})


class Mapped(Form):
    """A mapping from names."""

    noun = "a mapping"

    def __init__(self, rule: Rule, each: Form) -> None:
        super().__init__(rule)
        self.each = each

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        if type(value) is not dict:
            return self.refuse(value, path, found)
        read = self.each.read
        return {name: read(one, (*path, name), found) for name, one in value.items()}

    def bare(self, named: Definitions) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.each.schema(named)}


class Either(Form):
    """A mapping or a list."""

    noun = "a mapping or a list"

    def __init__(self, rule: Rule, mapped: Form, listed: Form) -> None:
        super().__init__(rule)
        self.ways: dict[type, Form] = {dict: mapped, list: listed}

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        way = self.ways.get(type(value))
        if way is None:
            return self.refuse(value, path, found)
        return way.read(value, path, found)

    def bare(self, named: Definitions) -> dict[str, Any]:
        return {"oneOf": [one.schema(named) for one in self.ways.values()]}


class Maybe(Form):
    """A value, or nothing."""

    def __init__(self, rule: Rule, of: Form) -> None:
        super().__init__(rule)
        self.of = of

    def read(self, value: Any, path: Path, found: list[Mistake]) -> Any:
        return None if value is None else self.of.read(value, path, found)

    def bare(self, named: Definitions) -> dict[str, Any]:
        found = self.of.schema(named)
        return {"anyOf": [*found.get("anyOf", [found]), {"type": "null"}]}
