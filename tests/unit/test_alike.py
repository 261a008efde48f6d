"""What is not parsed each time is read as Python reads it, or not at all.

Calls that differ in their texts alone, and the helpers at the end of a revision.
"""

from __future__ import annotations

import ast
from typing import Any

import pytest
from cases import Case, all_cases, name_of
from changes import all_changes, written
from gen_migration.base.errors import Error
from gen_migration.render import helpers
from gen_migration.render.helpers import NAMES
from gen_migration.replay.evaluation.alike import Alike, shortened
from gen_migration.replay.evaluation.known_helpers import tree_beside_helpers
from gen_migration.replay.evaluation.values import Position
from gen_migration.replay.replay import follow
from servers import each_nth

REVISION = '''\
"""A revision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a"


def upgrade() -> None:
{body}


def downgrade() -> None:
    pass
'''
CASES = [case for case in all_cases() if "revision.py" in case.sections]
# Bodies that are read, each kind of call once.
READ = {
    "calls": '    op.f("a")\n    op.drop_table("a")\n    op.drop_table("b")',
    "texts": '    op.execute(\'a\' "b"  # c\n        "d")\n    op.execute("e")',
    "three quotes": '    op.execute(\n        """\n        "A" \'b\' # c\n        """\n    )',
    "empty": '    op.execute("" "")\n    op.execute("""""")\n    op.execute(\'\' "a")',
    "escapes": '    op.execute("\\n\\x41\\"\\\\")\n    op.execute("""\\"""\\\n""")',
    "comments": '    # "op"\n    op.drop_table("a")  # \'b\n\n    # c\n    op.drop_table("b")',
    "values": '    op.create_table("a", sa.Column("b", sa.Numeric(3, 1), nullable=False))\n'
    '    op.create_table("c", sa.Column("d", sa.Numeric(3, 2), nullable=False))\n'
    '    op.create_table("e", sa.Column("f", sa.Numeric(3, 1), nullable=True))',
    "collections": '    op.execute(["a", ("b", 1), {"c": "d", "e": None}])',
    "order": '    op.execute(**{"a": "b"}, sqltext="c")\n    op.execute({"a": 1, "b": "c"})',
    "a function in a text": '    op.execute("""\ndef upgrade() -> None:\n    op.f("a")\n""")',
}
# Bodies in which something else stands: they are left to Python's parser.
LEFT = {
    "a prefix": '    op.execute(r"\\n")',
    "a loop": '    for one in "ab":\n        op.drop_table(one)',
    "a name": '    op.drop_table(name("a"))',
    "an assignment": '    a = "b"\n    "c"',
    "texts at the margin": '    "a"\n    "b".upper()',
    "two on a line": '    op.drop_table("a"); op.drop_table("b")',
    "a line that goes on": '    op.drop_table("a")\\\n    .b()',
    "a tab": '    op.drop_table("a")\n\top.drop_table("b")',
    "another indent": '  op.drop_table("a")',
    "an operator": '    op.execute("a" + "b")',
    "the end in a text": '    op.execute("""\n\n\ndef downgrade() -> None:\n    pass\n""")',
    # Python reads one text from the first three quotes to the last.
    "quotes that end outside": '    op.execute("""")\n    op.drop_table("a")\n\n\n'
    'def f() -> None:\n    # """)\n    pass',
    "quotes that end outside, of the other kind": "    op.execute('''')\n    op.f('a')\n\n\n"
    "def f() -> None:\n    # ''')\n    pass",
    "a carriage return": '    op.execute("a\rb")',
    "a form feed": '    op.drop_table("a")\n    \fop.drop_table("b")',
    "nothing": "    pass",
    "no text": '    op.execute("\\x")',
}


def told(tree: ast.Module) -> Any:
    """Return the directives of a revision, each with its line; and what is wrong at the end."""
    place = Position("a.py", 10_000)
    found: list[Any] = []

    def record(name: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        found.append((place.start + place.line, name, arguments, options))

    try:
        follow(tree, place, record)
    except Error as error:
        found.append(str(error))
    return found


@pytest.mark.parametrize("body", READ.values(), ids=READ)
def test_calls_are_read_as_python_reads_them(body: str) -> None:
    text = REVISION.replace("{body}", body)
    tree = shortened(text)
    assert tree is not None
    assert told(ast.parse(text)) == told(tree)


@pytest.mark.parametrize("body", LEFT.values(), ids=LEFT)
def test_what_is_no_plain_call_is_left_to_python(body: str) -> None:
    assert shortened(REVISION.replace("{body}", body)) is None


def test_a_mistake_is_told_with_its_line() -> None:
    body = '    op.f("""\n""")\n    op.drop_table(\n        sa.nothing("a").b(),\n    )'
    text = REVISION.replace("{body}", f"{body}\n    op.get_bind().c()")
    tree = shortened(text)
    assert tree is not None
    assert told(ast.parse(text)) == told(tree)
    assert "a.py:16" in told(tree)[-1]


@pytest.mark.parametrize("case", each_nth(3, CASES), ids=name_of)
def test_first_revisions_are_read_so(case: Case) -> None:
    text = case.sections["revision.py"]
    tree = shortened(text)
    if tree is not None:
        assert told(ast.parse(text)) == told(tree)


def test_most_of_them_are() -> None:
    found = [shortened(case.sections["revision.py"]) is not None for case in CASES]
    assert found.count(True) > 0.7 * len(found)


HELD = f'''\
"""A revision."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op

revision = "a"


def upgrade() -> None:
    with at_once(lock_timeout="3s"):
        op.drop_table("a")


def downgrade() -> None:
    pass


{helpers.text("at_once")}

{helpers.text("holders")}'''


@pytest.mark.parametrize("case", each_nth(40, all_changes()), ids=str)
def test_helpers_are_known_by_their_text(case: Case) -> None:
    for text in written(case):
        tree = tree_beside_helpers(text)
        assert (tree is None) == (not any(f"\ndef {one}(" in text for one in NAMES))
        if tree is not None:
            assert told(ast.parse(text)) == told(tree)


def test_helpers_stand_where_they_stood() -> None:
    found = tree_beside_helpers(HELD)
    assert found is not None
    places = [one.lineno for one in found.body]
    assert places == [
        min([one.lineno, *(each.lineno for each in getattr(one, "decorator_list", ()))])
        for one in ast.parse(HELD).body
    ]


def test_plain_calls_beside_helpers_are_read_so_as_well() -> None:
    calls = '    with at_once(lock_timeout="3s"):\n        op.drop_table("a")'
    text = HELD.replace("    pass\n", f"{calls}\n").replace(
        calls, '    op.drop_table("a")', 1
    )
    tree = tree_beside_helpers(text)
    assert tree is not None
    assert told(ast.parse(text)) == told(tree)
    (upgrade,) = (one for one in tree.body if getattr(one, "name", "") == "upgrade")
    assert [type(one) for one in getattr(upgrade, "body", ())] == [Alike]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import contextmanager", "import contextmanager as other"),
        ("@contextmanager", "@other"),
        ("lock_retries: int,", "lock_retries: str,"),
    ],
)
def test_a_helper_that_is_none(old: str, new: str) -> None:
    text = HELD.replace(old, new)
    assert text != HELD
    tree = tree_beside_helpers(text)
    assert tree is not None
    assert told(ast.parse(text)) == told(tree)
    assert told(tree) != told(ast.parse(HELD))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A text, of which the helper would be a part.
        ('("a")', f"('''\n\n\n{helpers.text('holders')}\n\n\n''')"),
        ("    pass", "    pass\f"),
        ('revision = "a"', "revision ="),
    ],
)
def test_a_text_that_is_left_to_python(old: str, new: str) -> None:
    assert tree_beside_helpers(HELD) is not None
    assert tree_beside_helpers(HELD.replace(old, new)) is None


LINES = "\n" * 100_000


def test_empty_lines_take_no_time() -> None:
    # Were each of them looked at from each, it would be a minute.
    text = HELD.replace("    pass\n", f"    pass\n\n\ndef holders():{LINES} x")
    assert tree_beside_helpers(text) is not None
