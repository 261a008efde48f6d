"""A table that others use, and an edit of it."""

from __future__ import annotations

OLD = """\
name: shop
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      email: {type: text, nullable: true}
      team: {type: text, nullable: true}
"""


COLUMN = OLD + "      name: {type: text, nullable: true}\n"
