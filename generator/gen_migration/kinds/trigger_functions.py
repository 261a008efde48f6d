"""The functions that triggers and event triggers call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.postgres.signatures import Signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def faults_of(
    function: Name, wanted: str, schema: Schema
) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    """Yield what is wrong with a function of the spec that has to return a pseudo-type.

    One that the spec does not have is another's.
    """
    one = schema.of("function").get(Signature(*function))
    if one is not None and (one.returns is None or one.returns.name != wanted):
        message = f"the function {quoted(f'{function}()')} does not return {wanted}"
        yield (), message, f"write returns: {wanted} there, or another function here"
