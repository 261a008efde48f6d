"""Expansions on a database: a spec, its edit with `expand:`, and the contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.workflows.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

OLD = """\
name: shop
tables:
  users:
    columns:
      id: {type: bigint, identity: by default, primary_key: true}
      email: {type: text, unique: true}
      NAME
"""


@dataclass(frozen=True)
class Edit:
    """Columns of a table before and after an edit, and what rows are filled with before."""

    old: str
    new: str
    rows: str = ""


RENAME = Edit(
    old="name: {type: text, default: nobody}",
    new="full_name: {type: text, default: nobody, renamed_from: name, expand: true}",
    rows="INSERT INTO users (email, name) SELECT i, 'n' || i FROM generate_series(1, 25) AS i",
)
RETYPED = Edit(
    old="price: integer",
    new="price: {type: numeric, expand: true}",
    rows="INSERT INTO users (email, price) SELECT i, i FROM generate_series(1, 25) AS i",
)
SPLIT = Edit(
    old="name: text",
    new="""\
first: {type: text, renamed_from: name, expand: {up: "split_part(name, ' ', 1)", \
down: "first || ' ' || last"}}
      last: {type: text, expand: {up: "split_part(name, ' ', 2)"}}""",
    rows="INSERT INTO users (email, name) SELECT i, i || ' x' FROM generate_series(1, 25) AS i",
)
EDITS = {"rename": RENAME, "retyped": RETYPED, "split": SPLIT}


@dataclass(frozen=True)
class Shop:
    """A directory of a spec and its revisions."""

    root: Path

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    def write(
        self, columns: str, request: Request | None = None, spec: str = OLD
    ) -> tuple[str, ...]:
        """Write the revisions that lead to these columns, and return their ids."""
        path = self.root / "shop.yaml"
        path.write_text(spec.replace("NAME", columns), encoding="utf-8")
        self.versions.mkdir(exist_ok=True)
        return generate(path, OutputDirectory(self.versions), request).revisions

    def contract(self, columns: str, spec: str = OLD) -> tuple[str, ...]:
        return self.write(columns, Request(contract=True), spec)

    def upgrade(self, url: str, target: str = "heads") -> None:
        offline_sql.upgrade(url, self.versions, target)

    def downgrade(self, url: str, target: str) -> None:
        offline_sql.downgrade(url, self.versions, target)
