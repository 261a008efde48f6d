"""Law 13 can fail: what a node refers to is missed where the graph does not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
from edges import absent, held, missing, named
from gen_migration.history.drafts import first_revision
from gen_migration.kinds.graph import Graph
from gen_migration.spec.load import load
from round_trips import build

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
name: shop
schemas: {app: {}}
enums: {app.mood: [sad, happy]}
collations: {app.words: C}
range_types: {spans: {subtype: text, collation: app.words}}
composite_types: {app.place: {attributes: {mood: app.mood, street: text}}}
functions:
  mooded(app.mood):
    {returns: app.mood, language: sql, immutable: true, body: "RETURN coalesce($1, 'sad')"}
  names():
    returns: text
    language: sql
    body: RETURN (SELECT note FROM users WHERE mood = mooded('sad') LIMIT 1)
  joined(text, app.email): {returns: text, language: sql, immutable: true, body: RETURN $1 || $2}
text_search_dictionaries: {app.stem: {template: snowball, options: {language: english}}}
text_search_configurations: {app.english: {copy: english, mappings: {word: [app.stem, simple]}}}
procedures: {tidy(app.place): {language: sql, body: BEGIN ATOMIC DELETE FROM items; END}}
aggregates: {all_of(app.email): {sfunc: joined, stype: text}}
domains: {app.email: {type: text, checks: {ck: VALUE <> ''}}}
sequences: {numbers: {owned_by: orders.number}}
statistics: {of_users: {table: users, columns: [mood, email], expressions: [lower(note)]}}
tables:
  users:
    columns:
      id: {type: bigserial, primary_key: true}
      mood: {type: app.mood, default: sad}
      email: app.email
      note: text
      home: app.place
      span: {type: spans_multirange, nullable: true}
      searched: {type: regconfig, default: app.english}
      shown: {type: text, generated: {stored: lower(note)}}
    checks: {ck_mood: "mood <> 'sad' OR id > 0", ck_mooded: mooded(mood) = mood}
    indexes:
      ix_users_searched: {columns: ["to_tsvector('app.english', note)"], method: gin}
      ix_users_shown: {columns: [lower(shown)], where: mood = 'happy'}
  orders:
    columns:
      id: bigint
      number: {type: bigint, default: {sql: "nextval('numbers')"}}
      again: {type: bigint, default: {sql: "nextval('users_id_seq')"}}
      user_id: {type: bigint, references: users.id}
    primary_key: [id]
    partition_by: {hash: [id]}
    partitions: {orders_0: {modulus: 1, remainder: 0}}
  items:
    columns: {order_id: {type: bigint, references: orders.id}}
"""


def test_each_edge_is_missed(tmp_path: Path) -> None:
    spec = load(SPEC, "spec.yaml")
    draft = first_revision(spec)
    with databases.database() as url:
        build(url, spec, draft.text(draft.header), tmp_path)
        connection = databases.connection(url)
        assert missing(spec.schema, connection) == []
        sequences = {named(("sequence", one)) for one in spec.schema.sequences}
        _, edges = held(connection, sequences)
    graph = {
        named(a): {*map(named, to)} for a, to in Graph(spec.schema).edges().items()
    }
    known = {(a, b) for a, b in edges if a in graph and b in graph and a != b}
    for start, end in known:
        rest = {a: to if a != start else set() for a, to in graph.items()}
        assert (start, end) in absent(rest, edges)
    # Of each kind of node there is one that stands on something.
    assert {start[0] for start, _ in known} == {
        *(
            "enum",
            "collation",
            "composite type",
            "range type",
            "domain",
            "statistics",
            "owner",
            "table",
            "column",
        ),
        *("default", "constraint", "index", "inherited"),
        *("function", "procedure", "aggregate"),
        *("text search dictionary", "text search configuration"),
    }
