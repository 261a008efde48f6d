"""The syntax tree of a revision, in which calls that differ in their texts alone are parsed once.

The first revision of 1,000 tables has 300,000 nodes, whose making takes longer than all that is
done with them, and only some forty kinds of calls once the texts are taken out of them.
"""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from gen_migration.render.checksum import BLANK, PIECE, statements

START, END, INDENT = "\ndef upgrade() -> None:\n", "\n\n\ndef ", "    "
# Python ends lines at the first of these, forgets the column at the second, and takes no third.
ODD = ("\r", "\f", "\0")
# In code: quotes that are not those of a text, and a line that goes on.
SPECIAL = frozenset("\"'\\")
# What a call that is parsed so may be made of, beside the names of modules.
PLAIN = (
    ast.Call,
    ast.keyword,
    ast.Attribute,
    ast.Load,
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.Dict,
)
DIRECTIVES = "op"
MODULES = frozenset((DIRECTIVES, "sa", "postgresql"))


class Text(ast.expr):
    """A text of a call, by its number there."""

    number: int


class Once(ast.expr):
    """An expression without texts, whose value is the same wherever it stands."""

    of: ast.expr
    value: object = None


class Alike(ast.stmt):
    """A call with its texts. The lines of its nodes count from its own."""

    call: ast.expr
    texts: list[str]


def shortened(text: str) -> ast.Module | None:
    """Return the tree of a revision whose `upgrade()` is nothing but plain calls, else None."""
    head, start, rest = text.partition(START)
    body, end, tail = rest.partition(END)
    if not end or any(one in text for one in ODD):
        return None
    line = head.count("\n") + 2
    lines = "\n" * body.count("\n")
    try:
        calls = alike(body, line + 1)
        tree = ast.parse(f"{head}{start}{INDENT}pass{lines}{end}{tail}")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in tree.body:
        # What stands elsewhere is a line of a text.
        if isinstance(node, ast.FunctionDef) and node.lineno == line and calls:
            node.body = calls
            return tree
    return None


def alike(body: str, line: int) -> list[ast.stmt]:
    """Return the calls that a body is made of, from a line on.

    Raises ValueError or SyntaxError where it is made of something else.
    """
    code, texts = separate(body)
    kinds: dict[str, Kind] = {}
    result: list[ast.stmt] = []
    position = 0
    for one in statements(code):
        if one.strip("\n "):
            if one not in kinds:
                kinds[one] = kind_of(one)
            kind = kinds[one]
            node = Alike(lineno=line)
            node.call = kind.call
            node.texts = texts[position : position + kind.texts]
            result.append(node)
            position += kind.texts
        line += one.count("\n")
    return result


def separate(body: str) -> tuple[str, list[str]]:
    """Return a body with a blank for each text, on as many lines, and the texts.

    Raises ValueError or SyntaxError where Python might read it in another way.
    """
    code: list[str] = []
    texts: list[str] = []
    adjacent, last = False, "#"
    pieces = [*PIECE.split(body), "#"]
    for before in {*pieces[::2]}:
        if not SPECIAL.isdisjoint(before) or before[-1:].isalnum():
            raise ValueError(before)  # no text, or one with a prefix
    for before, piece in zip(pieces[::2], pieces[1::2], strict=True):
        if not before and last in {'""', "''"} and piece[0] in last:
            raise ValueError(last)  # three quotes, which end nowhere in it
        last = piece
        adjacent = adjacent and (not before or before.isspace())
        code.append(before)
        if piece[0] == "#":
            continue
        if adjacent:
            texts[-1] += value_of(piece)
        else:
            code.append(BLANK)
            texts.append(value_of(piece))
        code.append("\n" * piece.count("\n"))
        adjacent = True
    return "".join(code), texts


def value_of(literal: str) -> str:
    """Return the text of a literal without a prefix."""
    if "\\" in literal:
        return str(ast.literal_eval(literal))
    width = 3 if literal[:3] in {'"""', "'''"} else 1
    return literal[width:-width]


class Kind(NamedTuple):
    """A kind of calls, with the number of the texts in each."""

    call: ast.expr
    texts: int


def kind_of(statement: str) -> Kind:
    """Return the kind of calls that a statement of a function is.

    Raises ValueError or SyntaxError where it is no plain call.
    """
    code = statement.removeprefix(f"\n{INDENT}")
    match ast.parse(code).body:
        case [ast.Expr(value=ast.Call() as call)] if code != statement:
            inside = [*ast.walk(call)]
            if all(is_plain(one) for one in inside):
                places = sorted(place(one) for one in inside if is_text(one))
                shortener = Shortener({one: n for n, one in enumerate(places)})
                return Kind(shortener.visit(call), len(places))
    raise ValueError(statement)


def is_plain(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in MODULES
    return isinstance(node, PLAIN)


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def place(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


class Shortener(ast.NodeTransformer):
    """Takes the texts of a call out of it, and makes one value of what has none."""

    def __init__(self, numbers: dict[tuple[int, int], int]) -> None:
        self.numbers = numbers

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not is_text(node):
            return node
        text = ast.copy_location(Text(), node)
        text.number = self.numbers[place(node)]
        return text

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        # `op.drop_table`, `sa.Text`; what is called in it may do something.
        if isinstance(node.value, ast.Name):
            return once(node)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if any(is_text(one) or is_directive(one) for one in ast.walk(node)):
            self.generic_visit(node)
            return node
        return once(node)


def is_directive(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == DIRECTIVES


def once(node: ast.expr) -> Once:
    result = ast.copy_location(Once(), node)
    result.of = node
    return result
