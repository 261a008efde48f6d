"""What foreign tables are made of."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold
from gen_migration.postgres.secret_values import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignColumn:
    """A column of a foreign table; `generated` is the expression of one that is computed."""

    type: Type
    collation: Name | None = None
    default: str | None = None
    generated: str | None = None
    nullable: bool = False
    options: Mapping[str, str | Secret] = field(default_factory=dict)
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCheck:
    """A check of a foreign table, which PostgreSQL takes for true."""

    expression: str
    not_valid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTable(Granted):
    """`CREATE FOREIGN TABLE`."""

    server: str
    options: Mapping[str, str | Secret] = field(default_factory=dict)
    columns: Mapping[str, ForeignColumn] = field(default_factory=dict)
    checks: Mapping[str, ForeignCheck] = field(default_factory=dict)
    comment: str | None = None


hold(ForeignColumn, options=(Secret,))
hold(ForeignTable, options=(Secret,), columns=(ForeignColumn,), checks=(ForeignCheck,))
