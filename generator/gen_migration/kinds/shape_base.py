"""The words that shapes of a spec are made of: types, and keys that many objects have."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, partial
from typing import Annotated, Any, Literal

from gen_migration.kinds.keys import COMMENT, GRANTS, IGNORE, OWNER, Key, Refused
from gen_migration.kinds.python_shapes import (
    PythonOfEnumShape as PythonOfEnumShape,  # noqa: PLC0414 - a key of an enum names it
)
from gen_migration.kinds.shape import Entry, Rule, Shape
from gen_migration.model.access import Granted, Owned
from gen_migration.model.schema import Sequence
from gen_migration.postgres import privileges


def key(
    about: str | None = None, default: Any = ..., word: str | None = None, **rule: Any
) -> Any:
    """Return a key of a shape: what it is for, and its value where it is left out."""
    return Entry(Rule(about, **rule), default, word)


flag = partial(key, default=False)
optional = partial(key, default=None)
mapping = partial(key, default=dict)


def one_of(mistake: str, *ways: tuple[str, ...]) -> Any:
    """Return the check that exactly one of several ways is written, with all of its keys."""

    def contradiction(self: Shape) -> str | None:
        held = vars(self)
        given = [None not in map(held.get, way) for way in ways]
        return None if given.count(True) == 1 else mistake

    return contradiction


def or_file(found: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a text, or of a file of it."""
    path = {
        "type": "string",
        "pattern": r"^[\w./-]+\.sql$",
        "description": "The file's path, below the spec's directory.",
    }
    file = {
        "type": "object",
        "properties": {"file": path},
        "required": ["file"],
        "additionalProperties": False,
    }
    return {"anyOf": [found, file]}


# The name of a variable of the environment.
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
# What is wrong with a secret that is written out, and what to write.
SECRET = (
    "is a secret, which no spec holds",
    "write the variable of the environment that holds it: {env: NAME}",
)
Text = Annotated[str, Rule(least=1)]
SQL = Annotated[str, Rule("A SQL expression.", least=1)]
IN_A_FILE = "SQL, or `{file: sql/name.sql}`, a file below the spec's directory."
Body = Annotated[str, Rule(IN_A_FILE, least=1, json=or_file)]
# A function may do nothing: in SQL, its body is then an empty text.
BodyOrNothing = Annotated[str, Rule(IN_A_FILE, json=or_file)]
Storage = Literal["plain", "external", "extended", "main"]
Compression = Literal["pglz", "lz4"]
Distinct = Annotated[
    Decimal | int, Rule(json=lambda _: {"type": "number", "minimum": -1})
]
Columns = Annotated[list[str], Rule(least=1)]
Scalar = str | int | Decimal | bool
Parameters = Annotated[
    dict[str, Scalar],
    Rule("Storage parameters, such as `fillfactor: 70`."),
]
PostgreSQL = Literal[14, 15, 16, 17, 18]

RenamedFrom = Annotated[
    Text | None,
    Rule(
        "What it was called before; once a revision has renamed it, this does nothing"
        " and can be removed."
    ),
]
Ignore = Annotated[
    dict[str, Text],
    Rule(
        "Findings to leave out: the code of each (`gen-migration explain`) and the"
        " reason, such as `GM201: the table has 40 rows`."
    ),
]
Comment = Annotated[str | None, Rule("`COMMENT ON` this object.")]
Owner = Annotated[
    Text | None,
    Rule(
        "The role that owns this; left out, whoever creates it, and it is not compared."
        " Roles are of the whole server, and are never created."
    ),
]
Grants = Annotated[
    dict[str, Any] | None,
    Rule(
        "Who may do what with this, by the names of roles and `public`: `[select, insert]`, `all`,"
        " `{select: [id, name], with_grant_option: true}`, `[]` for nothing. Roles that are left"
        " out have what PostgreSQL gives by itself; without the key, grants are not compared.",
        json=lambda found: (
            found
            | {
                "anyOf": [
                    {
                        "type": "object",
                        "additionalProperties": {
                            "anyOf": [
                                PRIVILEGES,
                                {"type": "array", "items": PRIVILEGES},
                            ]
                        },
                    },
                    {"type": "null"},
                ],
                "default": None,
            }
        ),
    ),
]
PRIVILEGES: dict[str, Any] = {
    "anyOf": [
        {"enum": ["all", *privileges.OF_RELATIONS, "usage", "create", "execute"]},
        {
            "type": "object",
            "additionalProperties": {
                "anyOf": [
                    {"type": "boolean"},
                    {"type": "array", "items": {"type": "string"}, "minItems": 1},
                ]
            },
        },
    ]
}
Deferrable = Annotated[
    bool, Rule("The check may be put off to the end of the transaction.")
]
InitiallyDeferred = Annotated[
    bool,
    Rule("The check is put off unless asked for; implies `deferrable`."),
]
NotValid = Annotated[
    bool, Rule("Rows that exist already are not checked (`NOT VALID`).")
]
NotEnforced = Annotated[
    bool,
    Rule("PostgreSQL 18: declared, but not checked (`NOT ENFORCED`)."),
]
ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")
Action = Annotated[
    str,
    Rule(
        pattern=r"(?i)^\s*(no\s+action|restrict|cascade|set\s+(null|default)\s*(\(.*\))?)\s*$",
        # For editors, which complete from a list, and whose regular expressions have no (?i).
        json=lambda _: {
            "anyOf": [
                {"enum": list(ACTIONS)},
                {"type": "string", "pattern": r"^[Ss][Ee][Tt]\s+\w+\s*\(.*\)$"},
                {"type": "string", "pattern": "^[A-Za-z]+(\\s+[A-Za-z]+)?$"},
            ]
        },
    ),
]
Duration = Annotated[
    str,
    Rule(
        pattern=r"^(0|[1-9][0-9]{0,8})(ms|s|min|h)$",
        json=lambda found: found | {"examples": ["3s", "500ms"]},
    ),
]
Method = Annotated[
    str,
    Rule(
        "Access method: `btree`, `hash`, `gist`, `spgist`, `gin`, `brin`, …",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
    ),
]


def named(shape: Any, noun: str) -> Any:
    """Return the type of named objects, or a list of objects named by the convention."""
    return Annotated[
        dict[str, shape] | list[shape],
        Rule(f"{noun} by name; a list leaves the names to the naming convention."),
    ]


class AttributeShape(Shape):
    """An attribute of a composite type; in short, its type."""

    short = "type"
    type: Text = key("The type, as of a column.")
    collation: Text | None = optional("The collation, such as `C`.")
    renamed_from: RenamedFrom = optional()
    comment: Comment = optional()


class DomainCheckShape(Shape):
    """A check of a domain; in short, its expression."""

    short = "expression"
    expression: SQL = key("What must not be false, as SQL; the value is `VALUE`.")
    not_valid: NotValid = False
    comment: Comment = optional()


class SecretShape(Shape):
    """A value that nothing writes down: the variable of the environment that holds it."""

    lacking = SECRET
    env: str = key(
        "The variable's name; a revision reads it when it runs.",
        pattern=VARIABLE,
    )

    @classmethod
    def expand(cls, value: Any) -> Any:
        """Leave out what is no name of a variable: no error may say it again."""
        given = value if isinstance(value, dict) else {}
        is_name = re.fullmatch(VARIABLE, str(given.get("env", "")))
        return {key: one for key, one in given.items() if key != "env" or is_name}


class PublishedShape(Shape):
    """What is published of a table; in short, the list of its columns."""

    short = "columns"
    columns: list[Text] = key(
        "PostgreSQL 15: the columns that are sent; left out, all.", list
    )
    where: SQL | None = optional(
        "PostgreSQL 15: only rows for which this is true (the row filter)."
    )


class SequenceOptionsShape(Shape):
    """What a sequence and an identity column have in common."""

    start: int | None = optional("The first value.")
    increment: int | None = optional("The step; negative counts down.")
    min_value: int | None = optional("The smallest value.")
    max_value: int | None = optional("The largest value.")
    cache: int | None = optional("How many values a session takes at once.", least=1)
    cycle: bool = flag("Start again after the last value.")


class ArgumentShape(Shape):
    """An argument of a routine; in short, its type."""

    short = "type"
    type: Text = key("Its type.")
    mode: Literal["in", "out", "inout", "variadic"] = key(
        "Whether it comes in, goes out, or takes all that follow.", "in"
    )
    default: Any = optional(
        "What it is where a call leaves it out: a literal, or `{sql: …}`, as at a column."
    )


class ListedArgumentShape(ArgumentShape):
    """An argument in a list; in short, its type."""

    name: Text | None = optional("Its name, where it has one.")


Arguments = Annotated[
    dict[str, ArgumentShape] | list[ListedArgumentShape],
    Rule(
        "The arguments by name, in their order; a list where some have no name."
        " Left out, they are those of the key, without names."
    ),
]


class ReturnsShape(Shape):
    """What a function returns; in short, a type."""

    short = "type"
    type: Text | None = optional("A type: one value.")
    setof: Text | None = optional("A type: any number of values.")
    table: Annotated[
        dict[str, Text] | None, Rule("Columns by name, with their types: rows.")
    ] = None

    contradiction = one_of(
        'write a type, "setof" or "table"', ("type",), ("setof",), ("table",)
    )


ItemTexts = dict[str, Text | list[Text]]


ForeignOptions = Annotated[
    dict[str, Any],
    Rule(
        "Options by name: texts, numbers, `true` or `false`; a secret, such as `password`, is"
        " `{env: NAME}`, a variable of the environment that a revision reads when it runs.",
        json=lambda found: (
            found
            | {
                "additionalProperties": {
                    "anyOf": [
                        {"type": ["string", "number", "boolean"]},
                        {
                            "type": "object",
                            "properties": {
                                "env": {
                                    "type": "string",
                                    "pattern": VARIABLE,
                                    "description": "The name of the variable.",
                                }
                            },
                            "required": ["env"],
                            "additionalProperties": False,
                        },
                    ]
                }
            }
        ),
    ),
]


class ForeignColumnShape(Shape):
    """A column of a foreign table; in short, its type."""

    short = "type"
    type: Text = key("Its type.")
    nullable: bool = flag("It may be NULL, which PostgreSQL takes for true.")
    default: Any = optional("A literal, or `{sql: …}`, as at a column of a table.")
    generated: SQL | None = optional("The expression of one that is computed and sent.")
    collation: Text | None = optional("The collation, such as `C`.")
    options: ForeignOptions = mapping()
    renamed_from: RenamedFrom = optional()
    comment: Comment = optional()


class ForeignCheckShape(Shape):
    """A check of a foreign table; in short, its expression."""

    short = "expression"
    expression: SQL = key("What is true of all rows there, as SQL.")
    not_valid: NotValid = False


Settings = Annotated[
    dict[str, Any],
    Rule(
        "Settings while it runs, such as `search_path: [app, pg_temp]`: a list for those that"
        " are lists."
    ),
]


class ElementShape(Shape):
    """A column or an expression of an index; in short, SQL such as `created_at desc`."""

    short = "sql"
    sql: Text | None = optional(
        "A column's name, or an element in PostgreSQL's own syntax."
    )
    column: Text | None = optional("A column.")
    expression: SQL | None = optional("An expression, as SQL.")
    collation: Text | None = optional("The collation.")
    opclass: Text | None = optional("The operator class.")
    opclass_parameters: dict[str, Scalar] = mapping("The operator class's parameters.")
    order: Literal["asc", "desc"] = key("The sort order.", "asc")
    nulls: Literal["first", "last"] | None = optional(
        "Where NULLs sort; left out, as if they were largest."
    )

    contradiction = one_of(
        'write either "column" or "expression"', ("sql",), ("column",), ("expression",)
    )


class PlainIndexShape(Shape):
    """An index; in short, the list of its columns."""

    short = "columns"
    columns: list[ElementShape] = key(
        "Columns and expressions: `user_id`, `created_at desc`, `lower(email)`.",
        least=1,
    )
    unique: bool = flag("No two rows with equal values.")
    nulls_not_distinct: bool = flag(
        "PostgreSQL 15: for a unique index, two NULLs are equal; of any other,"
        " PostgreSQL keeps the words alone."
    )
    method: Method = "btree"
    where: SQL | None = optional("Only rows for which this is true.")
    include: list[str] = mapping("Columns that the index carries beside its key.")
    storage_parameters: Parameters = mapping()
    tablespace: Text | None = optional("The tablespace.")
    comment: Comment = None


@cache
def shape_of(
    value: type,
    about: str,
    short: str | None,
    keys: tuple[Key, ...],
    *,
    has_comment: bool,
    refused: tuple[Refused, ...] = (),
) -> type[Shape]:
    """Return the shape of the objects of a kind: its own keys, then those of all objects."""
    base = SequenceOptionsShape if value is Sequence else Shape
    of_access = ((Owned, OWNER), (Granted, GRANTS))
    held = (key for base_, key in of_access if issubclass(value, base_))
    every = (*keys, *held, IGNORE, *((COMMENT,) if has_comment else ()))
    body: dict[str, Any] = {"__doc__": about, "__module__": __name__, "short": short}
    body["refused"] = refused
    body["__annotations__"] = {one.name: one.type for one in every}
    body |= {one.name: key(one.about, one.default) for one in every}
    return type(f"{value.__name__}Shape", (base,), body)
