"""SQL that a revision runs as a whole, and what it says of it for whoever reads it later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Block(NamedTuple):
    """Statements that are run as they stand, and what is said of them."""

    statements: tuple[str, ...]
    said: Mapping[str, Any]
