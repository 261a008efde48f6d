"""A formatter's pass is no edit of a revision, and every other change is one."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import gen_migration
import pytest
from cases import all_cases, ruff
from gen_migration.render.checksum import checksum

REVISIONS = [
    case.sections["revision.py"]
    for case in all_cases()
    if "revision.py" in case.sections
]
POSSESSIVE = re.compile(r"\)([*+?]|\{[0-9,]+\})\+|\(\?>")
SETTINGS = [
    f"line-length = {length}\nformat.quote-style = '{quotes}'\nformat.indent-style = 'space'"
    for length, quotes in itertools.product(
        (40, 88, 320), ("single", "double", "preserve")
    )
]


def test_no_setting_of_a_formatter_changes_it() -> None:
    for text, setting in zip(REVISIONS, itertools.cycle(SETTINGS), strict=False):
        options = [part for line in setting.split("\n") for part in ("--config", line)]
        again = ruff("format", "--isolated", *options, "-", text=text)
        assert checksum(again) == checksum(text), setting


def test_comments_and_line_ends_do_not_change_it() -> None:
    for text in REVISIONS[:20]:
        more = text.replace(
            "\n    op.", "\n    # a note: 'quoted', \"so\" (\n    op."
        ).replace("def upgrade() -> None:\n", "def upgrade() -> None:  # up\n")
        assert checksum(more) == checksum(text)
        assert checksum(text.rstrip("\n")) == checksum(text)


BASE = '''"""Doc."""

from alembic import op

revision = "a"


def upgrade() -> None:
    op.execute("one" "two")
    op.drop_index("i", table_name="t")
    if op:
        op.execute("x")


def downgrade() -> None:
    op.execute("three\\n")
'''
EDITS = [
    ("one", "One"),
    ('"one" "two"', '"one", "two"'),
    ('"one" "two"', '"o" "netwo "'),
    ('revision = "a"', 'revision = "b"'),
    ("op.drop_index", "op.create_index"),
    ('"i", table_name="t"', '"i", schema="t"'),
    ('"i", table_name="t"', 'table_name="t"'),
    ('    op.drop_index("i", table_name="t")\n', ""),
    (
        '    op.drop_index("i", table_name="t")\n',
        '    op.drop_index("i", table_name="t")\n' * 2,
    ),
    ('        op.execute("x")', '        pass\n    op.execute("x")'),
    ('"three\\n"', 'r"three\\n"'),
    ('"three\\n"', '"""three\\\\n"""'),
    ('"three\\n"', 'f"three\\n"'),
    ('"three\\n"', 'text("three\\n")'),
    ('"three\\n"', '("three\\n",)'),
    ('"Doc."', '"Docs."'),
    ("if op:", "while op:"),
    ("if op:", "else:"),
    ("from alembic import op", "from alembic import op as op2"),
    ("def upgrade", "@cache\ndef upgrade"),
    ("def downgrade", "async def downgrade"),
    (")\n    if op:", ") if op else None\n    if op:"),
]


@pytest.mark.parametrize(("old", "new"), EDITS)
def test_every_other_change_is_seen(old: str, new: str) -> None:
    assert old in BASE
    assert checksum(BASE.replace(old, new, 1)) != checksum(BASE)


def test_a_statement_that_moves_is_seen() -> None:
    one = '    op.execute("three\\n")\n'
    moved = BASE.replace(one, "    pass\n").replace("    if op:", f"{one}    if op:")
    assert checksum(moved) != checksum(BASE)


@pytest.mark.parametrize(
    "text", ["", "(", '"', "\0", "'''", "def", "\udcff", ")" * 9, "\\"]
)
def test_any_text_has_one(text: str) -> None:
    assert len(checksum(text)) == len(checksum(BASE))


def test_no_expression_of_the_package_repeats_a_group_possessively() -> None:
    """Before Python 3.11.5 such a one misses matches, and a revision has another checksum there."""
    modules = [*Path(gen_migration.__file__).parent.rglob("*.py")]
    assert POSSESSIVE.search(r"(a|b)*+")
    found = [
        path.name for path in modules if POSSESSIVE.search(path.read_text("utf-8"))
    ]
    assert found == []
