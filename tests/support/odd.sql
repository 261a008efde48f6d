-- Odd things, all of them legal, that a spec holds.
CREATE TABLE "odd names" (
    "select" integer, "Ünï" text, "a""b" text, "a.b" text, " lead" text, "-" text, "a: b" text,
    "#c" text, "null" text, "true" text, "1" text, "*" text, "'" text, "\" text, "%" text,
    ":x" text, "{}" text
);
CREATE TABLE "lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll" ("lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll" serial CONSTRAINT "lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll" CHECK (true));
CREATE TABLE "table" (
    "table" integer PRIMARY KEY, "user" text DEFAULT user, "check" integer CHECK ("check" > 0),
    "desc" integer UNIQUE
);
CREATE INDEX "index" ON "table" ("desc" DESC, ("user" || "desc"::text)) WHERE "check" > 1;
CREATE TABLE nulls (a integer, b text);
CREATE INDEX nulls_a ON nulls (a) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX nulls_b ON nulls (b) NULLS NOT DISTINCT;
CREATE TYPE e AS ENUM ('', ' ', 'a
b', 'x''y', 'ü', E'c\x01');
CREATE TYPE nothing AS ENUM ();
CREATE TYPE "integer" AS ENUM ('x');
CREATE TABLE of_enums (
    a e DEFAULT '', b e[] DEFAULT '{"",ü}', c nothing, d e DEFAULT ' ', e public."integer"
);
CREATE TABLE literals (
    a text DEFAULT 'C:\dir', b varchar(20) DEFAULT '\d+', c text[] DEFAULT '{"a\\b","c d"}',
    d jsonb DEFAULT '{"re": "^\\d+$"}', e integer[] DEFAULT '{{1,2},{3,4}}',
    f text[] DEFAULT '[0:1]={a,b}', g text[] DEFAULT '{"NULL",NULL,""}', h char(5) DEFAULT '\',
    i interval day to second(3) DEFAULT '1 day', j text DEFAULT E'\x02\n', k text DEFAULT '{a',
    l text[] DEFAULT ARRAY['a'], m bytea DEFAULT '\x00'
);
CREATE TABLE types (
    a regclass, b xid, c tid, d pg_lsn, e jsonpath, f tsquery, g int4range[],
    h point DEFAULT '(1,2)', i macaddr8 DEFAULT '08:00:2b:01:02:03:04:05', j refcursor,
    k pg_node_tree, l numeric(3,5) DEFAULT 0.00123, m bit(3) DEFAULT B'101', n "char"
);
CREATE TABLE checks (
    a integer, b text, c jsonb, CHECK (b ~ '^\d+$' OR b IS NULL),
    CONSTRAINT "odd ""name""" CHECK (b <> E'\n'), CONSTRAINT c CHECK (c @? '$.a[*] ? (@ > 2)'),
    CONSTRAINT d CHECK ((a, b) IS NOT NULL), CONSTRAINT e CHECK (checks.* IS NOT NULL),
    CONSTRAINT f CHECK (b IS NFC NORMALIZED), CONSTRAINT g CHECK (b SIMILAR TO 'x%' ESCAPE '!'),
    CONSTRAINT h CHECK (a BETWEEN SYMMETRIC 5 AND 1), CONSTRAINT i CHECK (tableoid > 0::oid),
    CONSTRAINT j CHECK (ROW(a, b) = ROW(1, 'x')), CONSTRAINT k CHECK (NULL)
);
CREATE TABLE indexes (a integer, b text, c jsonb);
CREATE INDEX i1 ON indexes ((c ->> 'x'), (c -> 'y' ->> 'z') DESC NULLS LAST) INCLUDE (b)
    WHERE (c ? 'x') AND a IS NOT NULL;
CREATE INDEX i2 ON indexes ((a::text COLLATE "C"), (CASE WHEN a > 1 THEN b END), (indexes.*));
CREATE INDEX i3 ON indexes (b COLLATE "POSIX" text_pattern_ops DESC);
CREATE INDEX i4 ON indexes (a, a);
CREATE TABLE nothing_at_all ();
CREATE SEQUENCE "odd seq" INCREMENT -1 MINVALUE -100 MAXVALUE 100 START 5 CACHE 7 CYCLE;
CREATE TABLE counting (a integer DEFAULT nextval('"odd seq"'), b serial);
ALTER SEQUENCE counting_b_seq RENAME TO other_name;
COMMENT ON COLUMN counting.a IS E'a\nb\t''q'' \\ ü \x01';
COMMENT ON SCHEMA public IS 'Ours.';
CREATE SCHEMA "App Schema";
CREATE TABLE "App Schema"."t.x" (
    a integer PRIMARY KEY, "b.c" integer REFERENCES "App Schema"."t.x"
);
CREATE TYPE "App Schema"."e.n" AS ENUM ('a');
CREATE TABLE "App Schema".u (a "App Schema"."e.n" DEFAULT 'a');
CREATE TABLE tree (a timestamptz, b text) PARTITION BY RANGE (a, b);
CREATE TABLE tree_0 PARTITION OF tree
    FOR VALUES FROM ('2020-01-01', MINVALUE) TO ('2021-01-01', 'x''y\');
ALTER TABLE indexes CLUSTER ON i3;
ALTER TABLE indexes REPLICA IDENTITY FULL;
ALTER TABLE "App Schema"."t.x" REPLICA IDENTITY USING INDEX "t.x_pkey";
ALTER TABLE ONLY types ALTER b SET STATISTICS 0, ALTER "n" SET STATISTICS 77;
ALTER TABLE ONLY types ALTER b SET (n_distinct = 1e3, n_distinct_inherited = -.5);
ALTER INDEX table_pkey SET (fillfactor = 70, deduplicate_items = off);
CREATE TABLE "counted by" (a integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "odd of its own"));
-- A type of nothing, and a child whose NOT NULL is called as its parent's, and whose default is not.
CREATE TYPE hollow AS ();
CREATE TABLE of_hollow OF hollow;
CREATE TABLE elder (id serial, a integer DEFAULT 5 NOT NULL);
CREATE TABLE younger (LIKE elder);
ALTER TABLE younger INHERIT elder;
