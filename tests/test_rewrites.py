"""What a change of a column's type costs is what PostgreSQL does, on both embedded servers."""

from __future__ import annotations

import contextlib
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from gen_migration import scratch, urls
from gen_migration.casts import conversion
from gen_migration.column_operations import Typing
from gen_migration.column_types import Type, parse_type
from gen_migration.rewrites import RELABELED, Cost, Indexed, cost, usage
from gen_migration.schema import (
    Check,
    Column,
    Element,
    Exclude,
    ExcludeElement,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    Unique,
)
from gen_migration.sql import Name
from gen_migration.type_names import ALIASES, BUILTIN, INTERVAL_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ENUMS = frozenset({(None, "mood"), (None, "taste"), (None, "text")})
# Of each family, its types and modifiers: every pair of one line is tried.
FAMILIES = [
    line.split()
    for line in """
    text varchar varchar(5) varchar(9) bpchar char(1) char(5) char(9) "char" name xml regclass
    text[] varchar[] varchar(5)[] varchar(9)[] bpchar[] char(5)[] char(9)[] name[] text varchar(9)
    bit(1) bit(3) bit(5) varbit varbit(3) varbit(5) bit(3)[] bit(5)[] varbit[] varbit(5)[]
    numeric numeric(5,2) numeric(8,2) numeric(8,3) numeric(5,0) numeric(9,0) integer bigint money
    numeric[] numeric(5,2)[] numeric(8,2)[] numeric(8,3)[] integer[] bigint[] smallint[]
    smallint integer bigint real serial bigserial smallserial oid regclass regtype regrole
    regproc regprocedure regoper regoperator oid integer bigint oid[] integer[] regproc[]
    regcollation regconfig regdictionary regnamespace integer oid smallint
    date timestamp timestamp(0) timestamp(3) timestamp(6) timestamptz timestamptz(3) time
    time time(0) time(3) time(6) timetz timetz(0) timetz(3) timetz(6) interval
    timestamp[] timestamp(3)[] timestamp(6)[] timestamptz[] time[] time(3)[] time(6)[] date[]
    inet cidr inet[] cidr[] macaddr macaddr8 text varchar(9)
    mood taste mood[] taste[] text varchar(9) varchar text[] varchar(9)[] char(5)
    json jsonb xml bytea text uuid boolean integer varchar(5)
    point box path polygon circle int4range int8range tsvector text
    oidvector oid[] int2vector smallint[]
    """.splitlines()
    if line.strip()
] + [
    [
        "interval",
        "interval(0)",
        "interval(3)",
        "interval(6)",
        *(f"interval {fields}" for fields in INTERVAL_FIELDS),
        *(f"interval {unit} second(3)" for unit in ("day to", "minute to")),
        "interval second(0)",
        "interval[]",
        "interval year[]",
        "interval(3)[]",
    ],
    [
        "double precision",
        "real",
        "numeric",
        "numeric(5,2)",
        "integer",
        "double precision[]",
    ],
]
REPRESENTATIVES = """
text varchar varchar(9) char(5) bpchar integer bigint numeric numeric(5,2) boolean uuid date
timestamp timestamptz(3) time interval inet cidr bit(3) varbit oid regclass jsonb bytea mood
text[] varchar(5)[] integer[]
""".split()
PAIRS = sorted(
    {
        pair
        for family in [*FAMILIES, REPRESENTATIVES]
        for pair in product(family, family)
    }
)
USINGS = (
    """
c;(c);t.c;c::text;c::varchar;c::varchar(5);c::varchar(7);c::varchar(7)::varchar(8);c::varchar(3)
c::bpchar;c::char(5);CAST(c AS text)::varchar;c::text::varchar(9);c::varchar(7)::text;lower(c)
c || '';'x'::text;c::text COLLATE "C";CASE WHEN true THEN c END;coalesce(c)
""".replace("\n", ";")
    .strip(";")
    .split(";")
)
ROWS = "INSERT INTO t (c) VALUES (NULL), (NULL), (NULL)"


class Done(NamedTuple):
    """What PostgreSQL did: None where it refused."""

    rewritten: bool
    rebuilt: bool

    @property
    def cost(self) -> Cost | None:
        if self.rewritten:
            return Cost.REWRITE
        return Cost.SCAN if self.rebuilt else None


class Session:
    """A connection that tries changes of the type of `t.c`, each in a savepoint."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.said: list[str] = []
        connection.add_notice_handler(
            lambda diagnostic: self.said.append(diagnostic.message_primary)
        )
        connection.execute("BEGIN")

    def run(self, sql: str) -> list[Any]:
        """Return the rows of each query among some statements."""
        cursor = self.connection.execute(sql)
        found = []
        while True:
            if cursor.description:
                found.append(cursor.fetchone())
            if not cursor.nextset():
                return found

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        self.connection.execute("SAVEPOINT s")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK TO s")

    def alter(
        self, old: str, new: str, using: str | None, *prepare: str
    ) -> Done | None:
        """Return what a change does to a table and its index `i`, if there is one."""
        import psycopg

        nodes = (
            "SELECT pg_relation_filenode('t'), pg_relation_filenode(to_regclass('i'))"
        )
        clause = "" if using is None else f" USING {using}"
        self.said.clear()
        try:
            with self.undone():
                before, after = self.run(
                    f"CREATE TABLE t (c {old}, d integer); {ROWS}; {';'.join((*prepare, nodes))};"
                    " SET LOCAL client_min_messages = debug1;"
                    f" ALTER TABLE t ALTER COLUMN c TYPE {new}{clause};"
                    f" SET LOCAL client_min_messages = notice; {nodes}"
                )
        except psycopg.Error:
            return None
        done = Done(before[0] != after[0], before[1] != after[1])
        # The server says the same, and reads the rows for nothing else.
        assert done.rewritten == ('rewriting table "t"' in self.said)
        assert done.rebuilt == any('index "i" on' in one for one in self.said)
        assert 'verifying table "t"' not in self.said
        return done

    def has_index(self, of: str) -> bool:
        """Tell whether a type has an operator class for a B-tree."""
        return self.alter(of, of, None, "CREATE INDEX i ON t (c)") is not None


@contextlib.contextmanager
def session(version: int, zone: str = "Europe/Berlin") -> Iterator[Session]:
    with scratch.database(version) as url, scratch.connect(url) as connection:
        connection.execute(f"SET timezone = '{zone}'")
        connection.execute(
            "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE taste AS ENUM ('a')"
        )
        yield Session(connection)


def typing(name: str) -> Typing:
    return Typing(parse_type(name, ENUMS - {(None, "text")}))


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_each_pair_of_types(version: int) -> None:
    problems, free = [], set()
    with session(version) as server:
        types = {name for pair in PAIRS for name in pair}
        indexable = {name for name in types if server.has_index(name)}
        for pair in PAIRS:
            old, new = map(typing, pair)
            using = conversion(old.type, new.type, "c").using
            is_indexed = indexable.issuperset(pair)
            index = ("CREATE INDEX i ON t (c)",) if is_indexed else ()
            done = server.alter(*pair, using, *index)
            if done is None:
                continue
            indexed = Indexed.PLAIN if is_indexed else Indexed.NO
            alone = Cost.REWRITE if done.rewritten else None
            said = cost(old, new, using, "c", indexed), cost(old, new, using, "c")
            if said != (done.cost, alone):
                problems.append(f"{pair}, using {using}: {said}, but {done}")
            if not done.rewritten:
                free.add(pair)
    assert problems == []
    assert len(free) > 200
