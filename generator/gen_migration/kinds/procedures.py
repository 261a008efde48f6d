"""Procedures: `CREATE PROCEDURE`."""

from __future__ import annotations

from typing import Any

from gen_migration.kinds import functions as of
from gen_migration.kinds.keys import RENAMED_FROM
from gen_migration.kinds.routine_values import Procedure
from gen_migration.kinds.routines import Routines
from gen_migration.postgres import privileges


class Procedures(Routines):
    """Procedures in any language."""

    word = "procedure"
    key = "procedures"
    about = "Procedures by signature: `archive(date)`."
    about_one = "A procedure."
    keys = (
        of.ARGUMENTS,
        of.LANGUAGE,
        of.BODY,
        of.LIBRARY,
        of.DEFINER,
        of.TRANSFORMS,
        of.SET,
        RENAMED_FROM,
    )
    value = Procedure
    called = "PROCEDURE"
    granting = privileges.PROCEDURE

    def operands(self, name: Any) -> str:
        """Return the types with modes: else PostgreSQL looks at arguments that come out, too."""
        return ", ".join(f"IN {one.sql}" for one in name.arguments)
