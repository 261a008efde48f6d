"""A revision is read as a syntax tree: what it computes is known, and nothing in it runs."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest
from gen_migration.alembic_ops.calls import Call
from gen_migration.base.errors import Error
from gen_migration.model.schema import Schema
from gen_migration.render.helpers import RUNS, texts
from gen_migration.replay.evaluation.values import Position
from gen_migration.replay.replay import read_upgrade, replay

if TYPE_CHECKING:
    from pathlib import Path

TOP = """\
from contextlib import contextmanager
import logging
import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql
"""
UPGRADE = "def upgrade():\n"
START = TOP.count("\n") + 2  # the first line of a body


def read(text: str) -> list[tuple[Any, ...]]:
    """Return the directives of a revision, each with its arguments."""
    found: list[tuple[Any, ...]] = []
    read_upgrade(
        text,
        Position("r.py", len(text)),
        lambda name, arguments, options: found.append((name, arguments, options)),
    )
    return found


def body(code: str) -> str:
    return TOP + UPGRADE + textwrap.indent(code, "    ") + "\n"


def value(expression: str) -> Any:
    """Return what an expression of a revision is."""
    ((_, (found,), _),) = read(body(f"op.x(({expression}))"))
    return found


def refused(text: str) -> Error:
    with pytest.raises(Error) as caught:
        read(text)
    assert "hint: " in str(caught.value)
    return caught.value


# --- what is known ----------------------------------------------------------------------

# Python itself says what these are.
EXPRESSIONS = [
    "None",
    "-1",
    "2.5",
    '"a" "b"',
    "(1, 'a', [True, {'b': None}])",
    "1 + 2 * 3 - 4 // 3",
    "7 % 4, 2 ** 10, 7 / 2",
    '"a" + "b" + "c"',
    '"ab" * 2, [1] * 3, 2 * (0,)',
    '"%s of %d%%" % ("a", 3)',
    '"%(x)s" % {"x": 1}',
    '"{} {} {x}".format(1, "b", x=None)',
    '"{1}{0}{1:03d}".format("a", 7)',
    "f\"{1}_{'a'!r:>5}_{7:02d}\"",
    '", ".join(["a", "b"])',
    '"a-b".replace("-", "+").upper().split("+")',
    '"  a".strip().startswith("a")',
    '"a\\nb\\n".splitlines()',
    "[x * y for x in (1, 2) for y in range(3) if x != y]",
    '{k: v for k, v in [("a", 1), ("b", 2)]}',
    "list(x for x in range(3))",
    "tuple(reversed([1, 2])), sorted({'b', 'a'})",
    "list(zip('ab', [1, 2])), list(enumerate('ab', 1))",
    "len('abc'), min(2, 1), max([1, 2]), any([0, 1]), all([])",
    "str(1), int('7'), bool([]), dict(a=1), dict([('b', 2)], c=3)",
    "{'a': 1, **{'b': 2}}['b'], 'abc'[1:], (1, 2, 3)[-1]",
    "{'a': 1}.get('b', 0), list({'a': 1}.items())",
    "'a' if 1 < 2 <= 3 else 'b'",
    "1 in [1, 2], 'x' not in 'abc', None is None, 1 == 1.0",
    "not [] and (0 or 'x')",
    "[*(1, 2), *'ab']",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_is_what_python_makes_of_it(expression: str) -> None:
    expected = eval(f"({expression})", {})  # noqa: S307 - the constants above
    assert value(expression) == expected
    assert type(value(expression)) is type(expected)


def test_calls_of_alembic_and_sqlalchemy_are_written_down() -> None:
    assert value("sa.String(50)") == Call("sa.String", (50,))
    assert value("sa.types.String(length=5)") == Call("sa.String", (), {"length": 5})
    assert value("postgresql.UUID(as_uuid=True)") == Call(
        "postgresql.UUID", (), {"as_uuid": True}
    )
    assert value("sa.func.now()") == Call("sa.func.now")
    assert value('sa.text("x").bindparams(a=1)') == Call("sa.text", ("x",))
    assert value('op.f("ix")') == "ix"
    assert value("logging.getLogger('x')") == Call("logging.getLogger")


def directives(code: str) -> list[str]:
    return [
        " ".join(map(str, (*arguments, *options.values())))
        for _, arguments, options in read(body(code))
    ]


STATEMENTS = [
    ('for a, b in (("x", 1), ("y", 2)):\n    op.d(a, b)', ["x 1", "y 2"]),
    (
        (
            "for x in range(9):\n    if x == 1:\n        continue\n    if x > 2:\n"
            "        break\n    op.d(x)\nelse:\n    op.d('never')"
        ),
        ["0", "2"],
    ),
    ("i = 0\nwhile i < 3:\n    op.d(i)\n    i += 1", ["0", "1", "2"]),
    ("a = b = 'x'\na, *_ = 'x', 1\nop.d(a)", None),
    ("a: str = 'x'\nb = a\nop.d(b)", ["x"]),
    ("if False:\n    op.d(1)\nelif 1 > 0:\n    op.d(2)\nelse:\n    op.d(3)", ["2"]),
    ("with op.get_context().autocommit_block():\n    op.d(1)", ["1"]),
    ("with op.batch_alter_table('t', schema='s') as b:\n    b.d('c')", ["c t s"]),
    (
        (
            "def add(name, /, kind='text', *rest, last, **more):\n"
            "    op.d(name, kind, rest, last, more)\n"
            "    return name + '!'\n"
            "op.d(add('a', last=1))\nadd('b', 'int', 2, last=3, x=4)"
        ),
        ["a text () 1 {}", "a!", "b int (2,) 3 {'x': 4}"],
    ),
    ("def f(n):\n    if n:\n        op.d(n)\n        f(n - 1)\nf(3)", ["3", "2", "1"]),
    ("x = 'in'\ndef f():\n    op.d(x)\nf()\nx = 'out'\nf()", ["in", "out"]),
    ("notices = logging.getLogger('x')\nnotices.disabled = False\nop.d(1)", ["1"]),
    ("import textwrap\nop.d(textwrap.dedent('  a'))", ["a"]),
    ("print('x')\nassert True\nop.d(1)\nreturn\nop.d(2)", ["1"]),
]


@pytest.mark.parametrize(("code", "expected"), STATEMENTS)
def test_statements_are_followed(code: str, expected: list[str] | None) -> None:
    if expected is None:
        refused(body(code))
    else:
        assert directives(code) == expected


def test_names_of_the_file() -> None:
    text = (
        TOP
        + "from typing import TYPE_CHECKING\n"
        + "if TYPE_CHECKING:\n    from app import models\n"
        + "KINDS: tuple[str, ...] = ('a', 'b')\nPREFIX = 'ix_' + KINDS[0]\n"
        + "def name(kind: str) -> str:\n    return f'{PREFIX}_{kind}'\n"
        + "def downgrade() -> None:\n    os.system('true')\n"
        + "def upgrade() -> None:\n    for kind in KINDS:\n        op.d(name(kind))\n"
    )
    assert [arguments for _, arguments, _ in read(text)] == [("ix_a_a",), ("ix_a_b",)]


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.split("\n")[-2].strip())
def test_a_helper_of_ours_is_known_and_a_changed_one_is_not(text: str) -> None:
    use = "    op.d(PostgreSQLType('point'))\n"
    if "@contextmanager" in text:
        name = text.partition("def ")[2].partition("(")[0]
        use = f"    with {name}('x'):\n        op.d(1)\n"
    elif text.startswith(tuple(f"def {one}(" for one in RUNS)):
        use = f"    {text.partition('def ')[2].partition('(')[0]}('x')\n"
    elif text.startswith("def "):
        use = "    op.d(1)\n"
    assert len(read(TOP + text + UPGRADE + use)) == 1
    changed = text.replace("self.name = name", "self.name = 'text'")
    if "\ndef " in f"\n{text}":
        changed = text.replace(":\n    ", ":\n    op.execute('DROP TABLE t')\n    ", 1)
    assert changed != text
    defined = re.search(r"^(def|class) ", TOP + text, re.MULTILINE)
    assert defined is not None
    line = (TOP + text).count("\n", 0, defined.start()) + 1
    assert refused(TOP + changed + UPGRADE + use).where == f"r.py:{line}"


# --- what is refused --------------------------------------------------------------------

RAN = "ran"
# What would leave a file behind, if it ran.
HOSTILE = [
    "import os; os.system('touch ran')",
    "__import__('os').system('touch ran')",
    "open('ran', 'w')",
    "exec(\"open('ran', 'w')\")",
    "eval(\"open('ran', 'w')\")",
    "sa.__builtins__['open']('ran', 'w')",
    "''.__class__.__base__.__subclasses__()",
    "'{0.__class__}'.format(op)",
    "'{0[a]}'.format({'a': 1})",
    "(lambda: open('ran', 'w'))()",
    "[open('ran', 'w') for _ in (1,)]",
    "f\"{open('ran', 'w')}\"",
    "x = open\nx('ran', 'w')",
    "getattr(op, 'execute')('x')",
    "op.execute.__globals__",
    "import pathlib; pathlib.Path('ran').touch()",
    "from os import system as f; f('touch ran')",
    "from sqlalchemy import *",
    "import subprocess",
    "import ctypes",
    "from . import other",
    "import app.models",
    "sa.create_engine('sqlite:///ran').connect().execute('x')",
    "sa.event.listen(open('ran', 'w'))",
    "(y := 1)",
    "try:\n    pass\nexcept Exception:\n    pass",
    "global x\nx = 1",
    "del op",
    "class X:\n    y = open('ran', 'w')",
    "class X(metaclass=open('ran', 'w')): pass",
    "@open('ran', 'w')\ndef f(): pass",
    "@contextmanager\ndef f():\n    yield",
    "def f(x=open('ran', 'w')): pass",
    "def f(x: open('ran', 'w')): pass",
    "def f() -> open('ran', 'w'): pass",
    "x: open('ran', 'w') = 1",
    "async def f(): pass",
    "match 1:\n    case _:\n        pass",
    "with open('ran', 'w'):\n    pass",
    "for x in op:\n    pass",
    "if op:\n    pass",
    "while sa.text('x'):\n    pass",
    "x = [1]\nx += [2]",
    "x = {}\nx['a'] = 1",
    "op.x = 1",
    "no_such_name",
    "sorted(key=open('ran', 'w'))",
    "int('1' * 101)",
    "'%9999999999d' % 1",
    "f'{1:>99999}'",
    "'{:99999}'.format(1)",
    "1j",
    "b'x'",
    "...",
    "for x in {'a', 'b'}:\n    pass",
    "(1, 2) < (3, 4)",
    "1 is 1",
    "(-8) ** 0.5",
    "1.5 in range(10 ** 18)",
    "raise RuntimeError('x')",
    "assert False",
]


@pytest.mark.parametrize("code", HOSTILE)
@pytest.mark.parametrize("place", ["module", "upgrade"])
def test_what_is_not_known_is_refused_where_it_stands(
    code: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    modules = set(sys.modules)
    in_module = TOP + code + "\n" + UPGRADE + "    pass\n"
    error = refused(in_module if place == "module" else body(code))
    first = START - (place == "module")
    lines = range(first, first + code.count("\n") + 1)
    assert error.where in {f"r.py:{line}" for line in lines}
    assert list(tmp_path.iterdir()) == []
    assert not {"ctypes", "pathlib", "app"} & (set(sys.modules) - modules)


AT_THE_TOP = [
    "op.execute('DROP TABLE t')",
    "with op.batch_alter_table('t') as b:\n    pass",
    "for x in 'ab':\n    op.drop_table(x)",
    "context.is_offline_mode()",
]


@pytest.mark.parametrize("code", AT_THE_TOP)
def test_a_directive_outside_of_upgrade_is_refused(code: str) -> None:
    text = TOP + code + "\n" + UPGRADE + "    pass\n"
    refused(text)


IN_UPGRADE = [
    "op.get_bind()",
    "op.get_context().bind",
    "context.is_offline_mode()",
    "postgresql.ENUM(name='e').create(op.get_bind())",
    "postgresql.ENUM(name='e').create(None)",
    "sa.MetaData().create_all(None)",
    "sa.inspect(None).execute('x')",
]


@pytest.mark.parametrize("code", IN_UPGRADE)
def test_what_asks_a_database_is_refused(code: str) -> None:
    with pytest.raises(Error) as caught:
        replay(body(f"op.execute({code})"), "r.py", Schema())
    assert caught.value.where == f"r.py:{START}"


def test_a_variable_before_its_assignment() -> None:
    """It is no name of the file then, as Python has it."""
    text = TOP + "x = 'out'\ndef upgrade():\n    op.d(x)\n    x = 'in'\n"
    assert "the name x" in str(refused(text))


def test_no_upgrade() -> None:
    assert "no upgrade()" in str(refused(TOP))
    assert "no upgrade()" in str(refused(TOP + "upgrade = 1\n"))
    assert "no adopted()" in str(refused(body("pass") + "adopted = 1\n"))
    assert "misses the argument x" in str(refused(TOP + "def upgrade(x): pass\n"))


@pytest.mark.parametrize(
    ("text", "where"),
    [("def upgrade(:\n", "r.py:1"), ("x = 1\0", "r.py"), ("\n  x = 1", "r.py:2")],
)
def test_what_is_no_python(text: str, where: str) -> None:
    assert str(refused(text).where).startswith(where)


# --- bounds -----------------------------------------------------------------------------

ENDLESS = [
    "10 ** 10 ** 9",
    "10 ** -(10 ** 9)",
    "2 ** 200 * 2 ** 200 * 2",
    "x = 2\nwhile True:\n    x = x * x",
    "'a' * 10 ** 9",
    "[0] * 10 ** 9",
    "[[0] * 1000] * 10 ** 6",
    "list(range(10 ** 12))",
    "for x in range(10 ** 12):\n    pass",
    "while True:\n    pass",
    "while True:\n    continue",
    "x = 'a'\nwhile True:\n    x = x + x",
    "x = 'a'\nwhile True:\n    x = f'{x}{x}'",
    "x = 'a'\nwhile True:\n    x = x.replace('a', 'aa')",
    "x = 'a'\nwhile True:\n    x = x.join([x, x])",
    "x = 'a'\nwhile True:\n    x = '%s%s' % (x, x)",
    "x = 'a'\nwhile True:\n    x = '{0}{0}'.format(x)",
    "x = []\nwhile True:\n    x = [x, x]",
    "x = {}\nwhile True:\n    x = {'a': x, 'b': x}",
    "x = sa.text('a')\nwhile True:\n    x = sa.and_(x, x)",
    "[0 for a in range(10 ** 4) for b in range(10 ** 4) for c in range(10 ** 4)]",
    "{str(a): 0 for a in range(10 ** 9)}",
    "any(False for a in range(10 ** 9))",
    "sum_ = 0\nfor a in range(10 ** 9):\n    sum_ += a",
    "def f():\n    f()\nf()",
    "def f():\n    g()\ndef g():\n    f()\nf()",
    "def f(n):\n    f(n)\n    f(n)\nf(1)",
    "x = []\nfor _ in range(5000):\n    x = [x]\nop.d(x)",
    "-" * 5000 + "1",
    "(" * 5000 + "1" + ")" * 5000,
    "x" + ".x" * 5000,
    "x" + "(1)" * 5000,
    "x" + "[1]" * 5000,
    "[" * 90 + "[" * 90 + "]" * 180,
    "not " * 5000 + "1",
]


@pytest.mark.parametrize("code", ENDLESS)
def test_work_is_bounded(code: str) -> None:
    refused(body(code))


def test_what_is_long_and_flat_is_read() -> None:
    """The bound is for what grows, not for what was written."""
    parts = " + ".join(["'a'"] * 500)
    assert value(parts) == "a" * 500
    rows = ", ".join(["('a', 1)"] * 20_000)
    assert len(read(body(f"for a, b in [{rows}]:\n    op.d(a, b)"))) == 20_000
    many = "if 0:\n    pass\n" + "elif 0:\n    pass\n" * 80 + "else:\n    op.d(1)"
    assert directives(many) == ["1"]
