"""Any value as YAML text, written without the project's own dumper."""

from __future__ import annotations

import json
from typing import Any


def yaml_text(value: Any) -> str:
    """Return JSON, which is YAML 1.2, with the characters escaped that YAML wants escaped."""
    return "".join(
        character if is_printable(ord(character)) else f"\\U{ord(character):08X}"
        for character in json.dumps(value, ensure_ascii=False, indent=1)
    )


def is_printable(code: int) -> bool:
    """Tell whether a character stands in YAML as it is (YAML 1.2.2, chapter 5.1)."""
    return (
        code in {0x0A, 0x85}
        or 0x20 <= code <= 0x7E
        or 0xA0 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFEFE
        or 0xFF00 <= code <= 0xFFFD
        or code >= 0x10000
    ) and code not in {0x85, 0x2028, 0x2029}
