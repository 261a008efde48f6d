"""The conditions of a partition's bounds are those that PostgreSQL checks."""

from __future__ import annotations

import databases
from gen_migration.catalog import reader
from gen_migration.scratch import databases as scratch
from gen_migration.verify.new_bounds import conditions_of

# Of each kind of bound, and of each kind of end of a range.
PARTITIONS = """
CREATE TABLE r (a integer, b integer) PARTITION BY RANGE (a, (b * 2));
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (MINVALUE, MINVALUE) TO (1, MAXVALUE);
CREATE TABLE r2 PARTITION OF r FOR VALUES FROM (2, MINVALUE) TO (3, 2);
CREATE TABLE r3 PARTITION OF r FOR VALUES FROM (3, 4) TO (4, MINVALUE);
CREATE TABLE r4 PARTITION OF r FOR VALUES FROM (4, MAXVALUE) TO (MAXVALUE, MAXVALUE)
    PARTITION BY LIST (b);
CREATE TABLE r4_1 PARTITION OF r4 FOR VALUES IN (1, 2);
CREATE TABLE r4_2 PARTITION OF r4 FOR VALUES IN (NULL, 5);
CREATE TABLE r4_3 PARTITION OF r4 FOR VALUES IN (3, 4);
CREATE TABLE r4_4 PARTITION OF r4 DEFAULT PARTITION BY HASH (a, b);
CREATE TABLE r4_4_1 PARTITION OF r4_4 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE r4_4_2 PARTITION OF r4_4 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE r5 PARTITION OF r DEFAULT;
"""
ROWS = """
SELECT NULLIF(a, 6) AS a, NULLIF(b, 6) AS b
FROM generate_series(0, 6) AS a, generate_series(0, 6) AS b
"""


def test_they_are_true_of_the_same_rows() -> None:
    with databases.database() as url, scratch.connect(url) as connection:
        connection.execute(PARTITIONS)
        schema = reader.read(connection).schema
        count = 0
        for name in schema.tables:
            conditions = [*conditions_of(schema, name)]
            own = " AND ".join(f"({one})" for one in conditions) or "true"
            ((theirs,),) = connection.execute(
                "SELECT pg_get_partition_constraintdef(%s::regclass)", [name.sql]
            )
            rows = connection.execute(
                f"SELECT a, b, {own}, {theirs or 'true'} FROM ({ROWS}) AS r"
            ).fetchall()
            assert [row for row in rows if bool(row[2]) != bool(row[3])] == [], (
                conditions
            )
            count += sum(bool(row[2]) for row in rows) if name.name != "r" else 0
        assert count > len(rows)
