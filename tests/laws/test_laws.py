"""The laws of the design, over random specs; numbered as there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from cases import ruff
from gen_migration.alembic_ops.write import escape_text
from gen_migration.diff.creation import creation
from gen_migration.history.drafts import first_revision
from gen_migration.model.schema import Schema
from gen_migration.operations.base import apply, inverse
from gen_migration.postgres.hidden import has_hidden
from gen_migration.postgres.names import quote_name, quote_text
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import marked, read_marker
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump
from hypothesis import given, settings
from programs import ALLOWED, FUNCTIONS, called, without_helper
from strategies import documents
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Spec


def spec_of(document: dict[str, Any]) -> Spec:
    return load(yaml_text(document), "spec.yaml")


def text_of(spec: Spec, parents: tuple[str, ...] = ()) -> str:
    draft = first_revision(spec, parents)
    return draft.text(draft.header)


@given(documents())
def test_1_a_dumped_spec_loads_as_itself(document: dict[str, Any]) -> None:
    spec = spec_of(document)
    assert load(dump(spec), "dump.yaml") == spec


@given(documents())
def test_2_3_operations_build_a_schema_and_take_it_back(
    document: dict[str, Any],
) -> None:
    schema = spec_of(document).schema
    operations = creation(schema)
    assert apply(Schema(), operations) == schema
    assert apply(schema, inverse(operations)) == Schema()
    assert inverse(inverse(operations)) == operations


@given(documents())
def test_7_same_input_same_bytes(document: dict[str, Any]) -> None:
    spec = spec_of(document)
    assert text_of(spec) == text_of(load(dump(spec), "elsewhere.yaml"))
    mine, other = (first_revision(spec, p) for p in ((), ("parent",)))
    assert mine.header.revision != other.header.revision


@settings(max_examples=40)
@given(documents())
def test_8_ruff_and_the_compiler_accept_what_is_written(
    document: dict[str, Any],
) -> None:
    text = text_of(spec_of(document))
    final = marked(
        ruff("format", "--isolated", "-", text=text), "random", checksum(text)
    )
    compile(final, "revision.py", "exec")
    ruff("check", "--isolated", "--quiet", "-", text=final)
    assert final == ruff("format", "--isolated", "-", text=final)
    mark = read_marker(final)
    assert mark is not None
    assert mark.checksum == checksum(final)


def strings(document: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a document that stand in directives, not in SQL.

    Texts in SQL (of checks, enums, comments on constraints) are the live tests' to look at.
    """
    for body in document["tables"].values():
        # Alembic keeps no percent sign in a partition key, so that such a table stands in SQL.
        if "%" in str(body.get("partition_by")):
            continue
        # SQLAlchemy's oldest version here knows no virtual columns: these, too.
        if any(
            "virtual" in one.get("generated", ()) for one in body["columns"].values()
        ):
            continue
        # Nor does it know names of NOT NULL.
        if any("not_null" in one for one in body["columns"].values()):
            continue
        for key in ("columns", "indexes"):
            yield from body.get(key, {})
        for commented in (body, *body["columns"].values()):
            # What nobody sees is escaped, in SQL.
            if not has_hidden(commented.get("comment", "\t")):
                yield commented["comment"]


def is_in(sql: str, text: str) -> bool:
    """Tell whether SQL has a text, as a name or as a literal, where no directive can say it."""
    spelled = (escape_text(quote(text)) for quote in (quote_name, quote_text))
    return any(one in sql for one in spelled)


def names_of_constraints(document: dict[str, Any]) -> Iterator[str]:
    """Yield names that stand in directives, or in SQL where these cannot say a constraint."""
    for body in document["tables"].values():
        for key in ("uniques", "foreign_keys", "checks"):
            yield from body.get(key, {})


@given(documents())
def test_9_texts_come_back_as_themselves_and_never_as_code(
    document: dict[str, Any],
) -> None:
    tree = without_helper(ast.parse(text_of(spec_of(document))))
    constants = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
    }
    sql = "\n".join(map(str, constants))
    left = {*strings(document), *names_of_constraints(document)} - constants
    assert [one for one in left if not is_in(sql, one)] == []
    for node in ast.walk(tree):
        assert isinstance(node, ALLOWED), ast.dump(node)
        if isinstance(node, ast.Call):
            assert called(node) in FUNCTIONS, called(node)
