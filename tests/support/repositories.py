"""A repository with a spec at two revisions."""

from __future__ import annotations

import subprocess

OLD = "name: shop\ntables:\n  t:\n    columns: {id: integer, kind: varchar(20)}\n"


NEW = OLD.replace("varchar(20)", "varchar(30)")


def git(*arguments: str) -> None:
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.org")
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)
