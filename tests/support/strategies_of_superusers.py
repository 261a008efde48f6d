"""Random documents of what superusers alone make, of objects that stand on each other.

A cast by a function over a composite type, an operator class over an operator over a function over
a base type, a range type over that class, and tables that use them. Each object has a name, or a
sign, that stands nowhere else in a text: so edits (`edits_of_superusers`) find by it what names it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from vocabulary import nonempty

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]
PLACES = ["", "", "s.", "r."]
# None is a part of another one.
SIGNS = [
    "<#>",
    "=#=",
    "~!~",
    "@%@",
    "|~|",
    "%%%",
    "&&&&",
    "^@^",
    "<?>",
    "?@?",
    "*|*",
    "-#-",
]
SQL = {"language": "sql", "immutable": True}
INTERNAL = {"language": "internal", "immutable": True, "strict": True}


@dataclass
class Making:
    """A document that is being made."""

    draw: st.DrawFn
    document: Document = field(default_factory=lambda: {"name": "random"})
    count: int = 0
    signs: Iterator[str] = field(default_factory=lambda: iter(SIGNS))
    types: list[str] = field(default_factory=list)
    classes: dict[str, list[str]] = field(default_factory=dict)
    equal: dict[str, str] = field(default_factory=dict)

    def some(self, *values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def maybe(self) -> bool:
        return self.draw(st.booleans())

    def name(self, word: str, *, placed: bool = True) -> str:
        """Return a new name, in a schema or not."""
        self.count += 1
        return f"{self.some(*PLACES) if placed else ''}{word}{self.count}x"

    def add(self, section: str, key: str, value: Document) -> str:
        if self.draw(st.integers(0, 3)) == 0:
            value["comment"] = self.draw(nonempty)
        self.document.setdefault(section, {})[key] = value
        return key

    def function(self, word: str, arguments: str, returns: str, **value: Any) -> str:
        """Add a function, and return its name without arguments."""
        name = self.name(word)
        self.add("functions", f"{name}({arguments})", {"returns": returns, **value})
        return name

    def type(self) -> str:
        found: str = self.some(*self.types)
        return found


def enum(making: Making) -> str:
    return making.add("enums", making.name("mood"), {"values": ["a", "b", "c"]})


def composite(making: Making) -> str:
    inner = making.some("text", "bigint", *making.types)
    attributes = {
        making.name("attribute", placed=False): one for one in ("integer", inner)
    }
    return making.add(
        "composite_types", making.name("pair"), {"attributes": attributes}
    )


def domain(making: Making) -> str:
    return making.add(
        "domains", making.name("domain"), {"type": making.some("text", *making.types)}
    )


def base(making: Making) -> str:
    """Add a base type with its functions, which are those of `text`."""
    name = making.name("word")
    value: Document = {
        "input": making.function("in", "cstring", name, body="textin", **INTERNAL),
        "output": making.function("out", name, "cstring", body="textout", **INTERNAL),
        "storage": making.some("plain", "extended"),
    }
    if making.maybe():
        value["send"] = making.function(
            "send", name, "bytea", body="textsend", **INTERNAL
        )
        value["receive"] = making.function(
            "recv", "internal", name, body="textrecv", **INTERNAL
        )
    return making.add("base_types", name, value)


def comparison(making: Making, of: str) -> None:
    """Add operators that compare values of a type, and operator classes of them."""
    both = f"{of}, {of}"
    less = making.function(
        "lt", both, "boolean", body="SELECT $1::text < $2::text", **SQL
    )
    same = making.function(
        "eq", both, "boolean", body="SELECT $1::text = $2::text", **SQL
    )
    signs = [making.some(*PLACES) + next(making.signs) for _ in range(2)]
    for sign, function in zip(signs, (less, same), strict=True):
        value: Document = {"function": function}
        if function == same and making.maybe():
            value["commutator"] = sign
        making.add("operators", f"{sign}({both})", value)
    making.equal[of] = f"OPERATOR({signs[1]})"
    body = "SELECT bttextcmp($1::text, $2::text)"
    compare = making.function("cmp", both, "integer", body=body, **SQL)
    for _ in range(making.some(0, 1, 1, 2)):
        name = making.name("class")
        value = {
            "type": of,
            "operators": {1: signs[0], 3: signs[1]},
            "functions": {1: f"{compare}({both})"},
        }
        family(making, value, both)
        making.add("operator_classes", name, value)
        making.classes.setdefault(of, []).append(name)


def family(making: Making, value: Document, both: str) -> None:
    """Let a class be in a family of another name, or have more in its own."""
    match making.some("own", "other", "loose"):
        case "other":
            value["family"] = making.add("operator_families", making.name("family"), {})
        case "loose":
            other = making.type()
            if f"{other}, {other}" != both:
                value["functions"][1] = [
                    value["functions"][1],
                    f"({other}, {other}) btint4cmp(integer, integer)",
                ]


def cast(making: Making) -> None:
    """Add a cast of a type, by a function or by texts."""
    of, other = making.type(), making.some("integer", "bigint", "date")
    if making.maybe():
        other, of = of, other
    key = f"{of} as {other}"
    if key in making.document.get("casts", {}):
        return
    value: Document = {"context": making.some("explicit", "assignment")}
    if making.maybe():
        body = f"SELECT NULL::{other}"
        called = making.function("cast", of, other, body=body, **SQL)
        value["function"] = f"{called}({of})"
    else:
        value["inout"] = True
    making.add("casts", key, value)


def language(making: Making) -> None:
    """Add a language, a function in it and a transform for it."""
    name = making.name("pl", placed=False)
    value: Document = {"handler": "plpgsql_call_handler", "trusted": making.maybe()}
    if making.maybe():
        value["handler"] = making.function(
            "handler",
            "",
            "language_handler",
            language="c",
            library="$libdir/plpgsql",
            body="plpgsql_call_handler",
        )
    if making.maybe():
        value["inline"] = "plpgsql_inline_handler"
    making.add("languages", name, value)
    body = "BEGIN RETURN NULL; END"
    # PostgreSQL: of a domain there is none.
    plain = [
        one for one in making.types if one not in making.document.get("domains", ())
    ]
    of = making.some("bigint", *plain)
    making.function("run", of, "integer", language=name, body=body)
    reads = making.function("from", "internal", "internal", body="textin", **INTERNAL)
    writes = making.function("to", "internal", of, body="textrecv", **INTERNAL)
    both = {"from_sql": f"{reads}(internal)", "to_sql": f"{writes}(internal)"}
    kept = making.some(("from_sql",), ("to_sql",), ("from_sql", "to_sql"))
    making.add("transforms", f"{of} language {name}", {key: both[key] for key in kept})


def access_methods(making: Making) -> None:
    """Add an access method of tables, and one of indexes with a class of a type."""
    making.add(
        "access_methods",
        making.name("heap", placed=False),
        {"type": "table", "handler": "heap_tableam_handler"},
    )
    method = making.name("method", placed=False)
    making.add("access_methods", method, {"type": "index", "handler": "hashhandler"})
    of = making.type()
    if of in making.equal:
        hashed = making.function(
            "hash", of, "integer", body="SELECT hashtext($1::text)", **SQL
        )
        sign = making.equal[of].removeprefix("OPERATOR(").rstrip(")")
        making.add(
            "operator_classes",
            f"{making.name('class')} using {method}",
            {"type": of, "operators": {1: sign}, "functions": {1: f"{hashed}({of})"}},
        )


def database_wide(making: Making) -> None:
    """Add what is of a whole database: event triggers, subscriptions, conversions."""
    if making.maybe():
        body = "BEGIN END"
        watch = making.function(
            "watch", "", "event_trigger", language="plpgsql", body=body
        )
        value = {"event": making.some("ddl_command_end", "sql_drop"), "function": watch}
        making.add("event_triggers", making.name("event", placed=False), value)
    if making.maybe():
        connection = {"connection": {"env": "SOURCE"}, "publications": ["p"]}
        making.add(
            "subscriptions", making.name("subscription", placed=False), connection
        )
    if making.maybe():
        value = {"from": "LATIN1", "to": "UTF8", "function": "iso8859_1_to_utf8"}
        making.add("conversions", making.name("conversion"), value)


def statement(making: Making) -> None:
    """Add a statement that stands on a type, and creates a function."""
    of, name = making.type(), making.name("said")
    body = f"CREATE FUNCTION {name}({of}) RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    section = next(
        section for section in TYPES if of in making.document.get(section, {})
    )
    making.document.setdefault("statements", {})[making.name("st", placed=False)] = {
        "create": body,
        "drop": f"DROP FUNCTION {name}({of})",
        "after": [f"{TYPES[section]} {of}"],
    }


TYPES = {
    "enums": "enum",
    "composite_types": "composite type",
    "domains": "domain",
    "base_types": "base type",
    "range_types": "range type",
}


def ranges(making: Making) -> None:
    """Add a range type over one of the classes."""
    for of, classes in making.classes.items():
        value: Document = {"subtype": of, "opclass": making.some(*classes)}
        name = making.name("range")
        value["multirange"] = name + "s"
        making.types.append(making.add("range_types", name, value))
        return


def table(making: Making) -> None:
    """Add a table with columns of the types, and with what uses operators and classes."""
    columns: Document = {}
    body: Document = {"columns": columns}
    for _ in range(making.some(1, 2, 3)):
        of, name = making.type(), making.name("column", placed=False)
        columns[name] = {"type": making.some(of, of, f"{of}[]"), "nullable": True}
        if columns[name]["type"] != of:
            continue
        if of in making.equal and making.maybe():
            check = f"{name} {making.equal[of]} {name}"
            body.setdefault("checks", {})[making.name("check", placed=False)] = check
        for one in making.classes.get(of, ()):
            listed = [f"{name} {one}"]
            body.setdefault("indexes", {})[making.name("index", placed=False)] = listed
    making.add("tables", making.name("table"), body)


def view(making: Making) -> None:
    """Add a view that compares values and casts one."""
    of = making.type()
    shown = f"NULL::{of}"
    if of in making.equal:
        shown = f"({shown} {making.equal[of]} NULL::{of})"
    section = making.some("views", "materialized_views")
    making.add(section, making.name("view"), {"query": f"SELECT {shown} AS a"})


MAKERS = [cast, cast, language, access_methods, database_wide, statement, ranges]


@st.composite
def superuser_documents(draw: st.DrawFn) -> Document:
    """Return a document of objects that stand on each other."""
    making = Making(draw)
    making.document["schemas"] = {"s": {}, "r": {}}
    for _ in range(making.some(1, 2, 3)):
        making.types.append(making.some(enum, composite, base, domain)(making))
    for of in list(making.types):
        if making.maybe():
            comparison(making, of)
    for make in MAKERS:
        if making.maybe():
            make(making)
    for make in (table, table, view):
        make(making)
    return making.document
