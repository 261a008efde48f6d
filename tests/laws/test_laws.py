"""The laws of the design, over random specs; numbered as there. Each spec obeys all of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.write import escape_text
from gen_migration.diff.creation import creation
from gen_migration.history.drafts import first_revision
from gen_migration.model.schema import Schema
from gen_migration.operations.base import apply, inverse
from gen_migration.postgres.hidden import has_hidden
from gen_migration.postgres.names import quote_name, quote_text
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump
from hypothesis import given
from programs import ALLOWED, FUNCTIONS, accepted, called, without_helper
from strategies import documents
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Spec


def text_of(spec: Spec, parents: tuple[str, ...] = ()) -> str:
    draft = first_revision(spec, parents)
    return draft.text(draft.header)


@given(documents())
def test_laws(document: dict[str, Any]) -> None:
    spec = load(yaml_text(document), "spec.yaml")
    text = text_of(spec)
    law_1(spec)
    law_2_3(spec)
    law_7(spec, text)
    accepted([text])  # law 8
    law_9(document, text)


def law_1(spec: Spec) -> None:
    """A dumped spec loads as itself."""
    assert load(dump(spec), "dump.yaml") == spec


def law_2_3(spec: Spec) -> None:
    """Operations build a schema and take it back."""
    schema = spec.schema
    operations = creation(schema)
    assert apply(Schema(), operations) == schema
    assert apply(schema, inverse(operations)) == Schema()
    assert inverse(inverse(operations)) == operations


def law_7(spec: Spec, text: str) -> None:
    """The same input gives the same bytes."""
    assert text == text_of(load(dump(spec), "elsewhere.yaml"))
    mine, other = (first_revision(spec, p) for p in ((), ("parent",)))
    assert mine.header.revision != other.header.revision


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


def law_9(document: dict[str, Any], text: str) -> None:
    """Texts come back as themselves, and never as code."""
    tree = without_helper(ast.parse(text))
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
