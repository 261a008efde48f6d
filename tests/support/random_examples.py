"""How many random examples meet a server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

# A long run sets this; shrinking over live databases would take minutes.
EXAMPLES = int(os.environ.get("GEN_MIGRATION_EXAMPLES", "25"))


live: Callable[[Any], Any] = settings(
    max_examples=EXAMPLES, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
