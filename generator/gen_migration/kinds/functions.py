"""Functions: `CREATE FUNCTION`. What procedures share with them is in `routines`."""

from __future__ import annotations

from typing import Any

from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.routine_values import Function
from gen_migration.kinds.routines import Routines
from gen_migration.postgres import privileges
from gen_migration.postgres.bodies import is_standard
from gen_migration.postgres.names import Name

ARGUMENTS = Key("arguments", "Arguments", default=dict)
LANGUAGE = Key(
    "language", "Text", "`sql`, `plpgsql`, or another one that is there.", ...
)
BODY = Key(
    "body",
    "BodyOrNothing",
    "The body: a text in the language, or of SQL `RETURN …` or `BEGIN ATOMIC … END`; of C, the name"
    " of the symbol. `{file: sql/name.sql}` is a file of it.",
    ...,
)
LIBRARY = Key("library", "Text | None", "The file of one that is written in C.")
DEFINER = Key(
    "security_definer", "bool", "It runs with the rights of its owner.", False
)
TRANSFORMS = Key(
    "transforms",
    "list[Text]",
    "Types that go to the language and back by its transforms: `[app.mood]`.",
    list,
)
SET = Key("set", "Settings", default=dict)


class Functions(Routines):
    """Functions in any language."""

    word = "function"
    key = "functions"
    about = "Functions by signature: `touch(integer, text)`."
    about_one = "A function."
    keys = (
        ARGUMENTS,
        Key(
            "returns",
            "ReturnsShape | None",
            "A type, `{setof: TYPE}`, or `{table: {NAME: TYPE}}`; left out where arguments go out.",
        ),
        LANGUAGE,
        BODY,
        LIBRARY,
        Key(
            "stable",
            "bool",
            "It writes nothing, and is the same within a statement.",
            False,
        ),
        Key("immutable", "bool", "It depends on its arguments alone.", False),
        Key("strict", "bool", "It is NULL where an argument is.", False),
        Key(
            "leakproof",
            "bool",
            "It tells nothing of its arguments but by its value.",
            False,
        ),
        DEFINER,
        Key(
            "parallel",
            'Literal["unsafe", "restricted", "safe"]',
            "Whether workers of a query may run it.",
            "unsafe",
        ),
        Key(
            "cost", "int | Decimal | None", "What a call costs, in `cpu_operator_cost`."
        ),
        Key("rows", "int | Decimal | None", "How many rows it returns, about."),
        Key("support", "Text | None", "The planner's support function."),
        Key("window", "bool", "It is a window function, in C.", False),
        TRANSFORMS,
        SET,
        RENAMED_FROM,
    )
    value = Function
    called = "FUNCTION"
    granting = privileges.FUNCTION

    def rows_of(self, value: Any) -> Name | None:
        of = value.returns
        is_checked = is_standard(value.language, value.body)
        if of is None or of.kind == "builtin" or of.array or not is_checked:
            return None
        return Name(of.schema, of.name)
