"""README, and what it shows."""

from __future__ import annotations

import re
from pathlib import Path

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def edited(text: str, diff: str) -> str:
    """Return a text after a diff without line numbers."""
    before, after = (
        "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in kinds)
        for kinds in (" -", " +")
    )
    assert text.count(before) == 1
    return text.replace(before, after)
