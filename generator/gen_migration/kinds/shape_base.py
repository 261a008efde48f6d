"""What all shapes of a spec share: no unknown keys, no conversions, short forms."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema  # noqa: TC002 - Pydantic evaluates annotations

from gen_migration.kinds.keys import COMMENT, IGNORE, Key

# Marks of the members of a union in Pydantic's error locations; no key of a spec holds NUL.
LIST, MAPPING, TEXT = "\0list", "\0mapping", "\0text"


def form(value: object) -> str | None:
    """Return which form of a union a value takes."""
    if isinstance(value, dict):
        return MAPPING
    return LIST if isinstance(value, list) else TEXT if isinstance(value, str) else None


def key(description: str, default: Any = ..., **about: Any) -> Any:
    """Return a key of a shape: what it is for, and its value where it is left out."""
    if "default_factory" not in about:
        about["default"] = default
    return Field(description=description, **about)


flag = partial(key, default=False)
optional = partial(key, default=None)
mapping = partial(key, default_factory=dict)


def one_of(mistake: str, *ways: tuple[str, ...]) -> Any:
    """Return the check that exactly one of several ways is written, with all of its keys."""

    def one(self: Shape) -> Shape:
        given = [all(getattr(self, key) is not None for key in way) for way in ways]
        if given.count(True) != 1:
            raise ValueError(mistake)
        return self

    return model_validator(mode="after")(one)


class Shape(BaseModel):
    """Unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, defer_build=True
    )

    # The field that a value which is no mapping stands for, or None where there is none.
    short: ClassVar[str | None] = None

    @model_validator(mode="before")
    @classmethod
    def expand(cls, value: Any) -> Any:
        """Write a short form out; nothing at all is an empty mapping."""
        if isinstance(value, dict):
            return value
        if value is None:
            return {}
        return value if cls.short is None else {cls.short: value}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> Any:
        long = handler(core)
        resolved = handler.resolve_ref_schema(long)
        forms = [resolved.copy()]
        if cls.short is not None:
            forms.insert(0, resolved["properties"][cls.short])
        if not resolved.get("required"):
            forms.append({"type": "null", "description": "Nothing to add."})
        if forms[1:]:
            description = resolved.get("description", "")
            resolved.clear()
            resolved.update({"description": description, "anyOf": forms})
        return long


Text = Annotated[str, Field(min_length=1)]
SQL = Annotated[str, Field(min_length=1, description="A SQL expression.")]
Storage = Literal["plain", "external", "extended", "main"]
Compression = Literal["pglz", "lz4"]
Columns = Annotated[list[str], Field(min_length=1)]
Scalar = str | int | Decimal | bool
Parameters = Annotated[
    dict[str, Scalar],
    Field(description="Storage parameters, such as `fillfactor: 70`."),
]
PostgreSQL = Literal[14, 15, 16, 17, 18]

RenamedFrom = Annotated[
    Text | None,
    Field(
        description="What it was called before; once a revision has renamed it, this does nothing"
        " and can be removed."
    ),
]
Ignore = Annotated[
    dict[str, Text],
    Field(
        description="Findings to leave out: the code of each (`gen-migration explain`) and the"
        " reason, such as `GM201: the table has 40 rows`."
    ),
]
Comment = Annotated[str | None, Field(description="`COMMENT ON` this object.")]
Deferrable = Annotated[
    bool, Field(description="The check may be put off to the end of the transaction.")
]
InitiallyDeferred = Annotated[
    bool,
    Field(description="The check is put off unless asked for; implies `deferrable`."),
]
NotValid = Annotated[
    bool, Field(description="Rows that exist already are not checked (`NOT VALID`).")
]
NotEnforced = Annotated[
    bool,
    Field(description="PostgreSQL 18: declared, but not checked (`NOT ENFORCED`)."),
]
ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")
Action = Annotated[
    str,
    Field(
        pattern=r"(?i)^\s*(no\s+action|restrict|cascade|set\s+(null|default)\s*(\(.*\))?)\s*$"
    ),
    # For editors, which complete from a list, and whose regular expressions have no (?i).
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(ACTIONS)},
                {"type": "string", "pattern": r"^[Ss][Ee][Tt]\s+\w+\s*\(.*\)$"},
                {"type": "string", "pattern": "^[A-Za-z]+(\\s+[A-Za-z]+)?$"},
            ]
        }
    ),
]
Duration = Annotated[
    str, Field(pattern=r"^(0|[1-9][0-9]{0,8})(ms|s|min|h)$", examples=["3s", "500ms"])
]
Method = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Access method: `btree`, `hash`, `gist`, `spgist`, `gin`, `brin`, …",
    ),
]


def named(shape: Any, noun: str) -> Any:
    """Return the type of named objects, or a list of objects named by the convention."""
    return Annotated[
        Annotated[dict[str, shape], Tag(MAPPING)] | Annotated[list[shape], Tag(LIST)],
        Discriminator(form),
        Field(
            description=f"{noun} by name; a list leaves the names to the naming convention."
        ),
    ]


class SequenceOptionsShape(Shape):
    """What a sequence and an identity column have in common."""

    start: int | None = optional("The first value.")
    increment: int | None = optional("The step; negative counts down.")
    min_value: int | None = optional("The smallest value.")
    max_value: int | None = optional("The largest value.")
    cache: int | None = optional("How many values a session takes at once.", ge=1)
    cycle: bool = flag("Start again after the last value.")


@cache
def shape_of(
    value: type, about: str, short: str | None, keys: tuple[Key, ...]
) -> type[Shape]:
    """Return the shape of the objects of a kind: its own keys, then those of all objects."""
    fields: dict[str, Any] = {}
    for one in (*keys, IGNORE, COMMENT):
        said: dict[str, Any] = {"description": one.about} if one.about else {}
        said |= {"alias": one.name} if one.attribute != one.name else {}
        left_out = "default_factory" if one.default is dict else "default"
        fields[one.attribute] = (one.type, Field(**said, **{left_out: one.default}))
    found: type[Shape] = create_model(
        f"{value.__name__}Shape",
        __base__=SequenceOptionsShape if hasattr(value, "options") else Shape,
        __module__=__name__,
        __doc__=about,
        **fields,
    )
    found.short = short
    return found
