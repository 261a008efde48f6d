"""Squawk, a judge that is not ours, reads the SQL of golden changes, up and down.

It reads those of one in a folder, and of all in the workflows.

What it says of them stands here: rules that nobody can keep who does what the spec asks for
(`ASKED`), rules of taste (`TASTE`), and rules that some cases cannot keep, with their reasons
(`KNOWN`). Everything else is a defect.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from cases import spec_of
from changes import all_changes, name_of, sql_of, written
from servers import is_all, some

# The spec asks for it, with --allow-data-loss where something is lost; the losses are in the
# docstring, and data that goes or names that change are what the edit is for.
ASKED = """
ban-drop-column ban-drop-table ban-drop-type ban-drop-domain ban-drop-schema ban-drop-sequence
ban-drop-extension ban-drop-function ban-drop-view ban-drop-constraint ban-drop-default
ban-drop-not-null
ban-drop-generated-expression
ban-alter-identity ban-set-schema renaming-column renaming-table renaming-object
adding-required-field
""".split()
TASTE = {
    # It wants checks at columns. One of a domain is added NOT VALID; GM221 says what reads rows.
    "ban-alter-domain-with-add-constraint",
    "ban-create-domain-with-constraint",
    # Whether it rewrites the table is known by a table of types; what does stops the command.
    "changing-column-type",
    # What the columns of a table are is the author's to say.
    "prefer-bigint-over-int",
    "prefer-text-field",
    "prefer-identity",
    "prefer-timestamp-tz",
    # What waits is limited; to limit what runs would stop a build before its end.
    "require-statement-timeout",
    # Only the first value of an empty enum has nothing to come before or after.
    "require-enum-value-ordering",
    # It wants IF NOT EXISTS, which takes an invalid index that a crash has left for a good one.
    # Ours drop it first; `test_crashes` proves that they can be repeated.
    "prefer-robust-stmts",
}
KNOWN: dict[str, tuple[str, str]] = {
    "adding-field-with-default": (
        "no other way to an identity or a generated column: the command says what it costs",
        """
        alter_function.that_returns_an_enum
        add_column.generated add_column.identity add_column.virtual drop_column.generated
        drop_column.source_of_a_generated_one set_column_expression.becomes_generated
        set_column_expression.before_17 set_column_expression.no_longer_generated
        set_column_expression.stored_to_virtual set_column_type.source_of_a_generated_column
        set_enum_values.generated_column set_sequence_owner.owner_goes
        drop_column.that_varies_with_what_a_partition_has_of_it add_column.virtual_not_null
        add_column.identity_with_the_name_of_an_index
        set_clustering.of_a_column_that_is_computed_anew
        set_column_type.under_objects_that_change
        alter_function.anew
        create_text_search_dictionary.anew
        drop_text_search_dictionary.with_all
        set_grants.a_column_made_anew
        add_enum_value.of_a_composite_type_of_columns
        set_column_type.under_a_function_that_computes
        create_function.with_another_argument
        """,
    ),
    "adding-foreign-key-constraint": (
        "on the way back, of what is written anew or built meanwhile; partitions are off",
        """
        drop_column.that_comes_from_a_parent create_index.of_partitions_under_a_foreign_key
        drop_column.of_a_parent_while_a_child_declares_it
        attach_partition.beside_bounds_and_a_key_to_itself
        create_constraint.key_without_overlaps_that_is_referred_to
        drop_table.type_in_the_partition_key
        set_column_type.both_sides_of_a_key set_column_type.one_side_of_a_key
        set_enum_values.with_two_columns_of_a_key set_partition_bound.referred_to
        set_table_unlogged.two_with_a_key_between
        set_column_type.of_a_parent_whose_children_name_not_null
        """,
    ),
    "adding-not-nullable-field": (
        "of a column that comes back, of what a partition alone refuses, or beside a new type",
        """
        set_column_type.of_a_partition_that_forbids_null drop_column.of_the_top_of_a_diamond
        add_column.to_a_parent_of_a_child_whose_other_parent_changes_its_type
        set_column_nullable.of_a_parent_and_its_child
        create_table.child set_column_nullable.of_a_parent set_column_nullable.of_a_typed_parent
        detach_partition.whose_column_goes_with_what_its_own_partitions_have
        drop_column.that_varies_with_what_a_partition_has_of_it
        set_column_nullable.of_a_table_whose_partition_says_it
        set_column_type.of_a_parent_whose_children_forbid_null
        set_column_type.of_a_parent_whose_children_name_not_null
        set_enum_values.of_partitions_that_forbid_null
        """,
    ),
    "adding-serial-primary-key-field": (
        "the partitions have it, a part of the whole's; beside a new type, or bounds that change",
        """
        create_constraint.of_partitioned_tables
        create_constraint.key_of_a_partitioned_table_over_nullable_columns
        set_column_type.of_a_parent_whose_children_name_not_null
        """,
    ),
    "constraint-missing-not-valid": (
        "there is none of what excludes; what is written anew is locked; partitions have theirs",
        """
        set_column_type.collation
        set_column_type.under_a_check_that_a_partition_comments
        detach_partition.below_a_partition_of_a_check_not_valid
        create_index.of_partitions_under_a_foreign_key
        detach_partition.while_a_function_is_made_anew
        drop_column.that_comes_from_a_parent
        drop_column.of_a_parent_while_a_child_declares_it
        make_typed.with_a_check_over_an_attribute
        attach_partition.beside_bounds_and_a_key_to_itself
        set_column_type.over_a_check_that_a_child_has_as_well
        set_column_type.under_a_function_that_is_called
        create_constraint.key_without_overlaps_that_is_referred_to
        create_constraint.of_partitioned_tables create_constraint.each_kind
        drop_constraint.each_kind set_column_type.both_sides_of_a_key set_column_type.expressions
        set_column_type.free_with_a_check set_column_type.one_side_of_a_key
        drop_table.type_in_the_partition_key set_table_unlogged.two_with_a_key_between
        set_column_type.serial_to_integer set_enum_values.removed
        set_enum_values.with_two_columns_of_a_key set_partition_bound.referred_to
        rename_table.partitioned_and_an_index create_constraint.exclusion_of_an_expression
        alter_domain.type
        create_constraint.key_of_a_partitioned_table_over_nullable_columns
        alter_composite_type.anew
        create_collation.anew
        create_constraint.with_settings_of_its_index
        alter_function.anew alter_function.of_another_result
        set_column_type.under_a_function_that_is_called
        create_operator.anew
        add_enum_value.of_a_composite_type_of_columns
        set_column_type.under_a_function_that_computes
        set_column_type.of_a_parent_whose_children_name_not_null
        create_function.with_another_argument
        """,
    ),
    "disallowed-unique-constraint": (
        "none USING INDEX without overlaps, nor of partitions; or its column goes for a while",
        """
        drop_column.that_comes_from_a_parent
        drop_column.of_a_parent_while_a_child_declares_it
        create_constraint.key_without_overlaps_that_is_referred_to
        rename_table.partitioned_and_an_index
        """,
    ),
    "require-concurrent-index-creation": (
        "the partitions have the index already; what is new or written anew is locked anyway",
        """
        alter_function.that_returns_an_enum
        drop_column.that_comes_from_a_parent
        drop_column.of_a_parent_while_a_child_declares_it
        drop_materialized_view.whose_index_gives_its_name
        alter_function.under_views_and_triggers
        set_column_type.under_a_function_that_is_called
        alter_materialized_view.anew alter_materialized_view.built_aside
        alter_materialized_view.columns_go alter_materialized_view.one_over_another
        create_materialized_view.new drop_materialized_view.old
        create_index.of_nested_partitions create_index.of_partitions_under_a_foreign_key
        create_index.of_partitioned_table_with_other_parameters create_index.partitioned
        set_column_expression.before_17 set_column_type.collation set_column_type.expressions
        set_column_type.of_a_partitioned_table set_column_type.source_of_a_generated_column
        set_enum_values.removed
        create_index.beside_another_of_the_same_columns
        rename_table.partitioned_and_an_index set_inherited.of_an_index_that_is_replaced
        set_clustering.of_a_column_that_is_computed_anew
        alter_composite_type.anew
        create_collation.anew
        alter_function.anew alter_function.of_another_result
        alter_function.under_views_and_triggers set_column_type.under_a_function_that_is_called
        create_text_search_configuration.anew
        create_text_search_dictionary.anew
        create_operator.anew
        create_operator_class.anew
        create_index.of_some_partitions create_index.of_some_partitions_while_others_come
        add_enum_value.of_a_composite_type_of_columns
        set_column_type.under_a_function_that_computes
        create_operator_class.becomes_the_default
        create_statement.foreign_partition
        create_function.with_another_argument
        """,
    ),
    "require-concurrent-index-deletion": (
        "none of a partitioned table; a table that goes is not used, nor a column that is off",
        """
        alter_function.that_returns_an_enum
        drop_column.that_comes_from_a_parent
        drop_column.of_a_parent_while_a_child_declares_it
        drop_table.whose_index_gives_its_name
        alter_function.under_views_and_triggers
        set_column_type.under_a_function_that_is_called
        create_index.of_partitions_under_a_foreign_key
        create_index.of_nested_partitions create_index.of_partitioned_table_with_other_parameters
        create_index.partitioned set_column_expression.before_17 set_column_type.collation
        set_column_type.expressions set_column_type.of_a_partitioned_table
        set_column_type.source_of_a_generated_column set_enum_values.removed
        create_index.beside_another_of_the_same_columns
        rename_table.partitioned_and_an_index set_inherited.of_an_index_that_is_replaced
        set_clustering.of_a_column_that_is_computed_anew
        alter_composite_type.anew
        create_collation.anew
        alter_function.anew alter_function.of_another_result
        alter_function.under_views_and_triggers set_column_type.under_a_function_that_is_called
        create_text_search_configuration.anew
        create_text_search_dictionary.anew
        create_operator.anew
        create_operator_class.anew
        create_index.of_some_partitions create_index.of_some_partitions_while_others_come
        add_enum_value.of_a_composite_type_of_columns
        set_column_type.under_a_function_that_computes
        create_operator_class.becomes_the_default
        create_statement.foreign_partition
        create_function.with_another_argument
        """,
    ),
    "require-concurrent-partition-detach": (
        "DETACH CONCURRENTLY is refused beside a default partition, and in a transaction",
        """
        attach_partition.beside_bounds_and_a_key_to_itself
        attach_partition.key_by_another_name
        attach_partition.key_and_index attach_partition.of_a_new_table
        attach_partition.with_equal_indexes detach_partition.with_equal_indexes
        attach_partition.table_that_was_alone detach_partition.and_renamed
        detach_partition.to_a_table_of_its_own detach_partition.to_another_parent
        detach_partition.with_keys_and_indexes set_not_null_name.of_a_partitioned_table
        set_partition_bound.and_a_new_one set_partition_bound.border_between_two
        set_partition_bound.list_values set_partition_bound.referred_to set_partition_bound.wider
        attach_partition.with_columns_of_its_own
        detach_partition.whose_column_gets_another_name
        detach_partition.whose_column_goes_with_what_its_own_partitions_have
        detach_partition.whose_own_partitions_have_a_new_column_otherwise
        drop_table.partitions_of_a_table_that_a_key_refers_to set_not_null_name.of_a_partition
        detach_partition.of_a_table_that_counts
        attach_partition.with_an_index_of_another_name
        set_not_null_name.of_a_partition_whose_own_partition_says_it
        create_index.of_some_partitions_while_others_come
        attach_partition.in_place_of_another
        detach_partition.keys_by_other_names detach_partition.uniques_by_other_names
        attach_partition.with_a_trigger_of_its_own
        attach_partition.below_a_partition_of_a_check_not_valid
        detach_partition.while_a_function_is_made_anew
        detach_partition.below_a_partition_of_a_check_not_valid
        """,
    ),
    "require-lock-timeout": (
        "nothing that is in use is locked: what is new, a comment",
        """
        create_shell_type.alone drop_shell_type.alone create_table.child
        create_operator_class.called_as_postgresqls_own
        drop_access_method.with_its_tables
        create_function.in_a_circle create_function.with_tabs
        create_materialized_view.new drop_materialized_view.old
        create_enum.beside_another create_schema.with_comment drop_enum.unused drop_schema.empty
        create_domain.all drop_view.old
        drop_sequence.with_its_counter drop_table.cycle drop_table.partitioned drop_table.plain
        drop_table.with_its_kinds set_column_type.from_an_enum set_comment.column
        set_comment.everything_else set_comment.table drop_table.beside_an_index
        set_comment.of_columns_of_partitions set_comment.public
        set_index_comment.of_a_partitioned_table
        create_composite_type.all
        create_collation.all create_publication.all create_range_type.all
        create_statement.all create_subscription.all drop_subscription.with_its_slot
        create_aggregate.between drop_function.with_what_called_it
        create_function.in_a_circle create_function.with_tabs
        create_text_search_parser.all
        create_text_search_parser.of_functions_called_so
        create_text_search_template.all
        drop_text_search_configuration.unused
        drop_text_search_parser.unused
        drop_text_search_template.unused
        set_grants.each_kind
        set_grants.left_out
        create_operator.all
        create_operator_family.with_items
        drop_operator.with_its_function
        drop_operator_class.with_its_family
        drop_operator_family.with_items
        create_foreign_server.all
        drop_foreign_data_wrapper.unused
        drop_foreign_server.with_its_wrapper
        create_default_privileges.each
        create_access_method.all
        create_transform.all
        drop_cast.with_its_type
        drop_conversion.unused
        drop_transform.unused
        create_foreign_table.all
        drop_foreign_table.with_its_server
        create_base_type.all
        create_operator_class.of_two_types
        create_shell_type.with_a_function
        create_transform.of_functions
        set_comment.of_public
        set_comment.of_a_collation
        create_function.in_another_schema
        create_function.that_does_nothing
        set_owner.while_its_schema_loses_a_grant
        """,
    ),
    "syntax-error": (
        "Squawk knows no SET and RESET together, VERSION NULL, or LANGUAGE with handlers",
        """
        set_index_storage.set_change_reset
        alter_foreign_server.in_place
        create_language.all
        drop_language.with_its_routines
        """,
    ),
}
PROGRAM = Path(sys.executable).with_name("squawk")


def sql_of_all(directory: Path) -> dict[int, list[Path]]:
    """Write the SQL of golden changes, each way, and return the files by server version."""
    found: dict[int, list[Path]] = defaultdict(list)
    for case in some(all_changes()):
        texts = written(case)
        spec = spec_of(case, "new.yaml") if texts else None
        if spec is None or not spec.online or "offline" in case.sections:
            continue
        for way, sql in zip(("up", "down"), sql_of(case), strict=True):
            path = directory / f"{name_of(case).replace('/', '.')}.{way}.sql"
            path.write_text(sql, encoding="utf-8")
            found[spec.postgresql].append(path)
    return found


def test_it_has_nothing_to_say(tmp_path: Path) -> None:
    unknown, seen, tried = [], set(), set()
    for version, paths in sql_of_all(tmp_path).items():
        tried |= {path.stem.rpartition(".")[0] for path in paths}
        command = [str(PROGRAM), "--reporter", "json", "--pg-version", str(version)]
        for one in ASKED:
            command += ["--exclude", one]
        for one in sorted(TASTE):
            command += ["--exclude", one]
        done = subprocess.run(
            [*command, *map(str, paths)], capture_output=True, text=True, check=False
        )
        for found in json.loads(done.stdout):
            rule, path = found["rule_name"], Path(found["file"])
            name = path.stem.rpartition(".")[0]
            seen.add((rule, name))
            if name not in KNOWN.get(rule, ("", ""))[1].split():
                line = path.read_text(encoding="utf-8").splitlines()[found["line"]]
                unknown.append(f"{rule}: {path.stem}: {line}")
    assert unknown == []
    known = {(rule, one) for rule, (_, of) in KNOWN.items() for one in of.split()}
    assert {one for one in known if one[1] in tried} - seen == set()
    assert not is_all() or {name for _, name in known} <= tried


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("CREATE INDEX ix ON t (a);", "require-concurrent-index-creation"),
        (
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);",
            "constraint-missing-not-valid",
        ),
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL;", "adding-not-nullable-field"),
    ],
)
def test_it_judges(sql: str, rule: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.sql"
    path.write_text(sql, encoding="utf-8")
    done = subprocess.run(
        [str(PROGRAM), "--reporter", "json", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rule in {one["rule_name"] for one in json.loads(done.stdout)}
