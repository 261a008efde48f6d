"""What a spec may say of its models in Python: names, and what is the user's own.

Nothing of it changes the schema. What is the user's is named by its module and its name there.
"""

from __future__ import annotations

from typing import Annotated

from gen_migration.kinds.shape import Entry, Rule, Shape

Identifier = Annotated[str, Rule(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Import = Annotated[
    str,
    Rule(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$",
        json=lambda found: {**found, "examples": ["app.models:Name"]},
    ),
]
NameOrImport = Annotated[
    str,
    Rule(
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:)?[A-Za-z][A-Za-z0-9_]*$"
    ),
]
RELATIONSHIP = Rule("What the relationship to the table it refers to is called.")
BACK = Rule("What the relationship from there to here is called.")


class PythonOfSpecShape(Shape):
    """The models of the spec; in short, their base."""

    short = "base"
    base: Import | None = Entry(
        Rule("The base of all classes: `app.db:Base`; left out, the models have one."),
        None,
    )  # type: ignore[assignment]


class PythonOfTableShape(Shape):
    """The class of a table; in short, its name."""

    short = "class"
    class_: Identifier | None = Entry(Rule("Its name."), None, "class")  # type: ignore[assignment]
    mixins: list[Import] = Entry(  # type: ignore[assignment]
        Rule("Classes of yours that it inherits before the base: `app.models:Mixin`."),
        list,
    )


class PythonOfColumnShape(Shape):
    """The attribute of a column; in short, its name."""

    short = "attribute"
    attribute: Identifier | None = Entry(Rule("Its name."), None)  # type: ignore[assignment]
    type: Import | None = Entry(
        Rule(
            "The type in SQLAlchemy, such as a type decorator: `app.types:Encrypted`, a class or an"
            " object. In the database it must be the column's."
        ),
        None,
    )  # type: ignore[assignment]
    annotation: Import | None = Entry(
        Rule(
            "The type in Python of a value that is not NULL: `app.money:Money`, `builtins:str`."
        ),
        None,
    )  # type: ignore[assignment]
    relationship: Identifier | None = Entry(RELATIONSHIP, None)  # type: ignore[assignment]
    back: Identifier | None = Entry(BACK, None)  # type: ignore[assignment]


class PythonOfKeyShape(Shape):
    """The relationships of a foreign key; in short, the name on this side."""

    short = "relationship"
    relationship: Identifier | None = Entry(RELATIONSHIP, None)  # type: ignore[assignment]
    back: Identifier | None = Entry(BACK, None)  # type: ignore[assignment]


class PythonOfEnumShape(Shape):
    """The class of an enum; in short, its name."""

    short = "class"
    class_: NameOrImport | None = Entry(  # type: ignore[assignment]
        Rule("Its name; with a module, a class of yours: `app.enums:Status`."),
        None,
        "class",
    )
