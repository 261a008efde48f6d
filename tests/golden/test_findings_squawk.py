"""The rules beside Squawk: where the two do not agree on the SQL of a golden change, and why.

Both read the upgrades of golden changes, in the forms that let others go on, and once more with
`online: false`: of one in each other folder, in the workflows of all. Squawk reads each statement
alone; the rules know what was there before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from findings_beside_squawk import both
from servers import is_all

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Known = tuple[str, str]  # a reason, and the cases


@dataclass(frozen=True)
class Pair:
    """Rules of Squawk, and those here that are about the same; what one of the two says alone."""

    squawk: str
    codes: str
    squawk_alone: Known = ("", "")
    alone: Known = ("", "")


PAIRS = (
    Pair(
        "adding-field-with-default",
        "GM209 GM210",
        squawk_alone=(
            "a virtual column is computed when it is read",
            """
            add_column.virtual add_column.virtual_not_null
            set_column_expression.stored_to_virtual
            """,
        ),
        alone=(
            "serial is a default that Squawk does not see",
            """
            add_column.serial
            """,
        ),
    ),
    Pair(
        "adding-foreign-key-constraint",
        "GM204",
    ),
    Pair(
        "adding-not-nullable-field",
        "GM207",
        squawk_alone=(
            "a child is new, or goes on refusing NULL where its parent no longer does",
            """
            create_table.child set_column_nullable.of_a_parent
            drop_column.of_the_top_of_a_diamond
            """,
        ),
        alone=(
            "Squawk does not know that a virtual column is computed for its NOT NULL",
            """
            add_column.virtual_not_null set_column_expression.stored_to_virtual
            set_column_nullable.for_rows_to_come
            """,
        ),
    ),
    Pair(
        "adding-required-field",
        "GM122",
        squawk_alone=(
            "serial fills itself",
            """
            add_column.serial
            """,
        ),
        alone=(
            "Squawk does not see what is filled first, and NOT NULL in the end",
            """
            add_column.backfill add_column.with_a_name_of_not_null
            add_column.not_null_for_rows_to_come
            rename_column.to_be_followed_by_a_column_of_the_old_name
            set_not_null_name.to_free_it_where_postgresql_chose_it
            """,
        ),
    ),
    Pair(
        "adding-serial-primary-key-field disallowed-unique-constraint",
        "GM205",
        squawk_alone=(
            "the partitions have it already, or GM224 is told of the whole materialized view",
            """
            create_constraint.of_partitioned_tables rename_table.partitioned_and_an_index
            create_constraint.key_of_a_partitioned_table_over_nullable_columns
            """,
        ),
    ),
    Pair(
        "ban-drop-column",
        "GM102 GM161",
        squawk_alone=(
            "a generated column that comes back in the same transaction: GM104 and GM210 tell it",
            """
            alter_function.that_returns_an_enum
            alter_function.after_its_type alter_function.with_parts_that_it_names
            set_column_expression.becomes_generated set_column_expression.before_17
            set_column_expression.stored_to_virtual
            set_column_type.source_of_a_generated_column
            set_enum_values.generated_column
            set_clustering.of_a_column_that_is_computed_anew
            alter_function.anew
            reorder_attributes.where_no_column_has_them
            alter_composite_type.comment_comes_back reorder_attributes.of_one_that_goes
            create_text_search_dictionary.anew
            set_grants.a_column_made_anew
            set_column_type.under_a_function_that_computes
            alter_foreign_table.columns
            create_function.with_another_argument
            set_column_type.under_objects_that_change
            """,
        ),
    ),
    Pair(
        "ban-drop-table",
        "GM101",
        squawk_alone=(
            "the rows of a foreign table are elsewhere: GM108",
            """
            create_foreign_table.type_of_rows
            create_foreign_server.under_a_table create_foreign_table.anew
            drop_foreign_table.with_its_server
            """,
        ),
    ),
    Pair(
        "ban-drop-sequence",
        "GM106",
        squawk_alone=(
            "the sequence of a serial column, which nothing needs any more",
            """
            set_column_identity.from_serial set_column_type.serial_to_bigint
            set_column_type.serial_to_boolean set_column_type.serial_to_integer
            set_column_identity.from_serial_that_another_counts_with
            """,
        ),
    ),
    Pair(
        "ban-drop-function ban-drop-view",
        "GM108",
        squawk_alone=(
            "one of the same name takes its place, or only a trigger of ours calls it",
            """
            detach_partition.while_a_function_is_made_anew
            alter_function.that_returns_an_enum
            add_column.to_tables_called_as_catalogs
            drop_column.that_comes_from_a_parent set_grants.on_columns_that_are_gone
            drop_column.of_a_parent_while_a_child_declares_it drop_statement.set_again
            alter_function.transforms drop_transform.of_a_function
            alter_function.transforms_that_come
            check_rows.contract_of_a_split check_rows.back_to_the_old_one
            check_rows.contract_of_a_rename check_rows.contract_of_a_type
            create_foreign_table.type_of_rows
            add_enum_value.before_statements
            alter_materialized_view.columns_go alter_materialized_view.one_over_another
            alter_materialized_view.one_over_another_in_place
            alter_function.under_views_and_triggers alter_materialized_view.anew
            alter_materialized_view.built_aside alter_view.anew create_range_type.with_a_function
            create_statistics.of_a_materialized_view drop_column.under_a_view
            drop_table.whose_name_a_view_gets set_column_type.under_a_function_that_is_called
            set_column_type.under_views
            alter_function.anew alter_function.in_place alter_function.of_another_result
            drop_aggregate.anew drop_aggregate.with_its_function
            alter_composite_type.under_a_view create_range_type.with_a_function
            create_statistics.of_a_materialized_view
            alter_function.under_views_and_triggers set_column_type.under_a_function_that_is_called
            create_operator.anew
            set_grants.views_made_anew
            create_text_search_dictionary.anew drop_statement.anew
            set_grants.views_made_anew
            create_foreign_table.anew
            create_foreign_server.under_a_table
            create_base_type.anew
            set_column_type.under_a_function_of_a_check_of_a_domain
            set_column_type.under_a_function_that_computes
            set_column_type.under_functions_that_join
            create_statement.with_a_rename
            set_grants.made_anew_beside_default_privileges
            alter_function.whose_rows_get_a_column
            alter_constraint.primary_key_that_a_view_groups_by
            alter_foreign_table.columns
            alter_function.that_reads_what_changes set_column_type.under_objects_that_change
            """,
        ),
        alone=(
            "Squawk knows neither text search nor operators",
            """
            drop_text_search_configuration.unused
            drop_text_search_dictionary.with_all
            drop_text_search_parser.unused
            drop_operator_class.with_its_family
            drop_foreign_table.with_its_server
            """,
        ),
    ),
    Pair(
        "ban-drop-type ban-drop-domain ban-drop-extension",
        "GM107",
        squawk_alone=(
            "a type of the same name takes its place: GM105 says it; an operator is GM108",
            """
            alter_composite_type.of_another_range_type alter_function.that_returns_an_enum
            alter_domain.two_steps_beside_an_enum
            drop_shell_type.alone
            alter_domain.over_an_enum_that_loses_a_value
            alter_domain.of_elements alter_domain.type
            set_enum_values.generated_column set_enum_values.of_a_partition_key
            set_enum_values.removed set_enum_values.removed_and_added set_enum_values.reordered
            set_enum_values.unused set_enum_values.with_two_columns_of_a_key
            set_enum_values.with_defaults_of_partitions
            alter_composite_type.anew set_enum_values.of_a_composite_type
            create_collation.anew drop_statement.anew
            alter_operator_family.items
            create_operator.anew
            create_operator_class.anew
            drop_operator.with_its_function
            drop_operator_class.with_its_family drop_statement.set_again
            drop_operator_family.with_items
            create_cast.anew
            alter_domain.in_a_composite_type
            set_column_type.under_a_function_of_a_check_of_a_domain
            set_enum_values.of_a_typed_table
            create_operator_class.becomes_the_default
            set_enum_values.of_partitions_that_forbid_null
            """,
        ),
        alone=(
            "an extension that moves is one that others do not find",
            "alter_extension.moved",
        ),
    ),
    Pair(
        "renaming-column renaming-table renaming-object ban-set-schema",
        "GM111 GM112 GM113 GM114 GM115",
        squawk_alone=(
            "no query names an index; a type comes back; an extension that moves is GM107",
            """
            detach_partition.keys_by_other_names detach_partition.uniques_by_other_names
            rename_constraint.foreign_key_that_partitions_have
            attach_partition.beside_bounds_and_a_key_to_itself attach_partition.key_by_another_name
            rename_constraint.by_another_convention
            rename_table.expanded alter_function.that_returns_an_enum
            drop_statement.of_an_index_that_is_replaced
            check_rows.contract_of_a_rename check_rows.contract_of_a_type
            alter_composite_type.of_another_range_type
            alter_domain.two_steps_beside_an_enum
            alter_materialized_view.indexes_that_change_names
            alter_materialized_view.anew alter_materialized_view.columns_go
            alter_materialized_view.one_over_another
            alter_materialized_view.one_over_another_in_place
            set_column_identity.that_swap_the_names_of_their_sequences
            alter_domain.over_an_enum_that_loses_a_value alter_materialized_view.built_aside
            create_statistics.of_a_materialized_view
            alter_domain.in_place alter_domain.of_elements alter_domain.type
            create_index.of_nested_partitions create_index.replaced_in_company
            drop_column.of_an_index_that_stays
            create_index.of_partitioned_table_with_other_parameters
            drop_index.changed rename_constraint.asked_for
            rename_constraint.name_of_an_index_that_goes rename_constraint.swap
            rename_constraint.swap_of_checks rename_constraint.without_being_asked
            rename_index.asked_for rename_index.swap rename_index.taken_by_another_table
            set_inherited.of_an_index_that_is_renamed set_inherited.of_an_index_that_is_replaced
            set_enum_values.generated_column set_enum_values.of_a_partition_key
            set_enum_values.removed set_enum_values.removed_and_added set_enum_values.reordered
            set_enum_values.unused set_enum_values.with_two_columns_of_a_key
            alter_extension.moved set_not_null_name.and_another_constraint
            set_enum_values.with_defaults_of_partitions
            set_clustering.moved_and_dropped
            set_replica_identity.moves_before_the_old_index_goes
            alter_composite_type.anew set_enum_values.of_a_composite_type
            create_collation.anew
            set_column_identity.name_of_its_sequence
            set_index_storage.of_a_constraint
            create_statistics.of_a_materialized_view
            alter_domain.in_a_composite_type
            alter_materialized_view.in_place
            alter_materialized_view.index_under_its_name
            alter_materialized_view.index_under_its_name_not_in_use
            set_column_type.under_a_function_of_a_check_of_a_domain
            set_enum_values.of_a_typed_table
            create_index.beside_another_of_the_same_columns
            set_enum_values.of_partitions_that_forbid_null
            """,
        ),
        alone=(
            "Squawk knows neither text search nor operators",
            """
            rename_text_search_configuration.renamed set_operator_schema.moved
            """,
        ),
    ),
    Pair(
        "ban-alter-identity",
        "GM124",
        squawk_alone=(
            "code that gives no value goes on; only GENERATED ALWAYS refuses one",
            """
            set_column_identity.dropped
            """,
        ),
        alone=(
            "Squawk does not look at a column that is there already",
            """
            set_column_identity.from_a_sequence_of_its_name
            """,
        ),
    ),
    Pair(
        "ban-drop-default",
        "GM123",
        squawk_alone=(
            "it comes back in the same transaction, or the column gets its values elsewhere",
            """
            rename_table.that_a_default_names set_column_default.of_a_name
            alter_composite_type.of_a_child_that_declares_it
            backfill.expand_a_rename
            add_column.that_partitions_have_otherwise
            alter_composite_type.of_typed_tables
            alter_domain.two_steps_beside_an_enum
            create_table.child
            set_column_default.of_a_parent_and_its_children
            set_column_type.of_a_parent
            alter_domain.over_an_enum_that_loses_a_value
            set_column_type.under_a_function_that_is_called
            alter_domain.type release_sequence.of_a_serial_column rename_column.and_changed
            set_column_identity.from_default set_column_identity.from_serial
            set_column_type.default_stays set_column_type.from_an_enum
            set_column_type.from_enum_to_enum set_column_type.integer_to_serial
            set_column_type.serial_to_bigint set_column_type.serial_to_boolean
            set_column_type.serial_to_integer set_column_type.to_an_enum
            set_column_type.with_default set_enum_values.removed set_enum_values.removed_and_added
            set_enum_values.with_defaults_of_partitions set_column_default.of_partitions
            drop_table.its_sequence_that_another_counts_with
            set_column_identity.from_a_sequence_of_its_name
            set_column_identity.from_a_sequence_that_another_counts_with
            set_column_identity.from_serial_that_another_counts_with
            alter_function.anew alter_function.of_another_result
            set_column_type.under_a_function_that_is_called
            alter_foreign_table.in_place
            alter_composite_type.of_typed_tables_with_a_cast
            set_column_type.under_a_function_of_a_check_of_a_domain
            set_column_type.under_a_function_that_computes
            create_table.child_without_what_its_parent_has
            alter_foreign_table.columns
            """,
        ),
    ),
    Pair(
        "ban-drop-constraint",
        "GM125",
        squawk_alone=(
            "it comes back, or only lets more rows pass; a key goes on being one",
            """
            set_column_type.collation
            set_column_type.under_a_check_that_a_partition_comments
            attach_partition.below_a_partition_of_a_check_not_valid
            detach_partition.below_a_partition_of_a_check_not_valid
            create_index.of_partitions_under_a_foreign_key
            detach_partition.while_a_function_is_made_anew
            set_column_nullable.of_a_parent_and_its_child
            attach_partition.beside_bounds_and_a_key_to_itself drop_column.that_comes_from_a_parent
            drop_column.of_a_parent_while_a_child_declares_it
            make_typed.with_a_check_over_an_attribute set_column_nullable.of_a_typed_parent
            set_column_type.over_a_check_that_a_child_has_as_well
            set_column_nullable.of_a_partition_with_a_value
            check_rows.contract_of_a_type backfill.expand_a_split backfill.expand_a_rename
            backfill.expand_a_type backfill.expand_a_type_by_sql
            create_constraint.check_of_a_parent
            drop_constraint.check_of_a_parent
            set_column_nullable.of_a_child_alone
            set_column_nullable.of_a_parent
            set_column_type.under_a_function_that_is_called
            add_column.backfill add_column.identity add_column.with_keys alter_domain.type
            add_enum_value.used_in_the_same_edit alter_constraint.deferrability
            attach_partition.key_and_index backfill.after_the_type backfill.and_a_default
            backfill.default_as_well backfill.literal create_constraint.each_kind
            create_constraint.key_for_a_new_foreign_key create_constraint.with_options
            create_constraint.of_partitioned_tables rename_table.partitioned_and_an_index
            alter_constraint.key_of_a_partitioned_table_that_is_referred_to
            alter_constraint.keys_of_a_partitioned_table
            alter_constraint.key_that_a_partitioned_table_refers_to
            create_constraint.key_without_overlaps_that_is_referred_to
            drop_constraint.foreign_key_with_another_action
            drop_constraint.key_that_a_foreign_key_stays_on
            drop_constraint.unique_becomes_primary_key drop_index.unique_index_becomes_a_constraint
            drop_table.cycle drop_table.key_kept_as_a_plain_column drop_table.referred_to
            drop_table.type_in_the_partition_key set_column_nullable.not_null
            set_column_nullable.known_to_be_empty set_column_type.both_sides_of_a_key
            set_column_type.expressions set_column_type.free_with_a_check
            set_column_type.free_with_a_check_not_valid set_comment.hidden_characters
            set_column_type.from_an_enum set_column_type.one_side_of_a_key
            set_column_type.serial_to_integer set_column_type.to_an_enum set_enum_values.removed
            set_enum_values.with_two_columns_of_a_key set_not_null_name.and_another_constraint
            set_partition_bound.referred_to set_table_unlogged.two_with_a_key_between
            create_constraint.of_several_tables
            create_constraint.key_of_a_partitioned_table_over_nullable_columns
            set_column_nullable.of_partitions set_column_nullable.of_a_table_whose_partition_says_it
            set_replica_identity.whose_columns_may_be_null
            alter_composite_type.anew
            create_collation.anew
            alter_function.anew alter_function.of_another_result create_function.needed
            drop_function.with_what_called_it
            set_column_type.under_a_function_that_is_called
            set_not_null_state.whose_name_another_gets set_not_null_state.validated_and_put_off
            create_text_search_configuration.all
            create_operator.all
            create_operator.anew
            drop_operator.with_its_function
            backfill.past_policies
            alter_foreign_table.in_place
            set_column_type.under_a_function_that_computes
            set_column_type.of_a_parent_whose_children_name_not_null
            alter_constraint.primary_key_that_a_view_groups_by
            alter_foreign_table.columns
            create_function.with_another_argument
            """,
        ),
        alone=(
            "Squawk does not know which index was unique",
            """
            create_index.replaced_in_company drop_index.plain
            """,
        ),
    ),
    Pair(
        "changing-column-type",
        "GM208",
        squawk_alone=(
            "PostgreSQL writes and reads nothing for it",
            """
            add_column.to_tables_called_as_catalogs
            alter_composite_type.of_a_child_that_declares_it
            make_typed.with_a_check_over_an_attribute
            set_column_type.over_a_check_that_a_child_has_as_well
            alter_composite_type.of_typed_tables
            set_column_type.default_stays set_column_type.expressions
            set_column_type.free_with_a_check set_column_type.free_with_a_check_not_valid
            set_column_type.under_a_check_that_a_partition_comments
            set_column_type.of_a_partitioned_table set_column_type.of_several_tables
            alter_composite_type.unused
            drop_collation.with_its_columns
            alter_composite_type.under_functions
            reorder_attributes.where_no_column_has_them
            alter_composite_type.under_a_view
            alter_foreign_table.columns
            """,
        ),
    ),
    Pair(
        "constraint-missing-not-valid",
        "GM203 GM204 GM205 GM206",
        squawk_alone=(
            "the partitions have it already, or GM224 is told of the whole materialized view",
            """
            create_constraint.of_partitioned_tables rename_table.partitioned_and_an_index
            create_constraint.key_of_a_partitioned_table_over_nullable_columns
            set_column_nullable.for_rows_to_come
            """,
        ),
    ),
    Pair(
        "prefer-bigint-over-int",
        "GM307",
        squawk_alone=(
            "only a key grows with the number of rows",
            """
            set_column_default.of_a_name
            add_column.to_tables_called_as_catalogs
            alter_composite_type.attribute_that_a_child_keeps
            add_column.to_another_parent_of_a_child
            drop_column.that_comes_from_a_parent set_grants.on_columns_that_are_gone
            drop_column.of_a_parent_while_a_child_declares_it
            alter_publication.of_a_table_made_anew
            add_column.that_partitions_have_otherwise
            add_column.to_a_parent
            create_table.child_of_several
            add_column.serial add_column.virtual_not_null add_column.with_a_name_of_not_null
            create_policy.all create_rule.all create_trigger.all
            backfill.after_the_type backfill.and_a_default create_table.sequence_of_another
            drop_table.sequence_of_another set_column_expression.becomes_generated
            set_column_expression.before_17 set_column_expression.stored_to_virtual
            set_column_type.from_text set_column_type.narrower
            set_column_type.with_default set_not_null_name.of_a_column_that_goes
            drop_table.partition_and_table_exchange_names
            set_clustering.of_a_column_that_is_computed_anew set_replica_identity.every_way
            drop_table.whose_sequence_has_a_name_that_another_gets
            create_statistics.all create_statement.all
            create_event_trigger.all create_event_trigger.anew alter_event_trigger.state
            drop_event_trigger.with_its_function
            set_grants.columns_that_go_and_come
            create_operator_class.all
            create_access_method.all
            alter_composite_type.of_typed_tables_with_a_cast
            alter_function.whose_rows_get_a_column create_table.child_without_what_its_parent_has
            set_not_null_name.to_free_it_where_postgresql_chose_it
            """,
        ),
        alone=(
            "Squawk does not see the type of what is there, or that of serial",
            """
            set_column_identity.from_serial set_column_type.serial_to_integer
            """,
        ),
    ),
    Pair(
        "prefer-identity",
        "GM306",
        alone=(
            "Squawk does not look at a type that changes, or is kept",
            """
            own_sequence.of_a_serial_column set_column_type.integer_to_serial
            set_column_type.serial_to_bigserial set_column_type.text_to_bigserial
            """,
        ),
    ),
    Pair(
        "require-concurrent-index-creation",
        "GM201",
        squawk_alone=(
            "the partitions have it already, or GM224 is told of the whole materialized view",
            """
            create_statement.foreign_partition
            alter_materialized_view.indexes_that_change_names
            alter_materialized_view.one_over_another
            alter_materialized_view.columns_go
            alter_materialized_view.anew alter_materialized_view.built_aside
            create_materialized_view.new
            create_index.of_nested_partitions
            create_index.of_partitioned_table_with_other_parameters create_index.partitioned
            rename_table.partitioned_and_an_index set_inherited.of_an_index_that_is_replaced
            alter_materialized_view.index_under_its_name_not_in_use
            alter_materialized_view.in_place
            alter_materialized_view.index_under_its_name
            create_index.beside_another_of_the_same_columns
            """,
        ),
    ),
    Pair(
        "require-concurrent-index-deletion",
        "GM202",
        squawk_alone=(
            "its table goes too, or it is one that a crash has left, or of a materialized view",
            """
            create_statement.foreign_partition
            alter_materialized_view.indexes_that_change_names
            drop_table.whose_index_gives_its_name
            create_index.of_nested_partitions
            create_index.of_partitioned_table_with_other_parameters create_index.partitioned
            rename_table.partitioned_and_an_index set_inherited.of_an_index_that_is_replaced
            alter_materialized_view.index_under_its_name_not_in_use
            alter_materialized_view.in_place
            alter_materialized_view.index_under_its_name
            create_index.beside_another_of_the_same_columns
            """,
        ),
    ),
    Pair(
        "require-concurrent-partition-detach",
        "GM214",
    ),
)
# What Squawk has a rule for, and we have none.
WITHOUT = {
    "ban-alter-domain-with-add-constraint": "it is added NOT VALID; GM221 is for what reads rows",
    "ban-create-domain-with-constraint": "the spec asks for it, and GM221 says what a change costs",
    "ban-drop-generated-expression": "the values stay, and code may write them from then on",
    "ban-drop-not-null": "code that reads a NULL it did not expect is the author's to look for",
    "ban-drop-schema": "an empty one; what was in it is GM101",
    "prefer-robust-stmts": "a transaction is done or not; what is not in one is made repeatable",
    "prefer-text-field": "varchar(n) is as good, and a longer one is free",
    "require-enum-value-ordering": "it is the first value of an empty enum",
    "require-lock-timeout": "the tool writes it wherever something in use is locked",
    "require-statement-timeout": "it would stop a build before its end",
    "syntax-error": "Squawk does not know SET and RESET together",
}


def test_they_agree_but_for_what_is_known(tmp_path: Path) -> None:
    theirs, ours = both(tmp_path)
    tried = plain({*theirs})
    found, known = {}, {}
    for pair in PAIRS:
        squawk = cases_with(theirs, pair.squawk)
        here = cases_with(ours, pair.codes)
        found[pair.codes] = (plain(squawk - here), plain(here - squawk))
        known[pair.codes] = (
            tried & {*pair.squawk_alone[1].split()},
            tried & {*pair.alone[1].split()},
        )
    assert found == known
    paired = {rule for pair in PAIRS for rule in pair.squawk.split()}
    said = set().union(*theirs.values())
    assert said == paired | WITHOUT.keys() if is_all() else said <= paired | {*WITHOUT}


def cases_with(said: Mapping[str, set[str]], words: str) -> set[str]:
    """Return the cases of which one of the words is said."""
    return {case for case, found in said.items() if found & {*words.split()}}


def plain(cases: set[str]) -> set[str]:
    """Return cases, those with `online: false` by the same names."""
    return {case.removesuffix(".offline") for case in cases}


def test_every_disagreement_has_its_reason() -> None:
    known = [one for pair in PAIRS for one in (pair.squawk_alone, pair.alone)]
    assert all(bool(reason) == bool(cases) for reason, cases in known)
    assert all(WITHOUT.values())
