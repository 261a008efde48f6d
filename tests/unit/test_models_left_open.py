"""What models leave to SQLAlchemy and PostgreSQL is no difference to a spec that says it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from gen_migration.catalog.models_tolerances import is_automatic
from gen_migration.cli import main
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from click.testing import Result

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    __table_args__ = (sa.UniqueConstraint("email", "name"), sa.CheckConstraint("age > 0"))
    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    age: Mapped[int]


class Pet(Base):
    __tablename__ = "pets"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(
        sa.ForeignKey("owners.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int] = mapped_column(sa.BigInteger)
"""
SPEC = """\
name: pets
tables:
  owners:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      email: {type: varchar, unique: true}
      name: varchar
      age: {type: integer, check: age > 0}
    uniques:
      - [email, name]
  pets:
    columns:
      id: {type: serial, primary_key: true}
      owner_id: {type: bigint, references: owners.id, on_delete: cascade}
      number: bigint
    indexes:
      ix_pets_owner_id: [owner_id]
"""


@pytest.fixture
def diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what compares a spec with the models."""
    monkeypatch.chdir(tmp_path)
    Path("models_of_pets.py").write_text(MODELS, encoding="utf-8")

    def run(spec: str, *, turned: bool = False) -> Result:
        Path("pets.yaml").write_text(spec, encoding="utf-8")
        pair = ["pets.yaml", "models:models_of_pets:Base.metadata"]
        return CliRunner().invoke(main, ["diff", *(pair[::-1] if turned else pair)])

    return run


def test_names_and_counters_that_models_leave_open(diff: Any) -> None:
    for turned in (False, True):
        same = diff(SPEC, turned=turned)
        assert (same.exit_code, same.stdout) == (0, ""), same.output


def test_what_the_convention_does_not_explain_is_a_difference(diff: Any) -> None:
    named = SPEC.replace("check: age > 0}", "}").replace(
        "    uniques:\n", "    checks: {positive: age > 0}\n    uniques:\n"
    )
    # A name that a person gave, another constraint, and a counter that is no key.
    found = diff(
        named.replace("number: bigint", "number: bigserial").replace(
            "cascade", "restrict"
        )
    )
    assert found.exit_code == 1
    for words in ("positive", "owners_age_check", "pets_owner_id_fkey", "bigserial"):
        assert words in found.stdout
    assert "owners_pkey" not in found.stdout


LONG = "a_table_with_a_name_that_is_much_too_long_for_what_comes_behind"


@pytest.mark.parametrize(
    ("table", "name", "value", "expected"),
    [
        ("t", "t_pkey", PrimaryKey(columns=("a",)), True),
        ("t", "t_pkey1", PrimaryKey(columns=("a",)), True),
        ("t", "pk_t", PrimaryKey(columns=("a",)), False),
        ("t", "t_a_b_key", Unique(columns=("a", "b")), True),
        ("t", "t_a_key", Unique(columns=("a", "b")), False),
        (LONG, f"{LONG[:58]}_pkey", PrimaryKey(columns=("a",)), True),
        ("t", "t_check", Check(expression="a > 0"), True),
        ("t", "ck_a", Check(expression="a > 0"), False),
        (
            "t",
            "t_a_fkey2",
            ForeignKey(
                columns=("a",), referred_table=Name(None, "u"), referred_columns=("b",)
            ),
            True,
        ),
    ],
)
def test_names_of_postgresqls_choice(
    table: str, name: str, value: Any, expected: bool
) -> None:
    assert is_automatic(table, name, value) is expected
