"""Rows come into every table of a database, and what becomes of them is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import databases
import pytest
from gen_migration.catalog import reader
from gen_migration.postgres.names import Name
from gen_migration.scratch import databases as scratch
from gen_migration.verify.fill.fill import fill
from gen_migration.verify.fill.patterns import like, matching
from gen_migration.verify.rows import Rows, TableRows, differences, rows

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=scratch.VERSIONS)
def connection(request: pytest.FixtureRequest) -> Iterator[Any]:
    with databases.database(request.param) as url, scratch.connect(url) as connection:
        yield connection


def filled(connection: Any, sql: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows that the tables of a script get; those that get none have no entry."""
    connection.execute(sql)
    schema = reader.read(connection).schema
    empty = {str(one.table): one.why for one in fill(connection, schema)}
    found = {
        str(name): connection.execute(f"SELECT * FROM {name.sql}").fetchall()
        for name in schema.tables
    }
    assert {name for name, held in found.items() if not held} == set(empty)
    assert all(empty.values())
    return {name: held for name, held in found.items() if held}


def column(connection: Any, query: str) -> list[Any]:
    return [value for (value,) in connection.execute(query)]


def test_three_kinds_of_rows(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE t (
            id serial PRIMARY KEY, name varchar(20) NOT NULL, note text,
            status varchar(10) DEFAULT 'new' NOT NULL, price numeric(5,2), on_day date
        )
        """,
    )["t"]
    assert [row[0] for row in found] == [1, 2, 3]
    assert [len(row[1]) for row in found] == [1, 20, 1]
    assert found[2][2:] == (None, "new", None, None)
    assert None not in found[0]


def test_the_same_rows_each_time() -> None:
    sql = "CREATE TABLE t (id uuid PRIMARY KEY, a text, b jsonb, c timestamptz, d tstzrange)"
    found = []
    for _ in (1, 2):
        with databases.database() as url, scratch.connect(url) as connection:
            found.append(filled(connection, sql))
    assert found[0] == found[1]


def test_what_the_database_fills_in(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE t (
            id bigint GENERATED ALWAYS AS IDENTITY, a integer NOT NULL,
            b integer GENERATED ALWAYS AS (a * 2) STORED
        );
        CREATE TABLE no_columns ();
        INSERT INTO t (a) VALUES (7);
        """,
    )
    assert [row[0] for row in found["t"]] == [1, 2, 3, 4]
    assert all(row[2] == 2 * row[1] for row in found["t"])
    assert len(found["no_columns"]) == 1


def test_keys(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE orders (id serial PRIMARY KEY, tenant integer NOT NULL, buyer integer);
        CREATE TABLE tenants (id integer PRIMARY KEY);
        CREATE TABLE users (
            tenant integer REFERENCES tenants, id integer, PRIMARY KEY (tenant, id)
        );
        ALTER TABLE orders ADD FOREIGN KEY (tenant, buyer) REFERENCES users MATCH SIMPLE,
            ADD FOREIGN KEY (tenant) REFERENCES tenants;
        CREATE TABLE profiles (id integer PRIMARY KEY REFERENCES tenants, at time UNIQUE);
        CREATE TABLE pairs (
            one integer REFERENCES tenants, other integer REFERENCES tenants,
            PRIMARY KEY (one, other), CHECK (one <> other)
        );
        """,
    )
    assert {name: len(held) for name, held in found.items()} == {
        "orders": 3,
        "tenants": 3,
        "users": 3,
        "profiles": 3,
        "pairs": 3,
    }
    assert any(row[2] is not None for row in found["orders"])


def test_keys_of_other_types(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE a (id numeric PRIMARY KEY, name text UNIQUE);
        CREATE TABLE b (a bigint NOT NULL REFERENCES a, c varchar(5) NOT NULL REFERENCES a (name));
        """,
    )
    assert len(found["b"]) == 3


@pytest.mark.parametrize("timing", ["", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"])
def test_cycles(connection: Any, timing: str) -> None:
    found = filled(
        connection,
        f"""
        CREATE TABLE a (id serial PRIMARY KEY, b integer NOT NULL UNIQUE);
        CREATE TABLE b (id serial PRIMARY KEY, c integer NOT NULL);
        CREATE TABLE c (id serial PRIMARY KEY, a integer NOT NULL);
        ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b {timing};
        ALTER TABLE b ADD FOREIGN KEY (c) REFERENCES c {timing};
        ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES a {timing};
        """,
    )
    for one, other in ("ab", "bc", "ca"):
        assert {row[1] for row in found[one]} <= {row[0] for row in found[other]}
        assert len(found[one]) == 3


def test_references_to_itself(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE tree (
            id serial PRIMARY KEY, parent integer REFERENCES tree, CHECK (parent <> id)
        );
        CREATE TABLE nodes (id uuid PRIMARY KEY, root uuid NOT NULL REFERENCES nodes);
        CREATE TABLE rings (id serial PRIMARY KEY, next integer NOT NULL REFERENCES rings);
        """,
    )
    assert sorted(row[1] is None for row in found["tree"]) == [False, False, True]
    for name in ("tree", "nodes", "rings"):
        known = {row[0] for row in found[name]}
        assert {row[1] for row in found[name]} - {None} <= known
        assert len(found[name]) == 3


CHECKS = {
    "list": "c varchar(20) CHECK (c IN ('red', 'green'))",
    "array": "c text CHECK (c = ANY (ARRAY['red'::text, 'green']))",
    "not_list": "c text NOT NULL CHECK (c NOT IN ('1', '2', '3'))",
    "numbers": "c integer NOT NULL CHECK (c > 100 AND c < 104)",
    "between": "c numeric(4,2) NOT NULL UNIQUE CHECK (c BETWEEN 0.5 AND 0.9)",
    "negative": "c integer NOT NULL CHECK (c <= -5)",
    "pattern": "c text NOT NULL UNIQUE CHECK (c ~ '^[A-Z]{2}-\\d{3}$')",
    "any_case": "c text NOT NULL CHECK (c ~* '^x(yz|zy)+$')",
    "like": "c text NOT NULL UNIQUE CHECK (c LIKE 'https://%')",
    "length": "c text NOT NULL CHECK (length(c) = 7)",
    "bytes": "c bytea NOT NULL CHECK (octet_length(c) = 32)",
    "trimmed": "c text NOT NULL CHECK (btrim(c) <> '')",
    "lower": "c text NOT NULL CHECK (c = lower(c))",
    "items": "c text[] NOT NULL CHECK (cardinality(c) >= 3)",
    "json": "c jsonb NOT NULL CHECK (jsonb_typeof(c) = 'array')",
    "order": "c date NOT NULL, d date NOT NULL CHECK (c < d)",
    "one_of": "c text, d text CHECK (num_nonnulls(c, d) = 1)",
    "either": "c text, d text CHECK ((c IS NULL) <> (d IS NULL))",
    "both": "c text CHECK (c IS NOT NULL), d text CHECK ((c = 'x') = (d = 'y'))",
    "branches": """c text NOT NULL CHECK (c IN ('user', 'all')), d integer CHECK (
        (c = 'user' AND d IS NOT NULL) OR (c = 'all' AND d IS NULL))""",
    "truth": "c boolean NOT NULL CHECK (c IS NOT TRUE)",
    "not": "c integer NOT NULL CHECK (NOT (c < 50 OR c > 60))",
    "case": "c text NOT NULL CHECK (CASE WHEN c = 'a' THEN true ELSE false END)",
    "one_row": "id integer DEFAULT 1 PRIMARY KEY CHECK (id = 1)",
    "sum": "c integer NOT NULL, d integer NOT NULL CHECK (c + d = 100 OR c = d)",
    "failing": "c integer NOT NULL, d integer NOT NULL CHECK (c / (d - 1) >= 1)",
}


def test_checks(connection: Any) -> None:
    sql = ";".join(f"CREATE TABLE t_{name} ({text})" for name, text in CHECKS.items())
    found = filled(connection, sql)
    assert set(found) == {f"t_{name}" for name in CHECKS}
    assert {len(found[f"t_{name}"]) for name in ("between", "pattern", "like")} == {3}


def test_partitions(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE days (id serial, at timestamptz, PRIMARY KEY (id, at))
            PARTITION BY RANGE (at);
        CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
        CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM (MINVALUE) TO ('2019-01-01');
        CREATE TABLE days_3 PARTITION OF days FOR VALUES FROM ('2020-02-01') TO (MAXVALUE)
            PARTITION BY LIST (id);
        CREATE TABLE days_4 PARTITION OF days_3 FOR VALUES IN (5, 6);
        CREATE TABLE days_5 PARTITION OF days_3 DEFAULT;
        CREATE TABLE hashed (id uuid PRIMARY KEY) PARTITION BY HASH (id);
        CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 0);
        CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);
        CREATE TABLE listed (place text, open boolean) PARTITION BY LIST (lower(place));
        CREATE TABLE listed_a PARTITION OF listed FOR VALUES IN ('a', 'b');
        CREATE TABLE listed_null PARTITION OF listed FOR VALUES IN (NULL);
        CREATE TABLE listed_rest PARTITION OF listed DEFAULT;
        CREATE TABLE pairs (a text, b integer) PARTITION BY RANGE (a, b);
        CREATE TABLE pairs_1 PARTITION OF pairs FOR VALUES FROM ('x', MINVALUE) TO ('x', 10);
        CREATE TABLE nothing (id integer) PARTITION BY RANGE (id);
        """,
    )
    schema = reader.read(connection).schema
    assert set(map(str, schema.tables)) - set(found) == {"nothing"}


def test_rows_that_partitions_refer_to(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE tenants (id integer PRIMARY KEY, name text);
        CREATE TABLE orders (tenant integer NOT NULL REFERENCES tenants, number integer)
            PARTITION BY LIST (tenant);
        CREATE TABLE orders_a PARTITION OF orders FOR VALUES IN (50, 60);
        CREATE TABLE orders_b PARTITION OF orders FOR VALUES IN (70);
        CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
        """,
    )
    assert set(found) == {"tenants", "orders", "orders_a", "orders_b", "orders_rest"}


def test_many_partitions(database: str) -> None:
    with scratch.connect(database) as connection:
        parts = "".join(
            f"CREATE TABLE {name}_{n} PARTITION OF {name} FOR VALUES {bound};"
            for n in range(20)
            for name, bound in (
                ("hashed", f"WITH (MODULUS 20, REMAINDER {n})"),
                ("days", f"FROM ('2020-01-{n + 1:02}') TO ('2020-01-{n + 2:02}')"),
            )
        )
        found = filled(
            connection,
            f"""
            CREATE TABLE hashed (id integer PRIMARY KEY) PARTITION BY HASH (id);
            CREATE TABLE days (at date NOT NULL) PARTITION BY RANGE (at);
            {parts}
            """,
        )
    assert len(found) == 42


def test_rows_of_the_history_stay(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE roles (id integer PRIMARY KEY, name text NOT NULL UNIQUE);
        INSERT INTO roles VALUES (1, 'admin'), (2, '3');
        """,
    )
    assert found["roles"][:2] == [(1, "admin"), (2, "3")]
    assert len(found["roles"]) == 5


def test_why_a_table_is_empty(connection: Any) -> None:
    connection.execute("""
        CREATE TABLE nothing (id integer PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE parts (id integer NOT NULL REFERENCES nothing);
        CREATE TABLE never (id integer CHECK (id > 1 AND id < 1) NOT NULL);
    """)
    schema = reader.read(connection).schema
    assert {str(one.table): one.why for one in fill(connection, schema)} == {
        "nothing": "it has no partitions",
        "parts": "it refers to nothing, which has no rows",
        "never": 'new row for relation "never" violates check constraint "never_id_check"',
    }


def test_exclusion(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE TABLE rooms (during tstzrange NOT NULL, EXCLUDE USING gist (during WITH &&));
        CREATE TABLE stays (
            a date NOT NULL, b date NOT NULL, CHECK (a < b),
            EXCLUDE USING gist (daterange(a, b) WITH &&)
        );
        """,
    )
    assert len(found["rooms"]) == len(found["stays"]) == 3


def test_types_of_others(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE EXTENSION vector;
        CREATE SCHEMA s;
        CREATE TYPE s.mood AS ENUM ('it''s', 'fine');
        CREATE DOMAIN positive AS numeric(6,2) CHECK (VALUE > 5);
        CREATE DOMAIN code AS text CHECK (VALUE ~ '^[a-f]{4}$') NOT NULL;
        CREATE TYPE pair AS (a integer, b text);
        CREATE TYPE span AS RANGE (subtype = numeric);
        CREATE TABLE t (
            a s.mood NOT NULL, b positive NOT NULL, c code, d pair NOT NULL, e span NOT NULL,
            f s.mood[] NOT NULL, g positive[] NOT NULL, h vector(5) NOT NULL
        );
        """,
    )
    assert len(found["t"]) == 3


def test_triggers_fire_or_are_passed_by(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN NEW.touched := true; RETURN NEW; END $$;
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
        CREATE TABLE a (id serial PRIMARY KEY, touched boolean);
        CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION touch();
        CREATE TABLE b (id serial PRIMARY KEY, a integer NOT NULL REFERENCES a);
        CREATE TRIGGER t BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION refuse();
        """,
    )
    assert all(touched for _, touched in found["a"])
    assert {row[1] for row in found["b"]} <= {row[0] for row in found["a"]}
    assert column(connection, "SHOW session_replication_role") == ["origin"]


def test_without_the_right_to_pass_triggers_by(database: str) -> None:
    with scratch.connect(database) as connection:
        connection.execute("""
            CREATE ROLE gm_filler;
            GRANT CREATE ON SCHEMA public TO gm_filler;
            SET ROLE gm_filler;
            CREATE TABLE a (id serial PRIMARY KEY, b integer NOT NULL);
            CREATE TABLE b (id serial PRIMARY KEY, a integer NOT NULL REFERENCES a);
            ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;
            CREATE TABLE rings (id serial PRIMARY KEY, next integer NOT NULL REFERENCES rings);
        """)
        try:
            schema = reader.read(connection).schema
            empty = fill(connection, schema)
        finally:
            connection.execute(
                "RESET ROLE; DROP OWNED BY gm_filler; DROP ROLE gm_filler"
            )
    assert [str(one.table) for one in empty] == ["a", "b"]
    assert "session_replication_role" in empty[0].why


def test_in_a_transaction_of_the_caller(database: str) -> None:
    with scratch.connect(database) as connection:
        connection.execute("CREATE TABLE t (id integer NOT NULL CHECK (id > 40))")
        schema = reader.read(connection).schema
        with connection.transaction(force_rollback=True):
            assert fill(connection, schema) == ()
            assert column(connection, "SELECT count(*) FROM t") == [3]
        assert column(connection, "SELECT count(*) FROM t") == [0]


def test_names_that_need_quotes(connection: Any) -> None:
    found = filled(
        connection,
        """
        CREATE SCHEMA "Odd";
        CREATE TABLE "Odd"."a ""b"".c" ("sel ect" integer CHECK ("sel ect" > 5), "%s" text);
        """,
    )
    assert len(found) == 1


def test_patterns() -> None:
    for pattern in (
        r"^[a-z0-9-]+$",
        r"^[^@]+@[^@]+\.[a-z]{2,}$",
        r"^(a|b)_\d{4}$",
        r"^\+?[1-9]\d{1,14}$",
        r"^[]x]+$",
        r"^(?:[0-9]{1,3}\.){3}\w+\s?$",
        "^a{0}$",
    ):
        texts = [matching(pattern, number) for number in range(3)]
        assert all(re.search(pattern, text) for text in texts), (pattern, texts)
    assert like(r"a%\%_", 1) == "a2%b"
    for broken in ("(", "[", "a{", "\\", ")", "*", "[[:x"):
        assert isinstance(matching(broken, 0), str)


def test_many_tables_are_filled(database: str) -> None:

    with scratch.connect(database) as connection:
        connection.execute(
            "".join(
                f"CREATE TABLE t_{n} (id serial PRIMARY KEY, name varchar(50) NOT NULL,"
                f" kind text CHECK (kind IN ('a', 'b')){parent});"
                for n in range(300)
                for parent in [
                    f", p integer REFERENCES t_{(n - 1) // 2}" if n % 3 else ""
                ]
            )
        )
        schema = reader.read(connection).schema
        assert fill(connection, schema) == ()


def test_what_became_of_rows(connection: Any) -> None:
    connection.execute("""
        CREATE TABLE orders (id integer PRIMARY KEY, total numeric, note text);
        INSERT INTO orders VALUES (1, 12.50, 'a'), (2, 3, NULL), (3, 4.25, 'c');
        CREATE TABLE same (a integer[], b jsonb);
        INSERT INTO same VALUES ('{1}', '{}'), ('{1}', '{}');
        CREATE TABLE gone (a integer);
    """)
    before = rows(connection, reader.read(connection).schema)
    connection.execute("""
        ALTER TABLE orders ALTER total TYPE integer, DROP note, ADD note text;
        UPDATE orders SET note = repeat('x', 100) WHERE id = 3;
        ALTER TABLE same DROP a, ADD a integer[];
        UPDATE same SET a = '{1}';
        DROP TABLE gone;
        CREATE TABLE made (a integer);
    """)
    after = rows(connection, reader.read(connection).schema)
    assert differences(before, after) == [
        "table gone: is gone, 0 rows",
        "table orders, column note: a became NULL",
        "table orders, column total: 12.50 became 13",
        f"table orders, column note: c became {'x' * 39}… (100 characters)",
        "table orders, column total: 4.25 became 4",
        "table made: is new, 0 rows",
    ]


def test_differences_are_bounded() -> None:
    name = Name("s", "a.b")
    one = Rows({name: TableRows(("a", "b"), tuple((str(n), "x") for n in range(9)))})
    other = Rows({name: TableRows(("a", "c"), tuple((f"{n}0", "y") for n in range(8)))})
    assert differences(one, one) == []
    assert differences(one, other) == [
        'table s."a.b", column b: is gone',
        'table s."a.b", column c: is new',
        'table s."a.b": 9 rows before, 8 after',
        'table s."a.b", column a: 0 became 00',
        'table s."a.b": and 7 more',
    ]
