"""The spec that a project begins with: `init` writes it, and `import` may take its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "# yaml-language-server: $schema=./schema.json\n"
SPEC = """\
{schema}name: {name}
description: Create the tables of {name}.

tables: {{}}
# Such as, in the place of {{}}:
#   users:
#     columns:
#       id: {{type: uuid, primary_key: true}}
#       email: {{type: text, unique: true}}
#       created_at: {{type: timestamptz, default: {{sql: now()}}}}
"""
NAME = re.compile(r"^name: (.+)$", re.MULTILINE)


def text(name: str) -> str:
    """Return the spec of a project that has no table yet."""
    return SPEC.format(schema=SCHEMA, name=name)


def name_in(path: Path) -> str | None:
    """Return the name in a file that is as `text` wrote it; None where it is anything else.

    Nothing of such a file is anybody's work.
    """
    try:
        found = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    name = NAME.search(found)
    return name[1] if name and found == text(name[1]) else None
