"""What pg_dump knows, a row each: how a spec holds it, or why not. `docs/coverage.md` has them.

The rows are those of pg_dump's own test, `src/bin/pg_dump/t/002_pg_dump.pl` of PostgreSQL; the
SQL is ours. A row that is held is built, imported, and built of what was imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


@dataclass(frozen=True, kw_only=True)
class Row:
    """An object: what pg_dump calls it, where a spec has it, and SQL that makes one.

    `why` is for what a spec has not.
    """

    what: str
    held: str = ""
    sql: str = ""
    why: str = ""
    options: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The row of the page."""
        held = self.held or f"not held: {self.why}"
        return f"| {self.what} | {held} |"


T = 'CREATE TABLE t (a integer PRIMARY KEY, b text, "C d" integer);'
F = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
PARTS = """
CREATE TABLE p (a integer NOT NULL, d date NOT NULL, n integer CHECK (n > -460))
    PARTITION BY RANGE (d);
CREATE TABLE p_1 PARTITION OF p (n DEFAULT 0 CHECK (n <> 7))
    FOR VALUES FROM ('2006-02-01') TO ('2006-03-01');
CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2006-03-01') TO ('2006-04-01');
"""
OWNED = "ALTER {0} OWNER TO pg_monitor"
FDW = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
BASE_TYPE = """
CREATE TYPE n;
CREATE FUNCTION n_in(cstring) RETURNS n LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION n_out(n) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE n (INPUT = n_in, OUTPUT = n_out, INTERNALLENGTH = 4, PASSEDBYVALUE, ALIGNMENT = int4);
"""
OF_CLUSTER = "it is of the whole server, and no part of a database's schema"
OWNER = ("--owners",)


def owned(what: str, key: str, sql: str, called: str) -> Row:
    """Return the row of an owner."""
    return Row(
        what=f"ALTER {what} OWNER TO",
        held=f"`owner` of `{key}`",
        sql=f"{sql}; {OWNED.format(called)}",
        options=OWNER,
    )


def granted(key: str, sql: str, grant: str) -> Row:
    """Return the row of a grant."""
    what, held = grant.partition(" TO ")[0], f"`grants` of `{key}`"
    return Row(what=what, held=held, sql=f"{sql}; {grant}")


ROWS = (
    # Tables.
    Row(
        what="CREATE TABLE: columns, serial, CHECK, comments, storage parameters",
        held="`tables`",
        sql="CREATE TABLE t (a serial PRIMARY KEY, b text, CHECK (a <= 1000))"
        " WITH (autovacuum_enabled = false, fillfactor = 80);"
        "COMMENT ON TABLE t IS 'T'; COMMENT ON COLUMN t.b IS 'B';"
        "COMMENT ON CONSTRAINT t_a_check ON t IS 'C';",
    ),
    Row(what="CREATE TABLE without columns", held="`tables`", sql="CREATE TABLE t ();"),
    Row(
        what="CREATE TABLE … COMPRESSION",
        held="`compression` of a column",
        sql="CREATE TABLE t (a text COMPRESSION pglz, b text);",
    ),
    Row(
        what="CREATE TABLE … GENERATED ALWAYS AS … STORED",
        held="`generated` of a column",
        sql="CREATE TABLE t (a integer, g integer GENERATED ALWAYS AS (a * 2) STORED);",
    ),
    Row(
        what="CREATE TABLE … GENERATED … AS IDENTITY",
        held="`identity` of a column",
        sql="CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
    ),
    Row(
        what="CREATE TABLE … INHERITS, with and without columns of its own",
        held="`inherits` of a table",
        sql="CREATE TABLE t (a integer NOT NULL, b integer CHECK (b >= 42));"
        "CREATE TABLE u () INHERITS (t);"
        "CREATE TABLE v (a integer NOT NULL, CONSTRAINT v_b CHECK (b >= 142857)) INHERITS (t);",
    ),
    Row(
        what="CREATE TABLE … INHERITS a generated column",
        held="`inherits` of a table",
        sql="CREATE TABLE t (a integer PRIMARY KEY, g integer GENERATED ALWAYS AS (a * 2) STORED);"
        "CREATE TABLE u () INHERITS (t);"
        "CREATE TABLE v (a integer, g integer GENERATED ALWAYS AS (a * 2) STORED) INHERITS (t);",
    ),
    Row(
        what="CREATE TABLE … PARTITION BY, and partitions with defaults and checks of their own",
        held="`partition_by` and `partitions`",
        sql=PARTS,
    ),
    Row(
        what="CREATE TABLE … USING an access method",
        held="`access_method` of a table",
        sql="CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE TABLE t (a integer) USING m; CREATE TABLE u () USING heap;",
    ),
    Row(
        what="ALTER TABLE … SET ACCESS METHOD of a partitioned table, with others of partitions",
        held="`statements`",
        sql="CREATE ACCESS METHOD m TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE TABLE p (a integer) PARTITION BY LIST (a) USING m;"
        "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
        "CREATE TABLE p_2 PARTITION OF p FOR VALUES IN (2) USING heap;"
        "CREATE TABLE p_3 PARTITION OF p FOR VALUES IN (3, 4) PARTITION BY LIST (a) USING heap;"
        "CREATE TABLE p_4 PARTITION OF p_3 FOR VALUES IN (4);",
    ),
    Row(
        what="ALTER TABLE … ADD PRIMARY KEY, FOREIGN KEY",
        held="`primary_key`, `foreign_keys`",
        sql=f"{T} CREATE TABLE u (a integer PRIMARY KEY REFERENCES t);",
    ),
    Row(
        what="NOT NULL with a name, NOT VALID, NO INHERIT, of children, with comments",
        held="`not_null` of a column",
        sql="CREATE TABLE t (a integer); CREATE TABLE t2 (a integer NOT NULL);"
        "CREATE TABLE u () INHERITS (t); CREATE TABLE v (a integer) INHERITS (t);"
        "CREATE TABLE w () INHERITS (t, t2);"
        "ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID;"
        "ALTER TABLE u VALIDATE CONSTRAINT nn; ALTER TABLE v VALIDATE CONSTRAINT nn;"
        "COMMENT ON CONSTRAINT nn ON t IS 'T'; COMMENT ON CONSTRAINT nn ON v IS 'V';"
        "CREATE TABLE x (a integer NOT NULL NO INHERIT, b integer);"
        "CREATE TABLE y (CONSTRAINT nn NOT NULL b NO INHERIT) INHERITS (x);",
    ),
    Row(
        what="PRIMARY KEY, UNIQUE … WITHOUT OVERLAPS",
        held="`primary_key`, `uniques`",
        sql="CREATE TABLE t (a int4range, b tstzrange, PRIMARY KEY (a, b WITHOUT OVERLAPS));"
        "CREATE TABLE u (a int4range, b tstzrange, UNIQUE (a, b WITHOUT OVERLAPS));",
    ),
    Row(
        what="FOREIGN KEY of a partitioned table",
        held="`foreign_keys`",
        sql=f"{T} CREATE TABLE q (a integer REFERENCES t) PARTITION BY RANGE (a);"
        "CREATE TABLE q_1 PARTITION OF q FOR VALUES FROM (0) TO (10);",
    ),
    Row(
        what="ALTER TABLE … SET STATISTICS, SET STORAGE, SET (n_distinct)",
        held="`statistics_target`, `storage`, `n_distinct`",
        sql=f"{T} ALTER TABLE t ALTER a SET STATISTICS 90;"
        "ALTER TABLE t ALTER b SET STORAGE EXTERNAL; ALTER TABLE t ALTER b SET (n_distinct = 10);",
    ),
    Row(
        what="ALTER TABLE … CLUSTER ON",
        held="`cluster_on`",
        sql=f"{T} ALTER TABLE t CLUSTER ON t_pkey;",
    ),
    Row(
        what="ALTER TABLE … ENABLE ROW LEVEL SECURITY",
        held="`row_security`",
        sql=f"{T} ALTER TABLE t ENABLE ROW LEVEL SECURITY;",
    ),
    Row(
        what="CREATE POLICY: for each command, to a role, restrictive",
        held="`policies` of a table",
        sql=f"{T} CREATE POLICY p1 ON t USING (true) WITH CHECK (true);"
        "CREATE POLICY p2 ON t FOR SELECT TO pg_monitor USING (true);"
        "CREATE POLICY p3 ON t FOR INSERT TO pg_monitor WITH CHECK (true);"
        "CREATE POLICY p4 ON t FOR UPDATE TO pg_monitor USING (true) WITH CHECK (true);"
        "CREATE POLICY p5 ON t FOR DELETE TO pg_monitor USING (true);"
        "CREATE POLICY p6 ON t AS RESTRICTIVE USING (false);",
    ),
    Row(
        what="CREATE TRIGGER, on a partitioned table as well",
        held="`triggers` of a table",
        sql=f"{T} {F} {PARTS}"
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 10) EXECUTE FUNCTION f();"
        "CREATE TRIGGER h AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();",
    ),
    Row(
        what="ALTER TABLE … DISABLE, ENABLE REPLICA, ENABLE ALWAYS TRIGGER of a partition",
        held="`statements`",
        sql=f"{F} {PARTS}"
        "CREATE TRIGGER h AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();"
        "ALTER TABLE p_1 DISABLE TRIGGER h; ALTER TABLE p_2 ENABLE REPLICA TRIGGER h;",
    ),
    Row(
        what="CREATE VIEW … WITH (security_barrier = false), which a view is by itself",
        held="`views`",
        sql="CREATE VIEW v WITH (security_barrier = false) AS SELECT 1 AS one;",
    ),
    Row(
        what="ALTER TABLE … SET EXPRESSION of a partition's column",
        held="`statements`",
        sql="CREATE TABLE g (a integer, b integer GENERATED ALWAYS AS (a * 2) STORED)"
        " PARTITION BY LIST (a);"
        "CREATE TABLE g_1 PARTITION OF g FOR VALUES IN (1);"
        "CREATE TABLE g_2 PARTITION OF g FOR VALUES IN (2) PARTITION BY LIST (a);"
        "CREATE TABLE g_3 PARTITION OF g_2 FOR VALUES IN (2);"
        "ALTER TABLE g_1 ALTER COLUMN b SET EXPRESSION AS (a * 22);"
        "ALTER TABLE g_2 ALTER COLUMN b SET EXPRESSION AS (a * 3);"
        "ALTER TABLE g_3 ALTER COLUMN b SET EXPRESSION AS (a * 4);",
    ),
    # Indexes, sequences, statistics.
    Row(
        what="CREATE INDEX; ATTACH PARTITION of indexes and keys",
        held="`indexes`",
        sql=f"{PARTS} CREATE INDEX i ON p (a, d); ALTER TABLE p ADD PRIMARY KEY (a, d);",
    ),
    Row(
        what="ALTER INDEX … ALTER COLUMN … SET STATISTICS",
        held="`statements`",
        sql=f"{T} CREATE INDEX i ON t ((a + 1), a, (a + 2));"
        "ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 400;"
        "ALTER INDEX i ALTER COLUMN 3 SET STATISTICS 500;",
    ),
    Row(
        what="CREATE SEQUENCE; ALTER SEQUENCE … OWNED BY",
        held="`sequences`",
        sql=f"{T} CREATE SEQUENCE q AS integer OWNED BY t.a;",
    ),
    Row(
        what="ALTER SEQUENCE … SET LOGGED, SET UNLOGGED of an identity column",
        held="`statements`",
        sql="CREATE UNLOGGED TABLE t (a integer GENERATED ALWAYS AS IDENTITY);"
        "ALTER SEQUENCE t_a_seq SET LOGGED;"
        "CREATE TABLE u (a integer GENERATED ALWAYS AS IDENTITY);"
        "ALTER SEQUENCE u_a_seq SET UNLOGGED;",
    ),
    Row(
        what="CREATE STATISTICS, of expressions as well; ALTER STATISTICS … SET STATISTICS",
        held="`statistics`",
        sql=f"{T} CREATE STATISTICS s1 ON a, b FROM t;"
        "CREATE STATISTICS s2 (ndistinct) ON a, b FROM t;"
        "ALTER STATISTICS s2 SET STATISTICS 1000; CREATE STATISTICS s3 ON (2 * a) FROM t;",
    ),
    # Views.
    Row(
        what="CREATE VIEW with options; ALTER VIEW … SET DEFAULT",
        held="`views`",
        sql=f"{T} CREATE VIEW v WITH (check_option = 'local', security_barrier = true)"
        " AS SELECT a FROM t;"
        "ALTER VIEW v ALTER COLUMN a SET DEFAULT 1;",
    ),
    Row(
        what="CREATE MATERIALIZED VIEW, over others",
        held="`materialized_views`",
        sql=f"{T} CREATE MATERIALIZED VIEW m (x) AS SELECT a FROM t;"
        "CREATE MATERIALIZED VIEW n AS SELECT * FROM m WITH NO DATA;",
    ),
    Row(
        what="CREATE MATERIALIZED VIEW … USING an access method",
        held="`access_method` of a materialized view",
        sql="CREATE ACCESS METHOD am TYPE TABLE HANDLER heap_tableam_handler;"
        "CREATE MATERIALIZED VIEW m USING am AS SELECT count(*) FROM pg_class;",
    ),
    Row(
        what="ALTER MATERIALIZED VIEW … ALTER COLUMN …, CLUSTER ON",
        held="`statements`",
        sql=f"{T} CREATE MATERIALIZED VIEW m AS SELECT b FROM t; CREATE INDEX i ON m (b);"
        "ALTER MATERIALIZED VIEW m CLUSTER ON i, ALTER COLUMN b SET COMPRESSION pglz,"
        " ALTER COLUMN b SET STATISTICS 500, ALTER COLUMN b SET STORAGE MAIN,"
        " ALTER COLUMN b SET (n_distinct = 7);",
    ),
    # Types.
    Row(
        what="CREATE TYPE … AS ENUM",
        held="`enums`",
        sql="CREATE TYPE e AS ENUM ('venus', 'mars'); COMMENT ON TYPE e IS 'E';",
    ),
    Row(
        what="CREATE TYPE … AS RANGE",
        held="`range_types`",
        sql="CREATE TYPE r AS RANGE (subtype = text, collation = \"C\"); COMMENT ON TYPE r IS 'R';",
    ),
    Row(
        what="CREATE TYPE … AS (…), with comments on attributes",
        held="`composite_types`",
        sql="CREATE TYPE c AS (a integer, b text); COMMENT ON COLUMN c.a IS 'A';",
    ),
    Row(
        what="CREATE DOMAIN with a check and its comment",
        held="`domains`",
        sql="CREATE DOMAIN d AS text COLLATE \"C\" DEFAULT '10014' CHECK (VALUE ~ '^\\d{5}$');"
        "COMMENT ON CONSTRAINT d_check ON DOMAIN d IS 'check it';",
    ),
    Row(
        what="CREATE TYPE of its own input and output functions",
        held="`base_types`, with those functions in `functions`",
        sql=f"{BASE_TYPE} COMMENT ON TYPE n IS 'N'; CREATE TABLE t (a n DEFAULT '42', b n[]);"
        "CREATE FUNCTION twice(x n) RETURNS n LANGUAGE sql AS 'SELECT x';"
        "CREATE TYPE c AS (a integer, b n);",
    ),
    Row(
        what="CREATE TYPE without a definition (a shell)",
        held="`shell_types`",
        sql="CREATE TYPE undefined; COMMENT ON TYPE undefined IS 'U';",
    ),
    Row(
        what="CREATE COLLATION",
        held="`collations`",
        sql="CREATE COLLATION k FROM \"C\"; COMMENT ON COLLATION k IS 'K';",
    ),
    # Routines, and what is made of them.
    Row(
        what="CREATE FUNCTION: triggers, C, SUPPORT",
        held="`functions`",
        sql=f"{F} CREATE FUNCTION h() RETURNS language_handler LANGUAGE c"
        " AS '$libdir/plpgsql', 'plpgsql_call_handler';"
        "CREATE FUNCTION one() RETURNS integer LANGUAGE sql SUPPORT varchar_support AS 'SELECT 1';",
    ),
    Row(
        what="CREATE PROCEDURE",
        held="`procedures`",
        sql=f"{T} CREATE PROCEDURE add(x integer) LANGUAGE sql AS 'INSERT INTO t (a) VALUES (x)';",
    ),
    Row(
        what="CREATE AGGREGATE",
        held="`aggregates`",
        sql="CREATE AGGREGATE average(integer) (SFUNC = int4_avg_accum, STYPE = bigint[],"
        " FINALFUNC = int8_avg, FINALFUNC_MODIFY = SHAREABLE, INITCOND = '{0,0}');",
    ),
    Row(
        what="CREATE OPERATOR",
        held="`operators`",
        sql="CREATE OPERATOR ~~ (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer);",
    ),
    Row(
        what="CREATE OPERATOR FAMILY; ALTER OPERATOR FAMILY … ADD",
        held="`operator_families`",
        sql="CREATE OPERATOR FAMILY o USING btree;"
        "ALTER OPERATOR FAMILY o USING btree ADD OPERATOR 1 <(bigint, integer),"
        " FUNCTION 1 (bigint, integer) btint84cmp(bigint, integer);",
    ),
    Row(
        what="CREATE OPERATOR CLASS, of a family; without members; under a range type",
        held="`operator_classes`",
        sql="CREATE OPERATOR FAMILY o USING btree;"
        "CREATE OPERATOR CLASS o1 FOR TYPE bigint USING btree FAMILY o"
        " AS OPERATOR 1 <, OPERATOR 3 =, FUNCTION 1 btint8cmp(bigint, bigint);"
        "CREATE OPERATOR CLASS o2 FOR TYPE bigint USING btree FAMILY o AS STORAGE bigint;"
        "CREATE OPERATOR CLASS o3 FOR TYPE integer USING btree AS OPERATOR 3 =;"
        "CREATE TYPE r AS RANGE (subtype = integer, subtype_opclass = o3);",
    ),
    Row(
        what="CREATE CAST",
        held="`casts`",
        sql="CREATE CAST (timestamptz AS interval) WITH FUNCTION age(timestamptz) AS ASSIGNMENT;",
    ),
    Row(
        what="CREATE CONVERSION",
        held="`conversions`",
        sql="CREATE DEFAULT CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;"
        "COMMENT ON CONVERSION c IS 'C';",
    ),
    Row(
        what="CREATE LANGUAGE",
        held="`languages`",
        sql="CREATE FUNCTION h() RETURNS language_handler LANGUAGE c"
        " AS '$libdir/plpgsql', 'plpgsql_call_handler'; CREATE LANGUAGE l HANDLER h;",
    ),
    Row(
        what="CREATE TRANSFORM; functions with TRANSFORM FOR TYPE",
        held="`transforms`, and those of a function",
        sql="CREATE TRANSFORM FOR integer LANGUAGE sql ("
        "FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION int4recv(internal));"
        "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql TRANSFORM FOR TYPE integer"
        " AS 'SELECT a';",
    ),
    Row(
        what="CREATE ACCESS METHOD",
        held="`access_methods`",
        sql="CREATE ACCESS METHOD gist2 TYPE INDEX HANDLER gisthandler;",
    ),
    Row(
        what="CREATE EVENT TRIGGER",
        held="`event_triggers`",
        sql="CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
        "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();",
    ),
    Row(
        what="CREATE EXTENSION",
        held="`extensions`",
        sql="CREATE EXTENSION vector;",
    ),
    # Text search.
    Row(
        what="CREATE TEXT SEARCH CONFIGURATION; ADD MAPPING",
        held="`text_search_configurations`",
        sql="CREATE TEXT SEARCH CONFIGURATION c (COPY = english);"
        "COMMENT ON TEXT SEARCH CONFIGURATION c IS 'C';",
    ),
    Row(
        what="CREATE TEXT SEARCH DICTIONARY",
        held="`text_search_dictionaries`",
        sql="CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple);"
        "COMMENT ON TEXT SEARCH DICTIONARY d IS 'D';",
    ),
    Row(
        what="CREATE TEXT SEARCH TEMPLATE",
        held="`text_search_templates`",
        sql="CREATE TEXT SEARCH TEMPLATE t (LEXIZE = dsimple_lexize);"
        "COMMENT ON TEXT SEARCH TEMPLATE t IS 'T';",
    ),
    Row(
        what="CREATE TEXT SEARCH PARSER",
        held="`text_search_parsers`",
        sql="CREATE TEXT SEARCH PARSER p (START = prsd_start, GETTOKEN = prsd_nexttoken,"
        " END = prsd_end, LEXTYPES = prsd_lextype); COMMENT ON TEXT SEARCH PARSER p IS 'P';",
    ),
    # Foreign data.
    Row(
        what="CREATE FOREIGN DATA WRAPPER",
        held="`foreign_data_wrappers`",
        sql="CREATE FOREIGN DATA WRAPPER w;",
    ),
    Row(what="CREATE SERVER", held="`foreign_servers`", sql=FDW),
    Row(
        what="CREATE USER MAPPING",
        held="`user_mappings` of a foreign server",
        sql=f"{FDW} CREATE USER MAPPING FOR pg_monitor SERVER s;",
    ),
    Row(
        what="CREATE FOREIGN TABLE, with options of columns",
        held="`foreign_tables`",
        sql=f"{FDW} CREATE FOREIGN TABLE f (a integer OPTIONS (column_name 'x')) SERVER s"
        " OPTIONS (schema_name 'y');",
    ),
    Row(
        what="CREATE FOREIGN TABLE … PARTITION OF, INHERITS; with an identity, a statistics target,"
        " a storage, NO INHERIT, comments on checks",
        held="`statements`: what a partition or a child has from the table above it (indexes, keys,"
        " the names of both) is none of a foreign table's, and what that has is nobody else's",
        sql=f"{FDW} CREATE TABLE p (a integer, b text DEFAULT 'z') PARTITION BY LIST (a);"
        "CREATE FOREIGN TABLE p1 PARTITION OF p (b DEFAULT 'x', CONSTRAINT c CHECK (b <> 'y'))"
        " FOR VALUES IN (1) SERVER s OPTIONS (x 'y, z');"
        "ALTER FOREIGN TABLE p1 ALTER b OPTIONS (q 'r, s'); COMMENT ON COLUMN p1.a IS 'A';"
        "GRANT SELECT, INSERT (a) ON p1 TO pg_monitor;"
        f"{F} CREATE TRIGGER g AFTER INSERT ON p1 FOR EACH ROW EXECUTE FUNCTION f();"
        "CREATE TABLE u (a integer NOT NULL DEFAULT 4);"
        "CREATE FOREIGN TABLE v (b text OPTIONS (x 'y') COLLATE \"C\") INHERITS (u) SERVER s;"
        "ALTER FOREIGN TABLE v ALTER a SET DEFAULT 7;"
        "CREATE FOREIGN TABLE w () INHERITS (v) SERVER s;"
        "CREATE FOREIGN TABLE x (a int GENERATED ALWAYS AS IDENTITY (START 5), b text) SERVER s;"
        "ALTER FOREIGN TABLE x ALTER b SET STATISTICS 9; ALTER FOREIGN TABLE x ALTER b SET STORAGE"
        " MAIN; ALTER FOREIGN TABLE x ADD CONSTRAINT k CHECK (a > 1) NO INHERIT NOT VALID;"
        "COMMENT ON CONSTRAINT k ON x IS 'K'; CREATE VIEW y AS SELECT a FROM p1;"
        "CREATE TRIGGER h BEFORE UPDATE ON x FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger();",
    ),
    # Replication.
    Row(
        what="CREATE PUBLICATION; ALTER PUBLICATION … ADD TABLE with columns and WHERE,"
        " ADD TABLES IN SCHEMA",
        held="`publications`",
        sql=f"{T} CREATE PUBLICATION p1; CREATE PUBLICATION p2 FOR ALL TABLES WITH (publish = '');"
        "ALTER PUBLICATION p1 ADD TABLE t (b, a) WHERE (a = 1);"
        "CREATE PUBLICATION p3 FOR TABLES IN SCHEMA public; ALTER PUBLICATION p3 ADD TABLE t;"
        "COMMENT ON PUBLICATION p1 IS 'P';",
    ),
    Row(
        what="CREATE SUBSCRIPTION",
        held="`subscriptions`, but for the connection string, which is a secret",
        sql="CREATE SUBSCRIPTION s1 CONNECTION 'dbname=SUBSCRIPTION_S1 password=SUBSCRIPTION_S1'"
        " PUBLICATION p WITH (connect = false, origin = none); COMMENT ON SUBSCRIPTION s1 IS 'S';",
    ),
    # Schemas.
    Row(
        what="CREATE SCHEMA",
        held="`schemas`",
        sql="CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'A';",
    ),
    Row(
        what="DROP SCHEMA public",
        held="no word of a dump",
        sql="DROP SCHEMA public; CREATE SCHEMA app; CREATE TABLE app.t (a integer);",
    ),
    Row(
        what="COMMENT ON SCHEMA public IS NULL",
        held="`comment` of the schema `public`",
        sql="COMMENT ON SCHEMA public IS NULL;",
    ),
    # Owners.
    owned("TABLE", "tables", T, "TABLE t"),
    owned("SCHEMA", "schemas", "CREATE SCHEMA app", "SCHEMA app"),
    owned("SCHEMA public", "schemas", "", "SCHEMA public"),
    owned("COLLATION", "collations", 'CREATE COLLATION k FROM "C"', "COLLATION k"),
    owned("FUNCTION", "functions", F, "FUNCTION f()"),
    owned(
        "OPERATOR FAMILY",
        "operator_families",
        "CREATE OPERATOR FAMILY o USING btree",
        "OPERATOR FAMILY o USING btree",
    ),
    owned(
        "OPERATOR CLASS",
        "operator_classes",
        "CREATE OPERATOR CLASS o FOR TYPE bigint USING btree AS STORAGE bigint",
        "OPERATOR CLASS o USING btree",
    ),
    owned("PUBLICATION", "publications", "CREATE PUBLICATION p", "PUBLICATION p"),
    owned(
        "PROCEDURAL LANGUAGE",
        "languages",
        "CREATE FUNCTION h() RETURNS language_handler LANGUAGE c"
        " AS '$libdir/plpgsql', 'plpgsql_call_handler'; CREATE LANGUAGE l HANDLER h",
        "LANGUAGE l",
    ),
    Row(
        what="ALTER FOREIGN DATA WRAPPER OWNER TO",
        held="`owner` of `foreign_data_wrappers`",
        sql=f"{FDW} ALTER FOREIGN DATA WRAPPER w OWNER TO CURRENT_USER",
        options=OWNER,
    ),
    owned(
        "FOREIGN SERVER",
        "foreign_servers",
        FDW,
        "SERVER s",
    ),
    owned(
        "FOREIGN TABLE",
        "foreign_tables",
        f"{FDW} CREATE FOREIGN TABLE f (a integer) SERVER s",
        "FOREIGN TABLE f",
    ),
    owned(
        "TEXT SEARCH CONFIGURATION",
        "text_search_configurations",
        "CREATE TEXT SEARCH CONFIGURATION c (COPY = english)",
        "TEXT SEARCH CONFIGURATION c",
    ),
    owned(
        "TEXT SEARCH DICTIONARY",
        "text_search_dictionaries",
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple)",
        "TEXT SEARCH DICTIONARY d",
    ),
    # Grants.
    granted(
        "schemas",
        "CREATE SCHEMA app",
        "GRANT USAGE ON SCHEMA app TO pg_monitor",
    ),
    granted("tables", T, "GRANT SELECT ON TABLE t TO pg_monitor"),
    granted("tables", T, "GRANT INSERT (a) ON TABLE t TO pg_monitor"),
    granted("partitions", PARTS, "GRANT SELECT ON TABLE p_1 TO pg_monitor"),
    granted(
        "domains",
        "CREATE DOMAIN d AS text",
        "GRANT USAGE ON DOMAIN d TO pg_monitor",
    ),
    granted(
        "enums",
        "CREATE TYPE e AS ENUM ()",
        "GRANT USAGE ON TYPE e TO pg_monitor",
    ),
    granted(
        "range_types",
        "CREATE TYPE r AS RANGE (subtype = text)",
        "GRANT USAGE ON TYPE r TO pg_monitor",
    ),
    granted(
        "base_types",
        BASE_TYPE,
        "GRANT USAGE ON TYPE n TO pg_monitor",
    ),
    granted(
        "foreign_data_wrappers",
        FDW,
        "GRANT USAGE ON FOREIGN DATA WRAPPER w TO pg_monitor",
    ),
    granted(
        "foreign_servers",
        FDW,
        "GRANT USAGE ON FOREIGN SERVER s TO pg_monitor",
    ),
    Row(
        what="REVOKE ALL ON SCHEMA public",
        held="`grants` of `schemas`",
        sql="REVOKE ALL ON SCHEMA public FROM PUBLIC;",
    ),
    Row(
        what="REVOKE USAGE ON LANGUAGE plpgsql",
        held="`statements`",
        sql="REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;",
    ),
    Row(
        what="GRANT and REVOKE on functions and tables of pg_catalog",
        held="`statements`",
        sql="REVOKE EXECUTE ON FUNCTION pg_sleep(float8) FROM PUBLIC;"
        "GRANT EXECUTE ON FUNCTION pg_sleep(float8) TO pg_monitor;"
        "REVOKE SELECT ON TABLE pg_proc FROM PUBLIC;"
        "GRANT SELECT (oid, proname) ON TABLE pg_proc TO PUBLIC;",
    ),
    Row(
        what="GRANT by a role that is not the owner (SET SESSION AUTHORIZATION)",
        why="only a superuser may speak for others, and a revision runs as one role; `import` names"
        " the role, and what it grants becomes a grant by the owner",
    ),
    Row(
        what="ALTER DEFAULT PRIVILEGES",
        held="`default_privileges`",
        sql="ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;"
        "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
    ),
    # What is no schema.
    Row(what="CREATE ROLE", why=f"{OF_CLUSTER}; roles are never created"),
    Row(
        what="CREATE DATABASE, COMMENT, GRANT and REVOKE ON DATABASE",
        why="it is the database itself, which `pg_dump` says with `--create` alone",
    ),
    Row(
        what="Large objects, with their owners, grants and comments",
        why="they are rows, and in no dump of a schema",
    ),
    Row(
        what="COPY, INSERT, REFRESH MATERIALIZED VIEW",
        why="rows are no part of a schema",
    ),
    Row(
        what="SECURITY LABEL",
        why="labels are what a provider makes of them; `statements` can set one",
    ),
)
HEAD = """\
# What pg_dump knows

A row for each object of pg_dump's own test (`src/bin/pg_dump/t/002_pg_dump.pl`): the key of a spec
that holds it, or why none does. What is held is built on PostgreSQL 18, imported, and built again
of the spec that comes out: `pg_dump --schema-only` says the same both times.

| object | held by |
|---|---|
"""


def page() -> str:
    """Return the page of documentation."""
    return HEAD + "\n".join(one.line for one in ROWS) + "\n"
