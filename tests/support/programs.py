"""The Python of a revision, as the laws of its text look at it."""

from __future__ import annotations

import ast
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cases import ruff
from gen_migration.render.checksum import checksum
from gen_migration.render.helpers import is_known
from gen_migration.render.marker import marked, read_marker

if TYPE_CHECKING:
    from collections.abc import Sequence


def accepted(texts: Sequence[str]) -> None:
    """Insist that ruff, with its defaults, and the compiler accept revisions (law 8).

    So does the checksum, which formatting must not change.
    """
    if not texts:
        return
    with tempfile.TemporaryDirectory() as name:
        paths = [Path(name) / f"{number}.py" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, encoding="utf-8")
        ruff("format", "--isolated", name)
        for path, text in zip(paths, texts, strict=True):
            formatted = path.read_text(encoding="utf-8")
            path.write_text(marked(formatted, "random", checksum(text)), "utf-8")
        ruff("check", "--isolated", "--quiet", name)
        ruff("format", "--isolated", "--check", name)
        for path in paths:
            final = path.read_text(encoding="utf-8")
            compile(final, path.name, "exec")
            mark = read_marker(final)
            assert mark is not None
            assert mark.checksum == checksum(final)


def without_helper(tree: ast.Module) -> ast.Module:
    """Return a revision without our helper, which is the same whatever a spec says."""
    tree.body = [one for one in tree.body if not is_known(one)]
    return tree


ALLOWED = (
    ast.Module,
    ast.Expr,
    ast.Constant,
    ast.Import,
    ast.ImportFrom,
    ast.alias,
    ast.AnnAssign,
    ast.Name,
    ast.Load,
    ast.Store,
    ast.BinOp,
    ast.BitOr,
    ast.With,
    ast.withitem,
    ast.Subscript,
    ast.FunctionDef,
    ast.arguments,
    ast.Call,
    ast.Attribute,
    ast.keyword,
    ast.List,
    ast.Tuple,
    ast.Dict,
    # The class of types that SQLAlchemy does not know.
    ast.ClassDef,
    ast.Assign,
    ast.arg,
    ast.Return,
)


FUNCTIONS = frozenset(
    """
    op.create_table op.drop_table op.create_index op.drop_index op.drop_constraint op.execute
    op.create_foreign_key op.create_unique_constraint op.create_primary_key
    op.create_check_constraint op.create_exclude_constraint op.f op.create_table_comment
    op.alter_column sa.Column sa.column
    sa.PrimaryKeyConstraint sa.UniqueConstraint
    sa.ForeignKeyConstraint sa.CheckConstraint sa.Computed sa.Identity sa.text sa.String sa.Text
    sa.CHAR sa.Integer sa.BigInteger sa.SmallInteger sa.Numeric sa.Boolean sa.Date sa.Time
    sa.DateTime sa.LargeBinary postgresql.UUID postgresql.DOUBLE_PRECISION postgresql.JSONB
    postgresql.JSON postgresql.REGCONFIG postgresql.TIMESTAMP postgresql.INTERVAL
    postgresql.INET postgresql.BIT
    postgresql.ARRAY postgresql.INT4RANGE postgresql.TSVECTOR postgresql.MONEY
    postgresql.MACADDR postgresql.ENUM postgresql.ExcludeConstraint
    at_once one_by_one kept_indexes with_secrets with_tabs textwrap.dedent
    """.split()
)


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)
