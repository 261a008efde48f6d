"""What is told of a name that SQL of a spec uses and nothing makes: its place, and the way out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from gen_migration.history.step_hints import hint_of_step
from gen_migration.model.schema import Schema
from gen_migration.spec.load import load
from gen_migration.verify.unknown_names import hint_of

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
name: shop
# FROM ordrs
tables:
  orders: {columns: {a: integer}, checks: {k: "foo(a) > 1", l: "lenght(a) > lower(a)"}}
views:
  v: SELECT a FROM ordrs, app.orders
"""


@pytest.mark.parametrize(
    ("words", "place", "said"),
    [
        ('relation "ordrs" does not exist', "6:20", 'called "ordrs"'),
        ('relation "ordrs" does not exist', "6:20", 'did you mean "orders"?'),
        ("function foo(integer) does not exist", "4:48", "no function of this spec"),
        ("function lenght(integer) does not exist", "4:65", 'did you mean "length"?'),
        ("function lower(integer) does not exist", "4:77", "takes other arguments"),
        ('relation "app.orders" does not exist', "6:27", 'called "app.orders"'),
        ('relation "orders" does not exist', "", ""),
        ('relation "elsewhere" does not exist', "", ""),
        ('relation "by_hand" does not exist', "", ""),
        ('column "b" does not exist', "", ""),
    ],
)
def test_the_hint_names_what_nothing_makes(
    words: str, place: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "app.yaml"
    path.write_text(SPEC + "# by_hand", encoding="utf-8")
    by_hand = SimpleNamespace(spec=None, text="CREATE TABLE by_hand ()")
    candidate: Any = SimpleNamespace(
        source=str(path), spec=load(SPEC, "app.yaml"), old=Schema(), before=(by_hand,)
    )
    error: Any = SimpleNamespace(words=words)
    where, hint = hint_of(error, candidate) or ("", "")
    assert where == (f"{path}:{place}" if place else "")
    assert said in hint


def test_an_operator_that_is_not_there_wants_a_cast() -> None:
    cause: Any = ValueError("operator does not exist: text + integer")
    cause.sqlstate = "42883"
    found = hint_of_step(cause, cause, "upgrade", is_ours=True)
    assert found.startswith("cast an operand")
