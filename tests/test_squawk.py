"""Squawk, a judge that is not ours, reads the SQL of every golden change, up and down.

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
from changes import all_changes, change_of, first_of, name_of, written
from gen_migration.apply import both_ways
from gen_migration.load import load

# The spec asks for it, with --allow-data-loss where something is lost; the losses are in the
# docstring, and data that goes or names that change are what the edit is for.
ASKED = """
ban-drop-column ban-drop-table ban-drop-type ban-drop-schema ban-drop-sequence ban-drop-extension
ban-drop-constraint ban-drop-default ban-drop-not-null ban-drop-generated-expression
ban-alter-identity ban-set-schema renaming-column renaming-table renaming-object
adding-required-field
""".split()
TASTE = {
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
KNOWN = {
    "syntax-error": (
        "Squawk does not know SET and RESET together",
        {"set_index_storage"},
    ),
    "require-lock-timeout": (
        "nothing that is in use is locked: what is new, a comment",
        {
            "add_enum_value",
            "create_enum",
            "create_schema",
            "create_sequence",
            "drop_enum",
            "drop_schema",
            "drop_sequence",
            "drop_table",
            "set_comment",
            "create_extension",
            "drop_extension",
        },
    ),
    "require-concurrent-partition-detach": (
        "DETACH CONCURRENTLY is refused beside a default partition, and in a transaction",
        {"attach_partition", "detach_partition", "set_partition_bound"},
    ),
    "require-concurrent-index-creation": (
        "partitions are built as a whole; a table that is written anew is locked anyway",
        {
            "create_index",
            "drop_column",
            "drop_index",
            "set_column_type",
            "set_column_expression",
            "set_enum_values",
            "add_enum_value",
            "drop_table",
            "set_index_storage",
            "attach_partition",
            "detach_partition",
        },
    ),
    "require-concurrent-index-deletion": (
        "as for the creation; and a table that goes is not in use",
        {
            "create_index",
            "create_table",
            "drop_index",
            "drop_table",
            "set_column_expression",
            "set_column_type",
            "set_enum_values",
            "add_enum_value",
            "drop_column",
            "set_index_storage",
            "attach_partition",
            "detach_partition",
        },
    ),
    "constraint-missing-not-valid": (
        "no exclusion constraint can be; a table that is written anew is locked anyway",
        {
            "create_constraint",
            "drop_constraint",
            "set_column_type",
            "set_enum_values",
            "add_enum_value",
            "set_partition_bound",
            "set_column_expression",
        },
    ),
    "adding-foreign-key-constraint": (
        "between tables that are written anew, or partitions that are off for a moment",
        {"set_column_type", "set_enum_values", "set_partition_bound"},
    ),
    "adding-field-with-default": (
        "no other way to an identity or a generated column: the command says what it costs",
        {"add_column", "drop_column", "set_column_expression"},
    ),
    "adding-not-nullable-field": (
        "the way back of a column that was dropped: nobody uses it yet",
        {"drop_column", "drop_table", "set_column_expression"},
    ),
    "disallowed-unique-constraint": (
        "on partitioned tables, there is no USING INDEX",
        {"create_constraint", "drop_constraint"},
    ),
}
PROGRAM = Path(sys.executable).with_name("squawk")


def sql_of_all(directory: Path) -> dict[int, list[Path]]:
    """Write the SQL of each golden change, each way, and return the files by server version."""
    found: dict[int, list[Path]] = defaultdict(list)
    for case in all_changes():
        texts = written(case)
        spec = load(case.sections["new.yaml"], "new.yaml") if texts else None
        if spec is None or not spec.online or "offline" in case.sections:
            continue
        headers = [one.header for one in change_of(case, (first_of(case),)).drafts]
        both = both_ways(texts, headers).partition("-- downgrade\n")
        for way, sql in (("up", both[0]), ("down", both[2])):
            path = directory / f"{name_of(case).replace('/', '.')}.{way}.sql"
            path.write_text(sql, encoding="utf-8")
            found[spec.postgresql].append(path)
    return found


def test_it_has_nothing_to_say(tmp_path: Path) -> None:
    unknown, seen = [], set()
    for version, paths in sql_of_all(tmp_path).items():
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
            folder = path.name.partition(".")[0]
            seen.add((rule, folder))
            if folder not in KNOWN.get(rule, ("", set()))[1]:
                line = path.read_text(encoding="utf-8").splitlines()[found["line"]]
                unknown.append(f"{rule}: {path.stem}: {line}")
    assert unknown == []
    idle = [(rule, one) for rule, (_, of) in KNOWN.items() for one in of]
    assert [one for one in idle if one not in seen] == []


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
