"""Policies, triggers and rules on a server: with rows, with roles, and as others have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from environment import Environment

NOTES = """
name: notes
tables:
  notes:
    columns: {id: {type: integer, primary_key: true}, author: text}
    row_security: forced
    policies:
      own: {to: [gm_reader, gm_writer], using: author = current_user}
      nobody: {restrictive: true, using: 'false'}
"""


def test_rows_behind_policies_are_seen(project: Environment) -> None:
    """Roles that a spec names are made for the trial, and policies hide no rows from it."""
    assert project.generate(spec=NOTES).status == 0
    changed = NOTES.replace("author: text", "author: varchar(9)")
    done = project.run("verify", project.spec(changed))
    assert done.status == 0, done.stderr
    assert "no rows in" not in done.stderr
    assert "value too long for type character varying(9)" in done.stderr
