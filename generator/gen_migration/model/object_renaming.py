"""Schemas in which a routine, an operator, a sequence, or another object has another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model import expression_edits as edits
from gen_migration.model.mapped import mapped
from gen_migration.model.renaming import (
    V,
    everywhere,
    in_expressions,
    in_texts,
    rekeyed,
)
from gen_migration.postgres.names import BTREE, MethodName, Name
from gen_migration.postgres.operators import BUILTIN
from gen_migration.postgres.signatures import Signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Schema


def routine(schema: Schema, word: str, old: Signature, new: Signature) -> Schema:
    """Return a schema whose routine `old` is called `new`, in expressions as well.

    Where another one has the name, nothing but PostgreSQL knows which of both is called.
    """
    edit = edit_of(schema, word, old, new)
    schema = schema.with_(word, rekeyed(schema.of(word), old, new))
    if edit is None:
        return schema

    def used(one: Name) -> Name:
        return new.called if one == old.called else one

    changes = in_expressions(edit)
    for field in ("routine", "from_sql", "to_sql"):
        changes[field] = lambda one: called_instead(one, old, new)
    return everywhere(schema, {**changes, **dict.fromkeys(USED, used)})


def edit_of(schema: Schema, word: str, old: Any, new: Any) -> edits.Edit | None:
    """Return what another name of a routine, an operator or a collation changes in SQL.

    None where that is nothing. `schema` is the one in which it has its old name.
    """
    if word == "collation":
        return edits.CollationEdit(old, new)
    if word == "operator":
        is_alone = old.name not in BUILTIN and is_only(schema, old)
        return edits.OperatorEdit(old.called, new.called, is_alone)
    if isinstance(old, Signature) and is_only(schema, old):
        return edits.CallEdit(old.called, new.called)
    return None


def is_only(schema: Schema, one: Signature) -> bool:
    """Tell whether nothing else that is called by a signature has the name of one."""
    others = (
        name
        for found in schema.objects.values()
        for name in found
        if isinstance(name, Signature) and name != one
    )
    return one.called not in {name.called for name in others}


def called_instead(one: Signature | None, old: Signature, new: Signature) -> Any:
    """Return what `new` is called where a signature names `old`, and else itself.

    What names one does not always say which of its types are enums.
    """
    if one is None or one.called != old.called:
        return one
    types = [
        [replace(of, kind="other") for of in each.arguments] for each in (one, old)
    ]
    is_old = types[0] == types[1]
    return one._replace(schema=new.schema, name=new.name) if is_old else one


# The fields that name a function.
USED = """
function difference support sfunc finalfunc combinefunc serialfunc deserialfunc msfunc minvfunc
mfinalfunc start gettoken end lextypes headline init lexize
restrict join handler inline validator
input output receive send typmod_in typmod_out analyze subscript
""".split()


def operator(schema: Schema, old: Signature, new: Signature) -> Schema:
    """Return a schema whose operator `old` is `new`, in another schema."""

    def used(one: Any) -> Any:
        return called_instead(one, old, new)

    def sorted_by(one: Name) -> Name:
        return new.called if one == old.called else one

    edit = edit_of(schema, "operator", old, new)
    changes = {} if edit is None else in_expressions(edit)
    changed = everywhere(schema, {**changes, "operator": used, "sortop": sorted_by})
    return changed.with_("operator", rekeyed(changed.of("operator"), old, new))


def operator_family(schema: Schema, old: MethodName, new: MethodName) -> Schema:
    """Return a schema whose operator family `old` is called `new`."""

    def called(name: MethodName) -> MethodName:
        return new if name == old else name

    changed = everywhere(schema, dict.fromkeys(("family", "order_by"), called))
    word = "operator family"
    return changed.with_(word, rekeyed(changed.of(word), old, new))


def operator_class(schema: Schema, old: MethodName, new: MethodName) -> Schema:
    """Return a schema whose operator class `old` is called `new`, in indexes of its method."""

    def called(name: Name) -> Name:
        return new.called if name == old.called else name

    def of_parts(parts: Mapping[str, V]) -> dict[str, V]:
        return {
            key: mapped(one, {"opclass": called})
            if getattr(one, "method", BTREE) == old.method
            else one
            for key, one in parts.items()
        }

    tables = {
        name: replace(
            table,
            indexes=of_parts(table.indexes),
            constraints=of_parts(table.constraints),
            partition_by=table.partition_by
            and mapped(table.partition_by, {"opclass": called}),
        )
        for name, table in schema.tables.items()
    }
    schema = replace(schema, tables=tables)
    for word, objects in schema.objects.items():
        found = {
            name: replace(one, indexes=of_parts(one.indexes))
            if hasattr(one, "indexes")
            else replace(one, opclass=called(one.opclass))
            if getattr(one, "opclass", None)
            else one
            for name, one in objects.items()
        }
        schema = schema.with_(word, found)
    word = "operator class"
    return schema.with_(word, rekeyed(schema.of(word), old, new))


def language(schema: Schema, old: str, new: str) -> Schema:
    """Return a schema whose language `old` is called `new`, in routines and transforms too."""

    def called(one: str) -> str:
        return new if one == old else one

    changed = everywhere(schema, {"language": called})
    word, transforms = "language", "transform"
    named = {
        name._replace(language=called(name.language)): one
        for name, one in changed.of(transforms).items()
    }
    changed = changed.with_(transforms, named)
    return changed.with_(word, rekeyed(changed.of(word), old, new))


def collation(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose collation `old` is called `new`."""

    def called(name: Name) -> Name:
        return new if name == old else name

    changes = in_expressions(edits.CollationEdit(old, new))
    changed = everywhere(schema, {"collation": called, **changes})
    return changed.with_("collation", rekeyed(changed.of("collation"), old, new))


def sequence(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose sequence `old` is called `new`, in `nextval` as well."""
    schema = in_texts(schema, old, new)
    return schema.with_("sequence", rekeyed(schema.sequences, old, new))
