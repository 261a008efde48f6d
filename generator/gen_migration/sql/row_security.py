"""Row level security of a table: two switches, and the one word that a spec has for both.

Source: the manual, ALTER TABLE; FORCE alone does nothing until row level security is enabled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import RowSecurity

# By pg_class.relrowsecurity and relforcerowsecurity.
STATES: Mapping[tuple[bool, bool], RowSecurity | None] = {
    (False, False): None,
    (True, False): "enabled",
    (True, True): "forced",
    (False, True): "forced but disabled",
}
FLAGS = {state: flags for flags, state in STATES.items()}
WORDS = (
    {True: "ENABLE", False: "DISABLE"},
    {True: "FORCE", False: "NO FORCE"},
)
# The parser's commands: which of the switches they set, and how.
COMMANDS = {
    "AT_EnableRowSecurity": (0, True),
    "AT_DisableRowSecurity": (0, False),
    "AT_ForceRowSecurity": (1, True),
    "AT_NoForceRowSecurity": (1, False),
}


def actions(old: RowSecurity | None, new: RowSecurity | None) -> list[str]:
    """Return the actions of ALTER TABLE that lead from one state to another."""
    return [
        f"{words[after]} ROW LEVEL SECURITY"
        for words, before, after in zip(WORDS, FLAGS[old], FLAGS[new], strict=True)
        if before != after
    ]


def after(state: RowSecurity | None, command: str) -> RowSecurity | None:
    """Return the state after one of the parser's commands."""
    number, is_on = COMMANDS[command]
    found = [*FLAGS[state]]
    found[number] = is_on
    first, second = found
    return STATES[first, second]
