"""Options of foreign data in a spec: scalars, and variables of the environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.kinds.shape_base import SECRET, VARIABLE
from gen_migration.postgres.foreign_options import in_order, is_secret
from gen_migration.postgres.secret_values import Secret, secret_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.foreign_options import Value


def build(at: Any, given: Mapping[str, Any]) -> dict[str, Value]:
    """Return options; report what is no text, and a secret that is one."""
    found: dict[str, Value] = {}
    for name, value in given.items():
        where = at / name
        if not where.identifier(name):
            continue
        made = option(where, name, value)
        if made is not None:
            found[name] = made
    return in_order(found)


def option(at: Any, name: str, value: Any) -> Value | None:
    """Return the value of an option; None where it is reported, of a secret without its text."""
    if isinstance(value, dict):
        variable = value.get("env")
        is_name = isinstance(variable, str) and re.fullmatch(VARIABLE, variable)
        if not is_name or len(value) != 1:
            at.wrong(f"this is no value of {quoted(name)}", SECRET[1])
            return None
        return Secret(str(variable))
    if is_secret(name):
        wrong, hint = SECRET
        at.wrong(f"{quoted(name)} {wrong}", hint)
        return None
    if isinstance(value, list) or value is None:
        at.wrong(
            f"{quoted(name)} is a text", "write a text, a number, or true or false"
        )
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if secret_in(text) is not None:
        at.wrong(
            f"{quoted(text)} is a text here", "write it without quotes: {env: NAME}"
        )
        return None
    return text


def dump(options: Mapping[str, Value]) -> dict[str, Any]:
    """Return options as a spec has them."""
    return {
        name: {"env": one.env} if isinstance(one, Secret) else one
        for name, one in options.items()
    }
