"""Hints that do nothing are told with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from environment import written

if TYPE_CHECKING:
    from environment import Environment

SPEC = """\
name: shop
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true}
      name: varchar(20)
"""


def test_a_type_that_changes_in_place_needs_no_expansion(project: Environment) -> None:
    written(project.generate(spec=SPEC))
    spec = SPEC.replace("varchar(20)", "{type: text, expand: true}")
    said = project.generate(spec=spec).stderr
    assert "shop.yaml:6:26: " in said
    assert "expand does nothing: this type changes in place" in said
    # Once it has changed, there is nothing to change.
    said = project.generate(spec=spec).stderr
    assert "expand does nothing: history has made room, and closed it" in said
