"""Defaults that take values from sequences: `nextval('a_id_seq')`."""

from __future__ import annotations


def is_counting(default: str | None) -> bool:
    """Tell whether a default may name a sequence, or another relation; cheap."""
    return default is not None and ("nextval" in default or "regclass" in default)
