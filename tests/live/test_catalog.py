"""The oracle of the live tests agrees with SQL that a person wrote, and sees each single change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import databases
import pytest
from catalog import difference, facts
from environment import as_superuser
from expected_catalog import expected
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from statements import undone

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = """
name: rich
external: {users: {id: uuid}}
schemas: {app: {comment: Ours.}}
extensions: {vector: {comment: Embeddings.}}
enums:
  mood: {values: [sad, "it's ok"], comment: Feelings.}
  app.colour: [red]
sequences:
  tickets:
    {type: integer, start: 5, increment: 5, max_value: 500, cycle: true, cache: 3, comment: T.}
  numbers: {unlogged: true, owned_by: books.number}
  app.numbers: {cycle: true, increment: -1}
tables:
  authors:
    columns:
      id: {type: bigint, identity: {generated: always, start: 100, increment: 10}}
      born: int4range
      name: {type: varchar(80), collation: C, comment: As on the cover.}
    primary_key: {name: authors_key, columns: [id], include: [name], comment: The key.}
    uniques:
      authors_born_name: {columns: [born, name], deferrable: true}
      authors_name: {columns: [name], nulls_not_distinct: true}
  books:
    comment: All that we print.
    storage_parameters: {fillfactor: 70, toast.autovacuum_enabled: false}
    columns:
      id: {type: serial, primary_key: true}
      number: {type: bigint, default: {sql: "nextval('numbers')"}}
      author: {type: bigint, nullable: true}
      second_author: {type: bigint, nullable: true, references: authors.id}
      reader: {type: uuid, references: users.id, on_delete: cascade, on_update: restrict}
      title: {type: text, storage: external}
      blurb: {type: text, compression: pglz}
      mood: {type: mood, default: "it's ok"}
      tags: {type: "text[]", default: [a, b c]}
      price: {type: "numeric(8,2)", default: 9.5, check: price > 0 AND books.price < 1000}
      net: {type: numeric, generated: {stored: price / 1.07}}
      at: {type: timestamptz(3), default: {sql: now()}}
      during: tstzrange
      place: {type: vector(3), nullable: true}
    foreign_keys:
      books_author:
        columns: [author]
        references: authors.id
        on_delete: set null (author)
        initially_deferred: true
        match: full
        comment: Who wrote it.
    checks:
      books_title: {expression: "title <> ''", no_inherit: true, not_valid: true, comment: Some.}
    excludes:
      books_during: {elements: [during with &&], where: price > 1, deferrable: true}
    indexes:
      books_at: [at desc]
      books_lower:
        columns: ['lower(title) COLLATE "C" text_pattern_ops', price nulls first]
        unique: true
        where: mood = 'sad'
        include: [reader]
        nulls_not_distinct: true
        storage_parameters: {fillfactor: 60}
        comment: For the search.
      books_tags: {columns: [tags], method: gin}
      books_during_range: {columns: ["during range_ops"], method: gist}
      books_search:
        columns:
          - {expression: "to_tsvector('simple', title)", opclass: tsvector_ops,
             opclass_parameters: {siglen: 64}}
        method: gist
      books_place: {columns: [place vector_l2_ops], method: hnsw, storage_parameters: {m: 8}}
  logs:
    unlogged: true
    columns: {line: text}
    indexes: {logs_line: [line]}
  stages:
    columns: {a: text, b: {type: varchar(20), collation: C}}
  app.events:
    columns: {id: bigint, at: timestamptz, kind: {type: app.colour, default: red}, code: text}
    partition_by: {range: [at]}
    indexes: {events_kind: [kind]}
    partitions:
      app.events_old:
        to: "2026-01-01 00:00:00+00"
        from: minvalue
        comment: Done.
        checks: {events_old_id: id < 10}
        indexes: {events_old_id: [id]}
      app.events_new:
        bound: default
        partition_by: {list: [{expression: "lower(code)", collation: C}]}
        partitions: {app.events_red: {in: [red, null]}}
  app.parts:
    columns: {id: {type: bigserial, primary_key: true}, other: {type: bigint, nullable: true}}
    partition_by: {hash: [id]}
    foreign_keys: [{columns: [other], references: app.parts.id}]
    partitions: {app.parts_0: {modulus: 2, remainder: 0}, app.parts_1: {modulus: 2, remainder: 1}}
"""
SQL = """
CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'Ours.';
CREATE EXTENSION vector; COMMENT ON EXTENSION vector IS 'Embeddings.';
CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); COMMENT ON TYPE mood IS 'Feelings.';
CREATE TYPE app.colour AS ENUM ('red');
CREATE SEQUENCE tickets AS integer START 5 INCREMENT 5 MAXVALUE 500 CYCLE CACHE 3;
COMMENT ON SEQUENCE tickets IS 'T.';
CREATE UNLOGGED SEQUENCE numbers;
CREATE SEQUENCE app.numbers INCREMENT -1 CYCLE;
CREATE TABLE authors (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (START 100 INCREMENT 10),
    born int4range NOT NULL,
    name varchar(80) COLLATE "C" NOT NULL,
    CONSTRAINT authors_key PRIMARY KEY (id) INCLUDE (name),
    CONSTRAINT authors_born_name UNIQUE (born, name) DEFERRABLE,
    CONSTRAINT authors_name UNIQUE NULLS NOT DISTINCT (name)
);
COMMENT ON COLUMN authors.name IS 'As on the cover.';
COMMENT ON CONSTRAINT authors_key ON authors IS 'The key.';
CREATE TABLE books (
    id serial CONSTRAINT pk_books PRIMARY KEY,
    number bigint NOT NULL DEFAULT nextval('numbers'),
    author bigint CONSTRAINT books_author REFERENCES authors MATCH FULL
        ON DELETE SET NULL (author) DEFERRABLE INITIALLY DEFERRED,
    second_author bigint CONSTRAINT fk_books_second_author_authors REFERENCES authors,
    reader uuid NOT NULL CONSTRAINT fk_books_reader_users REFERENCES users
        ON DELETE CASCADE ON UPDATE RESTRICT,
    title text NOT NULL,
    blurb text COMPRESSION pglz NOT NULL,
    mood mood NOT NULL DEFAULT 'it''s ok',
    tags text[] NOT NULL DEFAULT '{a,"b c"}',
    price numeric(8, 2) NOT NULL DEFAULT 9.5
        CONSTRAINT ck_books_price CHECK (price > 0 AND price < 1000),
    net numeric NOT NULL GENERATED ALWAYS AS (price / 1.07) STORED,
    at timestamptz(3) NOT NULL DEFAULT now(),
    during tstzrange NOT NULL,
    place vector(3),
    CONSTRAINT books_during EXCLUDE USING gist (during WITH &&) WHERE (price > 1) DEFERRABLE
) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
COMMENT ON TABLE books IS 'All that we print.';
COMMENT ON CONSTRAINT books_author ON books IS 'Who wrote it.';
ALTER TABLE books ALTER title SET STORAGE EXTERNAL;
ALTER TABLE books ADD CONSTRAINT books_title CHECK (title <> '') NO INHERIT NOT VALID;
COMMENT ON CONSTRAINT books_title ON books IS 'Some.';
CREATE INDEX books_at ON books (at DESC);
CREATE UNIQUE INDEX books_lower
    ON books (lower(title) COLLATE "C" text_pattern_ops, price NULLS FIRST)
    INCLUDE (reader) NULLS NOT DISTINCT WITH (fillfactor = 60) WHERE mood = 'sad';
COMMENT ON INDEX books_lower IS 'For the search.';
CREATE INDEX books_tags ON books USING gin (tags);
CREATE INDEX books_during_range ON books USING gist (during);
CREATE INDEX books_search
    ON books USING gist (to_tsvector('simple', title) tsvector_ops (siglen = 64));
CREATE INDEX books_place ON books USING hnsw (place vector_l2_ops) WITH (m = 8);
ALTER SEQUENCE numbers OWNED BY books.number;
CREATE UNLOGGED TABLE logs (line text NOT NULL);
CREATE INDEX logs_line ON logs (line);
CREATE TABLE stages (a text NOT NULL, b varchar(20) COLLATE "C" NOT NULL);
CREATE TABLE app.events (
    id bigint NOT NULL, at timestamptz NOT NULL, kind app.colour NOT NULL DEFAULT 'red',
    code text NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX events_kind ON app.events (kind);
CREATE TABLE app.events_old PARTITION OF app.events
    (CONSTRAINT events_old_id CHECK (id < 10))
    FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00:00+00');
COMMENT ON TABLE app.events_old IS 'Done.';
CREATE INDEX events_old_id ON app.events_old (id);
CREATE TABLE app.events_new PARTITION OF app.events DEFAULT
    PARTITION BY LIST (lower(code) COLLATE "C");
CREATE TABLE app.events_red PARTITION OF app.events_new FOR VALUES IN ('red', NULL);
CREATE TABLE app.parts (
    id bigserial CONSTRAINT pk_parts PRIMARY KEY,
    other bigint CONSTRAINT fk_parts_other_parts REFERENCES app.parts
) PARTITION BY HASH (id);
CREATE TABLE app.parts_0 PARTITION OF app.parts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.parts_1 PARTITION OF app.parts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
"""
# Only PostgreSQL 18 has these.
SPEC_18 = """
  rooms:
    columns:
      during: tstzrange
      room: int4range
      size: {type: integer, nullable: true}
      double: {type: integer, nullable: true, generated: {virtual: size * 2}}
    primary_key: {columns: [room, during], without_overlaps: true}
    uniques: {rooms_unique: {columns: [during, room], without_overlaps: true}}
    checks: {rooms_size: {expression: size > 1, not_enforced: true}}
  stays:
    columns: {room: int4range, nights: tstzrange}
    foreign_keys:
      stays_room:
        columns: [room, nights]
        references: {table: rooms, columns: [room, during]}
        period: true
      stays_room_again:
        columns: [nights, room]
        references: {table: rooms, columns: [during, room]}
        period: true
        not_enforced: true
"""
SQL_18 = """
CREATE TABLE rooms (
    during tstzrange NOT NULL,
    room int4range NOT NULL,
    size integer CONSTRAINT rooms_size CHECK (size > 1) NOT ENFORCED,
    double integer GENERATED ALWAYS AS (size * 2) VIRTUAL,
    CONSTRAINT pk_rooms PRIMARY KEY (room, during WITHOUT OVERLAPS),
    CONSTRAINT rooms_unique UNIQUE (during, room WITHOUT OVERLAPS)
);
CREATE TABLE stays (
    room int4range NOT NULL,
    nights tstzrange NOT NULL,
    CONSTRAINT stays_room FOREIGN KEY (room, PERIOD nights) REFERENCES rooms (room, PERIOD during),
    CONSTRAINT stays_room_again FOREIGN KEY (nights, PERIOD room)
        REFERENCES rooms (during, PERIOD room) NOT ENFORCED
);
"""


@pytest.fixture(scope="module", params=scratch.VERSIONS)
def rich(request: pytest.FixtureRequest) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Return a connection to a database built by hand, and the facts that its spec expects."""
    newest = request.param >= 18
    text = SPEC + SPEC_18 if newest else SPEC
    spec = load(text.replace("rich\n", f"rich\npostgresql: {request.param}\n", 1), "s")
    with (
        databases.database(request.param) as url,
        scratch.connect(as_superuser(url)) as connection,  # for UPDATE pg_index
    ):
        connection.execute("CREATE TABLE users (id uuid PRIMARY KEY)")
        before = facts(connection)
        connection.execute(SQL + (SQL_18 if newest else ""))
        yield connection, before | expected(spec, connection)


def test_agrees_with_hand_written_sql(rich: tuple[Any, dict[str, Any]]) -> None:
    connection, wanted = rich
    assert difference(facts(connection), wanted) == ""


def test_leaves_nothing_behind(rich: tuple[Any, dict[str, Any]]) -> None:
    connection, _ = rich
    found = connection.execute("SELECT FROM pg_namespace WHERE nspname ~ 'probe'")
    assert found.fetchall() == []


MUTATIONS = {
    # tables
    "table": "CREATE TABLE more ()",
    "no table": "DROP TABLE logs",
    "table comment": "COMMENT ON TABLE books IS 'Some'",
    "logged": "ALTER TABLE logs SET LOGGED",
    "reloptions": "ALTER TABLE books SET (fillfactor = 71)",
    "toast options": "ALTER TABLE books RESET (toast.autovacuum_enabled)",
    "schema comment": "COMMENT ON SCHEMA app IS NULL",
    "extension comment": "COMMENT ON EXTENSION vector IS NULL",
    "extension schema": "ALTER EXTENSION vector SET SCHEMA app",
    "view": "CREATE VIEW v AS SELECT 1",
    "domain": "CREATE DOMAIN d AS text",
    # columns
    "column": "ALTER TABLE books ADD more text",
    "column order": "ALTER TABLE stages RENAME a TO x; ALTER TABLE stages RENAME b TO a;"
    "ALTER TABLE stages RENAME x TO b",
    "nullable": "ALTER TABLE books ALTER title DROP NOT NULL",
    "not null": "ALTER TABLE books ALTER author SET NOT NULL",
    "type length": 'ALTER TABLE stages ALTER b TYPE varchar(21) COLLATE "C"',
    "type precision": "ALTER TABLE books ALTER at TYPE timestamptz(4)",
    "no collation": "ALTER TABLE stages ALTER b TYPE varchar(20)",
    "default": "ALTER TABLE books ALTER mood SET DEFAULT 'sad'",
    "no default": "ALTER TABLE books ALTER at DROP DEFAULT",
    "default of array": "ALTER TABLE books ALTER tags SET DEFAULT '{a,b,c}'",
    "default of partition": "ALTER TABLE app.events_old ALTER kind DROP DEFAULT",
    "serial": "ALTER SEQUENCE books_id_seq OWNED BY NONE",
    "serial step": "ALTER SEQUENCE books_id_seq INCREMENT 2",
    "not generated": "ALTER TABLE books ALTER net DROP EXPRESSION",
    "generated": "ALTER TABLE books DROP net, ADD net numeric NOT NULL"
    " GENERATED ALWAYS AS (price / 1.08) STORED",
    "identity kind": "ALTER TABLE authors ALTER id SET GENERATED BY DEFAULT",
    "identity start": "ALTER TABLE authors ALTER id SET START 101",
    "identity step": "ALTER TABLE authors ALTER id SET INCREMENT 11",
    "identity cycle": "ALTER TABLE authors ALTER id SET CYCLE",
    "no identity": "ALTER TABLE authors ALTER id DROP IDENTITY",
    "storage": "ALTER TABLE books ALTER title SET STORAGE MAIN",
    "default storage": "ALTER TABLE books ALTER price SET STORAGE PLAIN",
    "compression": "ALTER TABLE books ALTER blurb SET COMPRESSION DEFAULT",
    "column comment": "COMMENT ON COLUMN authors.name IS 'x'",
    # enums and sequences
    "enum value": "ALTER TYPE mood ADD VALUE 'glad'",
    "enum order": "ALTER TYPE mood RENAME VALUE 'sad' TO 'x';"
    "ALTER TYPE mood RENAME VALUE 'it''s ok' TO 'sad';"
    "ALTER TYPE mood RENAME VALUE 'x' TO 'it''s ok'",
    "enum comment": "COMMENT ON TYPE mood IS NULL",
    "sequence start": "ALTER SEQUENCE tickets START 6",
    "sequence increment": "ALTER SEQUENCE tickets INCREMENT 6",
    "sequence minimum": "ALTER SEQUENCE tickets MINVALUE 2",
    "sequence maximum": "ALTER SEQUENCE tickets MAXVALUE 501",
    "sequence cache": "ALTER SEQUENCE tickets CACHE 4",
    "sequence cycle": "ALTER SEQUENCE tickets NO CYCLE",
    "sequence type": "ALTER SEQUENCE tickets AS bigint",
    "sequence owner": "ALTER SEQUENCE numbers OWNED BY books.id",
    "sequence logged": "ALTER SEQUENCE numbers SET LOGGED",
    "sequence comment": "COMMENT ON SEQUENCE tickets IS NULL",
    # constraints
    "no constraint": "ALTER TABLE books DROP CONSTRAINT ck_books_price",
    "constraint name": "ALTER TABLE books RENAME CONSTRAINT ck_books_price TO x",
    "constraint comment": "COMMENT ON CONSTRAINT books_author ON books IS NULL",
    "primary key comment": "COMMENT ON CONSTRAINT authors_key ON authors IS NULL",
    "include of a key": "ALTER TABLE books DROP CONSTRAINT pk_books,"
    " ADD CONSTRAINT pk_books PRIMARY KEY (id) INCLUDE (title)",
    "order of a key": "ALTER TABLE authors DROP CONSTRAINT authors_born_name,"
    " ADD CONSTRAINT authors_born_name UNIQUE (name, born) DEFERRABLE",
    "unique not deferrable": "ALTER TABLE authors DROP CONSTRAINT authors_born_name,"
    " ADD CONSTRAINT authors_born_name UNIQUE (born, name)",
    "unique deferred": "ALTER TABLE authors DROP CONSTRAINT authors_born_name, ADD CONSTRAINT"
    " authors_born_name UNIQUE (born, name) DEFERRABLE INITIALLY DEFERRED",
    "nulls distinct": "ALTER TABLE authors DROP CONSTRAINT authors_name,"
    " ADD CONSTRAINT authors_name UNIQUE (name)",
    "options of a key": "ALTER INDEX pk_books SET (fillfactor = 50)",
    "on delete": "ALTER TABLE books DROP CONSTRAINT fk_books_reader_users, ADD CONSTRAINT"
    " fk_books_reader_users FOREIGN KEY (reader) REFERENCES users ON UPDATE RESTRICT",
    "on update": "ALTER TABLE books DROP CONSTRAINT fk_books_reader_users, ADD CONSTRAINT"
    " fk_books_reader_users FOREIGN KEY (reader) REFERENCES users ON DELETE CASCADE",
    "no action": "ALTER TABLE books DROP CONSTRAINT fk_books_second_author_authors, ADD CONSTRAINT"
    " fk_books_second_author_authors FOREIGN KEY (second_author) REFERENCES authors"
    " ON DELETE RESTRICT",
    "foreign key deferrable": "ALTER TABLE books"
    " ALTER CONSTRAINT fk_books_second_author_authors DEFERRABLE",
    "foreign key deferred": "ALTER TABLE books"
    " ALTER CONSTRAINT books_author DEFERRABLE INITIALLY IMMEDIATE",
    "foreign key columns": "ALTER TABLE books DROP CONSTRAINT fk_books_second_author_authors,"
    " ADD CONSTRAINT fk_books_second_author_authors FOREIGN KEY (author) REFERENCES authors",
    "set null columns": "ALTER TABLE books DROP CONSTRAINT books_author, ADD CONSTRAINT"
    " books_author FOREIGN KEY (author) REFERENCES authors MATCH FULL ON DELETE SET NULL"
    " DEFERRABLE INITIALLY DEFERRED;"
    " COMMENT ON CONSTRAINT books_author ON books IS 'Who wrote it.'",
    "match": "ALTER TABLE books DROP CONSTRAINT books_author, ADD CONSTRAINT books_author"
    " FOREIGN KEY (author) REFERENCES authors ON DELETE SET NULL (author) DEFERRABLE"
    " INITIALLY DEFERRED; COMMENT ON CONSTRAINT books_author ON books IS 'Who wrote it.'",
    "check": "ALTER TABLE books DROP CONSTRAINT ck_books_price,"
    " ADD CONSTRAINT ck_books_price CHECK (price > 0 AND price <= 1000)",
    "check validated": "ALTER TABLE books VALIDATE CONSTRAINT books_title",
    "check not valid": "ALTER TABLE books DROP CONSTRAINT ck_books_price,"
    " ADD CONSTRAINT ck_books_price CHECK (price > 0 AND price < 1000) NOT VALID",
    "check inherits": "ALTER TABLE books DROP CONSTRAINT books_title, ADD CONSTRAINT books_title"
    " CHECK (title <> '') NOT VALID; COMMENT ON CONSTRAINT books_title ON books IS 'Some.'",
    "exclude operator": "ALTER TABLE books DROP CONSTRAINT books_during, ADD CONSTRAINT"
    " books_during EXCLUDE USING gist (during WITH =) WHERE (price > 1) DEFERRABLE",
    "exclude where": "ALTER TABLE books DROP CONSTRAINT books_during, ADD CONSTRAINT"
    " books_during EXCLUDE USING gist (during WITH &&) WHERE (price > 2) DEFERRABLE",
    "exclude not deferrable": "ALTER TABLE books DROP CONSTRAINT books_during, ADD CONSTRAINT"
    " books_during EXCLUDE USING gist (during WITH &&) WHERE (price > 1)",
    # indexes
    "index": "CREATE INDEX more ON books (id)",
    "no index": "DROP INDEX books_at",
    "index name": "ALTER INDEX books_at RENAME TO x",
    "index comment": "COMMENT ON INDEX books_lower IS NULL",
    "index options": "ALTER INDEX books_lower RESET (fillfactor)",
    "index order": "DROP INDEX books_at; CREATE INDEX books_at ON books (at)",
    "index nulls": "DROP INDEX books_at; CREATE INDEX books_at ON books (at DESC NULLS LAST)",
    "index method": "DROP INDEX books_at; CREATE INDEX books_at ON books USING brin (at)",
    "index where": "DROP INDEX books_at; CREATE INDEX books_at ON books (at DESC) WHERE id > 1",
    "index include": "DROP INDEX books_at; CREATE INDEX books_at ON books (at DESC) INCLUDE (id)",
    "index unique": "DROP INDEX books_at; CREATE UNIQUE INDEX books_at ON books (at DESC)",
    "index table": "DROP INDEX app.events_kind; CREATE INDEX events_kind ON app.events_old (kind)",
    "index of a partition": "DROP INDEX app.events_old_id",
    "opclass parameters": "DROP INDEX books_search; CREATE INDEX books_search"
    " ON books USING gist (to_tsvector('simple', title) tsvector_ops (siglen = 65))",
    "index expression": "DROP INDEX books_search; CREATE INDEX books_search"
    " ON books USING gist (to_tsvector('english', title) tsvector_ops (siglen = 64))",
    "opclass": "DROP INDEX books_place; CREATE INDEX books_place"
    " ON books USING hnsw (place vector_ip_ops) WITH (m = 8)",
    "default opclass": "DROP INDEX logs_line;"
    "CREATE INDEX logs_line ON logs (line text_pattern_ops)",
    "default collation": 'DROP INDEX logs_line; CREATE INDEX logs_line ON logs (line COLLATE "C")',
    "invalid index": "UPDATE pg_index SET indisvalid = false"
    " WHERE indexrelid = 'books_at'::regclass",
    # partitions
    "bound": "ALTER TABLE app.events DETACH PARTITION app.events_old; ALTER TABLE app.events"
    " ATTACH PARTITION app.events_old FOR VALUES FROM (MINVALUE) TO ('2025-01-01 00:00:00+00')",
    "detached": "ALTER TABLE app.events DETACH PARTITION app.events_old",
    "values": "ALTER TABLE app.events_new DETACH PARTITION app.events_red; ALTER TABLE"
    " app.events_new ATTACH PARTITION app.events_red FOR VALUES IN ('red')",
    "partition key": "DROP TABLE app.events_new; CREATE TABLE app.events_new PARTITION OF"
    ' app.events DEFAULT PARTITION BY LIST (upper(code) COLLATE "C");'
    "CREATE TABLE app.events_red PARTITION OF app.events_new FOR VALUES IN ('red', NULL)",
    "partition collation": "DROP TABLE app.events_new; CREATE TABLE app.events_new PARTITION OF"
    " app.events DEFAULT PARTITION BY LIST (lower(code));"
    "CREATE TABLE app.events_red PARTITION OF app.events_new FOR VALUES IN ('red', NULL)",
    "partition comment": "COMMENT ON TABLE app.events_old IS NULL",
    "check of a partition": "ALTER TABLE app.events_old DROP CONSTRAINT events_old_id",
}
INDEX_LOWER = {
    "collation": "lower(title) text_pattern_ops, price NULLS FIRST) INCLUDE (reader)",
    "opclass": 'lower(title) COLLATE "C", price NULLS FIRST) INCLUDE (reader)',
    "nulls last": 'lower(title) COLLATE "C" text_pattern_ops, price) INCLUDE (reader)',
    "include": 'lower(title) COLLATE "C" text_pattern_ops, price NULLS FIRST) INCLUDE (id)',
}
MUTATIONS |= {
    f"{key} of an index": "DROP INDEX books_lower; CREATE UNIQUE INDEX books_lower ON books"
    f" ({text} NULLS NOT DISTINCT WITH (fillfactor = 60) WHERE mood = 'sad';"
    "COMMENT ON INDEX books_lower IS 'For the search.'"
    for key, text in INDEX_LOWER.items()
}
MUTATIONS_18 = {
    "virtual": "ALTER TABLE rooms DROP double, ADD double integer GENERATED ALWAYS AS (size * 3)",
    "stored": "ALTER TABLE rooms DROP double,"
    " ADD double integer GENERATED ALWAYS AS (size * 2) STORED",
    "without overlaps": "ALTER TABLE rooms DROP CONSTRAINT rooms_unique CASCADE,"
    " ADD CONSTRAINT rooms_unique UNIQUE (during, room)",
    "check enforced": "ALTER TABLE rooms DROP CONSTRAINT rooms_size,"
    " ADD CONSTRAINT rooms_size CHECK (size > 1) NOT VALID",
    "foreign key enforced": "ALTER TABLE stays ALTER CONSTRAINT stays_room_again ENFORCED",
    "foreign key not enforced": "ALTER TABLE stays DROP CONSTRAINT stays_room, ADD CONSTRAINT"
    " stays_room FOREIGN KEY (room, PERIOD nights) REFERENCES rooms (room, PERIOD during)"
    " NOT ENFORCED",
}


@pytest.mark.parametrize("mutation", [*MUTATIONS, *MUTATIONS_18])
def test_sees_each_change(rich: tuple[Any, dict[str, Any]], mutation: str) -> None:
    connection, wanted = rich
    if mutation in MUTATIONS_18 and connection.info.server_version < 180000:
        pytest.skip("needs PostgreSQL 18")
    sql = MUTATIONS.get(mutation) or MUTATIONS_18[mutation]
    with undone(connection):
        connection.execute(sql, prepare=False)
        lines = difference(facts(connection), wanted).splitlines()
    assert lines
    assert len(lines) <= 12, "the difference says more than what changed"
