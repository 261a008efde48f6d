"""Aggregates from the parser's tree, and from the rows of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import routine_tree
from gen_migration.kinds.routine_values import Argument
from gen_migration.postgres import operators
from gen_migration.postgres.parser import name_of
from gen_migration.postgres.signatures import Signature

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema

OPTIONS = """
sfunc stype sspace finalfunc finalfunc_extra finalfunc_modify combinefunc serialfunc deserialfunc
initcond msfunc minvfunc mstype msspace mfinalfunc mfinalfunc_extra mfinalfunc_modify minitcond
sortop parallel hypothetical
""".split()
FUNCTIONS = frozenset(one for one in OPTIONS if one.endswith("func"))
TYPES = frozenset(("stype", "mstype"))
MODIFY = {"r": "read_only", "s": "shareable", "w": "read_write"}
PARALLEL = {"u": "unsafe", "r": "restricted", "s": "safe"}
MODES = {"i": "in", "v": "variadic"}


def with_standards(value: Any) -> Any:
    """Return an aggregate that says nothing of what PostgreSQL does by itself."""
    standard = "read_only" if value.direct is None else "read_write"
    said = {
        key: None
        for key in ("finalfunc_modify", "mfinalfunc_modify")
        if getattr(value, key) == standard
    }
    return replace(value, **said)


def aggregate(of: Any, node: Any, schema: Schema) -> tuple[Any, Any]:
    """Return the signature and the value that CREATE AGGREGATE makes."""
    if node.oldstyle:
        raise ValueError("CREATE AGGREGATE with BASETYPE")
    enums = schema.enums
    listed, direct = node.args[0].list.items, node.args[-1].integer.ival
    found = tuple(routine_tree.arguments(listed, enums))
    values: dict[str, Any] = {
        "arguments": found,
        "direct": None if direct < 0 else direct,
    }
    for one in node.definition:
        key, given = one.def_elem.defname, one.def_elem.arg
        key = {"sfunc1": "sfunc", "stype1": "stype", "initcond1": "initcond"}.get(
            key, key
        )
        if key not in OPTIONS:
            raise ValueError(f"{key.upper()} of an aggregate")
        values[key] = option(key, given, enums)
    called = name_of(node.defnames)
    assert called is not None  # noqa: S101 - a statement without a name is none
    types = tuple(one.type for one in found)
    return Signature(*called, types), with_standards(of(**values))


def option(key: str, given: Any, enums: Any) -> Any:
    """Return the value of an option."""
    from gen_migration.sql import tree

    which = given.WhichOneof("node")
    if key in FUNCTIONS:
        return tree.dotted(given.type_name.names)
    if key in TYPES:
        return routine_tree.type_of(given.type_name, enums)
    if key == "sortop":
        names = given.list.items if which == "list" else given.type_name.names
        return operators.own(tree.dotted(names))
    if which is None:
        return True
    if which == "integer":
        return given.integer.ival
    if which == "string":
        return given.string.sval
    return tree.dotted(given.type_name.names).name


def of_catalog(of: Any, reading: Any, row: Any) -> Any:
    """Return the value of a row of the catalog."""
    types = reading.signature(row).arguments
    arguments = tuple(
        Argument(type=one, name=name or None, mode=MODES[mode])  # type: ignore[arg-type]
        for one, name, mode in zip(
            types,
            row.names or [None] * len(types),
            row.modes or "i" * len(types),
            strict=True,
        )
    )
    names = {
        key: operators.own(reading.name(*found))
        for key in FUNCTIONS
        if (found := getattr(row, key)) is not None
    }
    mstype = None if row.mstype is None else reading.argument_type(row.mstype)
    value = of(
        arguments=arguments,
        direct=None if row.kind == "n" else row.direct,
        stype=reading.argument_type(row.stype),
        mstype=mstype,
        **names,
        sspace=row.sspace,
        msspace=row.msspace,
        finalfunc_extra=row.finalfunc_extra,
        mfinalfunc_extra=row.mfinalfunc_extra,
        finalfunc_modify=MODIFY[row.finalfunc_modify] if row.finalfunc else None,
        mfinalfunc_modify=MODIFY[row.mfinalfunc_modify] if row.mfinalfunc else None,
        initcond=row.initcond,
        minitcond=row.minitcond,
        sortop=row.sortop and reading.operator_name(*row.sortop),
        parallel=PARALLEL[row.parallel],
        hypothetical=row.kind == "h",
    )
    return with_standards(value)
