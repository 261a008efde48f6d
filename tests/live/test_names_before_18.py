"""Of two databases, one of which keeps no names of NOT NULL, those names are no difference."""

from __future__ import annotations

from gen_migration.spec.load import load
from gen_migration.workflows.compared_catalogs import without_names

SPEC = """\
name: s
tables:
  events:
    columns: {{id: integer, at: date, note: {{type: text, nullable: true}}}}
    partition_by: {{range: [at]}}
    partitions: {{p: {{bound: default, columns: {{{own}}}}}}}
"""


def test_a_partition_that_says_it_itself_is_like_one_that_does_not() -> None:
    alike = [
        without_names(load(SPEC.format(own=own), "spec.yaml").schema)
        for own in ("", "id: {not_null: x}", "id: {nullable: false}")
    ]
    assert alike[0] == alike[1] == alike[2]


def test_that_it_forbids_what_its_table_allows_is_kept() -> None:
    named, plain, none = (
        without_names(load(SPEC.format(own=own), "spec.yaml").schema)
        for own in ("note: {not_null: x}", "note: {nullable: false}", "")
    )
    assert named == plain != none
