"""The tables of tools in the text of a `pyproject.toml`."""

from __future__ import annotations

import re
from typing import Any

from gen_migration.base.errors import Error

# What `tomllib` says of the place behind a mistake.
AT = re.compile(r" \(at line (\d+), column (\d+)\)$")


def tool_tables(text: str, where: str) -> dict[str, Any]:
    """Return what stands under `tool`, by tool. Raises Error at what is no TOML."""
    import tomllib  # most files that are there say nothing of this tool

    try:
        tools = tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        words = str(error)
        if at := AT.search(words):
            words, where = words[: at.start()], f"{where}:{at[1]}:{at[2]}"
        message = f"not TOML: {words[:1].lower()}{words[1:]}"
        raise Error(message, where=where, hint="mend it") from None
    except RecursionError:
        message = "not TOML: its brackets are too deep"
        raise Error(message, where=where, hint="mend it") from None
    if not isinstance(tools, dict):
        raise Error("tool is no table", where=where, hint="write [tool.NAME]")
    return tools
