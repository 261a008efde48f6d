"""Functions and procedures as SQL and in words.

Source: the PostgreSQL manual, CREATE FUNCTION, CREATE PROCEDURE, ALTER FUNCTION; the clauses stand
in the order of `pg_get_functiondef`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.postgres import bodies
from gen_migration.postgres.hidden import escaped, has_hidden, on_one_line
from gen_migration.postgres.names import dollar_quoted, quote_name, quote_text
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What ALTER FUNCTION changes; all else is defined anew.
OPTIONS = frozenset(
    """
    volatility strict leakproof security_definer parallel cost rows support settings
    """.split()
)
# Languages whose body is no text but the name of a symbol.
SYMBOLS = frozenset(("c", "internal"))


def create(called: str, name: Any, value: Any) -> str:
    """Return what creates a routine; the lines of its body are as they are written.

    What does not fit a line has each argument, and each column of its result, on its own.
    """
    arguments = [argument(one) for one in value.arguments_in_brackets]
    start = bracketed(f"CREATE {called} {name.called.sql}", arguments)
    language = f"    LANGUAGE {quote_name(value.language)}{transformed(value)}"
    head = [*with_result(start, value), language]
    options = " ".join(given(value))
    if options:
        head[-1] += f" {options}"
    for key, items in value.settings.items():
        head.append(f"    SET {setting(key)} TO {', '.join(map(quote_text, items))}")
    return "\n".join((*map(on_one_line, head), body(value)))


LINE = 72  # characters, as in a query (`postgres.query_layout`)


def bracketed(start: str, items: list[str], indent: str = "") -> str:
    """Return a list in brackets behind `start`: on one line, or each item on its own."""
    line = f"{indent}{start}({', '.join(items)})"
    if len(line) <= LINE or not items:
        return line
    rows = ",\n".join(f"{indent}    {one}" for one in items)
    return f"{indent}{start}(\n{rows}\n{indent})"


def with_result(start: str, value: Any) -> list[str]:
    """Return the lines that say what a routine is called with, and what it returns."""
    result = returns(value)
    if result is None:
        return [start]
    line = f"{start} RETURNS {result}"
    if len(line.rpartition("\n")[2]) <= LINE:
        return [line]
    table = [argument(one) for one in value.outputs if one.mode == "table"]
    if table:
        return [start, bracketed("RETURNS TABLE ", table, "    ")]
    return [start, f"    RETURNS {result}"]


def transformed(value: Any) -> str:
    """Return the clause that names the types of transforms; nothing where there are none."""
    listed = ", ".join(f"FOR TYPE {one.sql}" for one in value.transforms)
    return f" TRANSFORM {listed}" if listed else ""


def body(value: Any) -> str:
    """Return the clause of a body; a text is as it is written (see `names.body_of`)."""
    if bodies.is_standard(value.language, value.body):
        return on_one_line(value.written)
    if value.language in SYMBOLS:
        names = (*([value.library] if value.library else []), value.body)
        return "AS " + ", ".join(map(quote_text, names))
    if has_hidden(value.written.replace("\t", "")):
        return f"AS E'{quoted(value.written)}'"
    return f"AS {dollar_quoted(value.written)}"


def quoted(text: str) -> str:
    """Return what stands between the quotes of an escape string, on the lines of a text."""
    return escaped(text.replace("\\", "\\\\").replace("'", "''"))


def argument(value: Any) -> str:
    """Return an argument in the brackets of CREATE FUNCTION."""
    mode = "" if value.mode in {"in", "table"} else f"{value.mode.upper()} "
    name = "" if value.name is None else f"{quote_name(value.name)} "
    default = "" if value.default is None else f" DEFAULT {ddl.default(value.default)}"
    return f"{mode}{name}{value.type.sql}{default}"


def returns(value: Any) -> str | None:
    """Return what stands behind RETURNS; None where it is left out."""
    table = [one for one in value.outputs if one.mode == "table"]
    if table:
        return f"TABLE ({', '.join(map(argument, table))})"
    if not hasattr(value, "returns"):
        return None
    setof = "SETOF " if value.setof else ""
    if value.returns is not None:
        return f"{setof}{value.returns.sql}"
    if not value.setof:
        return None
    outputs = value.outputs
    result = outputs[0].type.sql if len(outputs) == 1 else "record"
    return f"SETOF {result}"


def given(value: Any) -> Iterator[str]:
    """Yield the options of a routine that are not the standard."""
    plain = standard_of(value)
    for field in (one.name for one in fields(value) if one.name in OPTIONS):
        if field != "settings" and getattr(value, field) != getattr(plain, field):
            yield option(field, value)
    if getattr(value, "window", False):
        yield "WINDOW"


def standard_of(value: Any) -> Any:
    """Return a routine with the standard value of each option."""
    options = {one.name: one for one in fields(value) if one.name in OPTIONS}
    return replace(
        value,
        **{
            key: {} if key == "settings" else one.default
            for key, one in options.items()
        },
    )


def option(field: str, value: Any) -> str:
    """Return the clause of an option."""
    held = getattr(value, field)
    match field:
        case "volatility":
            return str(held).upper()
        case "strict":
            return "STRICT" if held else "CALLED ON NULL INPUT"
        case "leakproof":
            return "LEAKPROOF" if held else "NOT LEAKPROOF"
        case "security_definer":
            return f"SECURITY {'DEFINER' if held else 'INVOKER'}"
        case "parallel":
            return f"PARALLEL {held.upper()}"
        case "cost":
            return f"COST {held or cost_of(value)}"
        case "rows":
            return f"ROWS {held or ROWS}"
    return f"SUPPORT {held.sql}"


# The standard numbers (manual, CREATE FUNCTION).
ROWS = "1000"


def cost_of(value: Any) -> str:
    """Return the cost that PostgreSQL gives a function by itself."""
    return "1" if value.language in SYMBOLS else "100"


def setting(name: str) -> str:
    """Return the name of a setting, which has dots of its own."""
    return ".".join(map(quote_name, name.split(".")))


def actions(old: Any, new: Any) -> Iterator[str]:
    """Yield what ALTER FUNCTION does to options."""
    for field in (one.name for one in fields(new) if one.name in OPTIONS):
        if field != "settings" and getattr(old, field) != getattr(new, field):
            yield option(field, new)
    for key in {**old.settings, **new.settings}:
        items = new.settings.get(key)
        if items is None:
            yield f"RESET {setting(key)}"
        elif items != old.settings.get(key):
            yield f"SET {setting(key)} TO {', '.join(map(quote_text, items))}"


def is_defined_alike(old: Any, new: Any) -> bool:
    """Tell whether ALTER FUNCTION is enough: all but options is the same.

    It takes no support function away.
    """
    if getattr(old, "support", None) and not new.support:
        return False
    options = {
        one.name: getattr(old, one.name) for one in fields(old) if one.name in OPTIONS
    }
    return bool(replace(new, **options) == old)


def may_replace(old: Any, new: Any) -> bool:
    """Tell whether CREATE OR REPLACE takes one routine for the other, of one signature."""
    if result(old) != result(new):
        return False
    for one, other in zip(old.inputs, new.inputs, strict=True):
        if one.mode != other.mode or one.name not in {None, other.name}:
            return False
        if one.default is not None and other.default is None:
            return False
    return True


def result(value: Any) -> Any:
    """Return what a routine returns, with the names of what comes out."""
    outputs = [(one.name, one.type) for one in value.outputs]
    return getattr(value, "returns", None), getattr(value, "setof", None), outputs


def definition(value: Any) -> str:
    """Return what a routine is, but for its body, as SQL behind its signature.

    Arguments stand there again where they say more than their types.
    """
    told = [argument(one) for one in value.arguments_in_brackets]
    said = [one.type.sql for one in value.arguments_in_brackets]
    found = [] if told == said else [f"({', '.join(told)})"]
    if (of := returns(value)) is not None:
        found.append(f"RETURNS {of}")
    language = f"LANGUAGE {quote_name(value.language)}{transformed(value)}"
    return " ".join((*found, language, *given(value)))


# What has operations of its own, or is told with another field.
APART = ("comment", "owner", "grants", "written")


def changes(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield the properties in which two routines differ."""
    for field in (one.name for one in fields(new)):
        before, after = getattr(old, field), getattr(new, field)
        if before == after or field in APART:
            continue
        if field == "settings":
            for key in {**before, **after}:
                values = (side.get(key) for side in (before, after))
                one, other = (items and ", ".join(items) for items in values)
                if one != other:
                    yield f"setting {key}", one, other
        elif field == "body":
            yield field, old.written, new.written
        elif field == "arguments":
            many = max(len(before), len(after)) > FEW
            yield field, listed(before, many=many), listed(after, many=many)
        elif field == "transforms":
            one, other = (", ".join(map(str, side)) for side in (before, after))
            yield field, one or None, other or None
        else:
            yield field.replace("_", " "), before, after


FEW = 5  # arguments on a line


def listed(arguments: Iterable[Any], *, many: bool) -> str:
    """Return arguments as a list; of many, each on a line of its own."""
    return (",\n" if many else ", ").join(map(argument, arguments))
