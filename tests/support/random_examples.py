"""How many random examples a test takes.

A few, the same for everybody, in `make test`; many, and others each time, in `make fuzz`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = int(os.environ.get("GEN_MIGRATION_EXAMPLES", "10"))
SEED = int(os.environ.get("GEN_MIGRATION_SEED", "2026"))


def live(examples: int = EXAMPLES) -> Callable[[Any], Any]:
    """Return settings of a test on a server; shrinking over databases would take minutes."""
    return settings(
        max_examples=max(examples, 1),
        phases=[Phase.explicit, Phase.generate],
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
