"""Functions and procedures in a spec."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.kinds import routine_sql, routine_tree
from gen_migration.kinds.routine_values import Argument
from gen_migration.postgres import bodies
from gen_migration.postgres.parser import SqlMistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.postgres.types import Type

FLAGS = ("strict", "leakproof", "security_definer", "window")


def build(of: Any, at: Any, name: Any, shape: Any) -> Any:
    """Return the value of a shape; None where it is reported."""
    listed = arguments(at, name, shape)
    body = body_of(at, shape)
    if listed is None or body is None:
        return None
    value = of(
        arguments=listed,
        language=shape.language.lower(),
        **body,
        library=shape.library,
        security_definer=shape.security_definer,
        transforms=transforms(at / "transforms", shape.transforms),
        settings=settings(at / "set", shape.set),
    )
    if hasattr(value, "returns"):
        value = with_result(at, shape, value)
        value = value and with_options(at, shape, value)
    return value and consistent(at, name, value)


def transforms(at: Any, given: Any) -> tuple[Type, ...]:
    """Return the types of transforms, but for those that are reported."""
    found = [(at / key).routine_type(text) for key, text in enumerate(given)]
    return tuple(one for one in found if one is not None)


def body_of(at: Any, shape: Any) -> dict[str, str] | None:
    """Return the fields of a body; None where it is reported."""
    language = shape.language.lower()
    if language in routine_sql.SYMBOLS:
        if not shape.body:
            (at / "body").wrong("nothing is here", "write the name of its symbol")
            return None
        return {"body": shape.body, "written": shape.body}
    try:
        compared = bodies.compared(language, shape.body)
    except SqlMistake as mistake:
        (at / "body").wrong_sql(mistake)
        return None
    written = routine_tree.written(language, shape.body)
    if written is shape.body:
        written = of_block(written)
    return {"body": compared, "written": written}


def of_block(text: str) -> str:
    """Return the text of a body: one that ends with its line begins with a line of its own.

    So the body of a block stands between the lines of its quotes. An empty line at the end says
    that it does not.
    """
    if text.endswith("\n\n"):
        return text[:-1]
    return f"\n{text}" if text.endswith("\n") else text


def as_block(text: str) -> str:
    """Return what `of_block` makes a text of."""
    if text.endswith("\n") and of_block(text[1:]) == text:
        return text[1:]
    return f"{text}\n" if text.endswith("\n") else text


def arguments(at: Any, name: Any, shape: Any) -> tuple[Any, ...] | None:
    """Return the arguments: those of the name, where nothing is said of them."""
    if "arguments" not in shape.written:
        types = () if name is None else name.arguments
        return tuple(Argument(type=one) for one in types)
    at /= "arguments"
    found = [*each(at, shape.arguments)]
    return None if None in found else tuple(one for one in found if one is not None)


def each(at: Any, given: Any) -> Iterator[Any]:
    """Yield the arguments of a shape; None for one that is reported."""
    named = isinstance(given, dict)
    for key, shape in given.items() if named else enumerate(given):
        place = at / key
        name: Any = key if named else shape.name
        is_good = name is None or place.identifier(name, at_key=named)
        of = (place / "type").routine_type(shape.type)
        if of is None or not is_good:
            yield None
            continue
        default = argument_default(place / "default", shape, of)
        yield Argument(type=of, name=name, mode=shape.mode, default=default)


def argument_default(at: Any, shape: Any, of: Type) -> str | None:
    """Return the default of an argument, which may be NULL."""
    if "default" not in shape.written:
        return None
    value = shape.default
    if (
        isinstance(value, dict)
        and [*value] == ["sql"]
        and isinstance(value["sql"], str)
    ):
        found: str | None = (at / "sql").expression(value["sql"], ())
        return found
    return "NULL" if value is None else at.default(value, of)


# How a spec says what CREATE FUNCTION says before a type.
WORDS = {"setof": "{{setof: {}}}", "table": "{{table: {{NAME: TYPE}}}}"}


def with_result(at: Any, shape: Any, value: Any) -> Any:
    """Return a function with what it returns; None where that is reported."""
    at /= "returns"
    returned = shape.returns
    if returned is None:
        if value.outputs or at.build.is_broken(at.path):
            return value
        hint = "write its type: returns: void"
        at.above.wrong_key("a function returns something", hint)
        return None
    if returned.table is not None:
        if value.outputs:
            at.wrong(
                "a function has arguments that go out, or returns a table",
                "write one of both",
            )
        columns = [
            Argument(type=of, name=key, mode="table")
            for key, text in returned.table.items()
            if (at / "table" / key).identifier(key)
            and (of := (at / "table" / key).routine_type(text)) is not None
        ]
        return replace(value, arguments=(*value.arguments, *columns), setof=True)
    setof = returned.setof is not None
    place = at / ("setof" if setof else "type") if isinstance(returned, dict) else at
    word, _, rest = (returned.type or "").replace("(", " ").partition(" ")
    if word.lower() in WORDS:
        instead = WORDS[word.lower()].format(in_yaml(rest.strip()))
        place.wrong(f"{word} is no part of a type here", f"write returns: {instead}")
        return None
    of = place.routine_type(returned.setof or returned.type)
    if of is None:
        return None
    if not value.outputs:
        return replace(value, returns=of, setof=setof)
    if not setof:
        at.wrong_key(
            "the arguments that go out say what it returns", 'remove "returns"'
        )
    return replace(value, setof=setof)


def with_options(at: Any, shape: Any, value: Any) -> Any:
    """Return a function with its options."""
    if shape.stable and shape.immutable:
        (at / "stable").wrong_key(
            "a function is stable or immutable", "remove one of the two"
        )
    volatility = "volatile"
    if shape.stable or shape.immutable:
        volatility = "immutable" if shape.immutable else "stable"
    flags = {key: getattr(shape, key) for key in FLAGS}
    support = None if shape.support is None else (at / "support").name(shape.support)
    value = replace(
        value, **flags, volatility=volatility, parallel=shape.parallel, support=support
    )
    for key in ("cost", "rows"):
        number = getattr(shape, key)
        if number is None:
            continue
        if number <= 0:
            (at / key).wrong(
                f"{quoted(key)} is more than 0", "write a number such as 10"
            )
        elif key == "rows" and not value.setof:
            (at / key).wrong_key("it returns no set", 'remove "rows"')
        else:
            value = routine_tree.with_number(value, key, str(number))
    return value


def settings(at: Any, given: Any) -> dict[str, tuple[str, ...]]:
    """Return settings, those that are lists as such."""
    found: dict[str, tuple[str, ...]] = {}
    for key, value in given.items():
        name = key.lower()
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str | int | Decimal) for one in items):
            (at / key).wrong(
                "this is no value of a setting", "write a text, a number or a list"
            )
            continue
        texts = tuple(map(setting_text, items))
        if name not in routine_tree.LISTS and len(texts) != 1:
            (at / key).wrong(f"the setting {name} is no list", "write one value")
        elif name in routine_tree.LISTS and any("," in one for one in texts):
            (at / key).wrong("a name with a comma", "write a list: [app, pg_temp]")
        elif not all(map(str.isidentifier, name.split("."))):
            (at / key).wrong(
                f"{quoted(key)} is no setting",
                "write one such as search_path",
                at_key=True,
            )
        elif texts:
            found[name] = texts
    return found


def setting_text(value: Any) -> str:
    """Return the value of a setting as PostgreSQL keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def consistent(at: Any, name: Any, value: Any) -> Any:
    """Return a routine; None, and report it, where its arguments are not those of its name."""
    if name is None:
        return None
    inputs = tuple(one.type for one in value.inputs)
    if inputs != name.arguments:
        at.wrong_key(
            f"the arguments that come in are {', '.join(map(str, inputs)) or 'none'}",
            f"call it {quoted(name._replace(arguments=inputs))}",
        )
        return None
    if getattr(value, "library", None) is not None and value.language != "c":
        (at / "library").wrong_key("only one in C has a library", 'remove "library"')
    return value


def dump(writer: Any, value: Any) -> dict[str, Any]:
    """Return the keys of a routine."""
    said: dict[str, Any] = {"arguments": dumped_arguments(writer, value)}
    if hasattr(value, "returns"):
        said["returns"] = dumped_result(writer, value)
    said |= {
        "language": value.language,
        "body": dumped_body(value),
        "library": value.library,
    }
    if hasattr(value, "returns"):
        said[value.volatility] = value.volatility != "volatile" or None
        said |= {key: getattr(value, key) or None for key in ("strict", "leakproof")}
    said["security_definer"] = value.security_definer or None
    if hasattr(value, "returns"):
        said["parallel"] = None if value.parallel == "unsafe" else value.parallel
        said |= {
            key: None if (number := getattr(value, key)) is None else plain(number)
            for key in ("cost", "rows")
        }
        said["support"] = value.support and writer.name(value.support)
        said["window"] = value.window or None
    said["transforms"] = [one.spelled for one in value.transforms] or None
    said["set"] = {
        key: items[0] if len(items) == 1 else [*items]
        for key, items in value.settings.items()
    }
    return said


def dumped_body(value: Any) -> str:
    """Return what stands behind `body`."""
    held: str = value.written
    is_text = value.language not in routine_sql.SYMBOLS
    if is_text and not bodies.is_standard(value.language, held):
        return as_block(held)
    return held


def plain(number: str) -> Any:
    """Return a number as YAML has it."""
    found = Decimal(number)
    return int(found) if found == int(found) else found


def dumped_result(writer: Any, value: Any) -> Any:
    """Return what stands behind `returns`."""
    table = {
        one.name: writer.row_type(one.type)
        for one in value.outputs
        if one.mode == "table"
    }
    if table:
        return {"table": table}
    if value.returns is None:
        if not value.setof:
            return None
        outputs = value.outputs
        return {
            "setof": writer.row_type(outputs[0].type) if len(outputs) == 1 else "record"
        }
    result = writer.row_type(value.returns)
    return {"setof": result} if value.setof else result


def dumped_arguments(writer: Any, value: Any) -> Any:
    """Return what stands behind `arguments`; nothing where the key says all."""
    listed = value.arguments_in_brackets
    names = [one.name for one in listed]
    if all(
        one.name is None and one.mode == "in" and one.default is None for one in listed
    ):
        return None
    if None in names or len({*names}) < len(names):
        return [dumped_argument(writer, one, listed=True) for one in listed]
    return {one.name: dumped_argument(writer, one) for one in listed}


def dumped_argument(writer: Any, value: Any, *, listed: bool = False) -> Any:
    """Return an argument; in short, its type."""
    said: dict[str, Any] = {"type": writer.row_type(value.type)}
    if value.mode != "in":
        said["mode"] = value.mode
    if value.default is not None:
        said["default"] = (
            None if value.default == "NULL" else writer.value(value.default, value.type)
        )
    if listed and value.name is not None:
        said = {"name": value.name, **said}
    return said["type"] if [*said] == ["type"] else said
