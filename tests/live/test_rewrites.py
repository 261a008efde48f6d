"""What a change of a column's type costs is what PostgreSQL does, on both embedded servers."""

from __future__ import annotations

import contextlib
from itertools import permutations, product
from typing import TYPE_CHECKING, Any, NamedTuple

import databases
import pytest
from gen_migration.diff.rewrites import RELABELED, Cost, Indexed, cost, usage
from gen_migration.model.casts import conversion
from gen_migration.model.schema import (
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
from gen_migration.operations.columns import SetColumnType, Typing
from gen_migration.postgres.names import Name
from gen_migration.postgres.type_names import ALIASES, BUILTIN
from gen_migration.postgres.types import Type, parse_type
from gen_migration.render.alter_clauses import change_types
from gen_migration.scratch import databases as scratch
from servers import share
from tried_types import make_citext, owned

if TYPE_CHECKING:
    from collections.abc import Iterator

ENUMS = frozenset({(None, "mood", "enum"), (None, "taste", "enum")})
FIELDS = "year, month, day, hour, minute, second, year to month, hour to minute, day to second"
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
        *(f"interval {fields}" for fields in FIELDS.split(", ")),
        "interval day to second(3)",
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
        stored = parse_type(of, ENUMS).plain.sql
        return self.alter(stored, stored, None, index_on()) is not None


@contextlib.contextmanager
def session(version: int, zone: str = "Europe/Berlin") -> Iterator[Session]:
    with databases.database(version) as url, scratch.connect(url) as connection:
        connection.execute(f"SET timezone = '{zone}'")
        connection.execute(
            "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE taste AS ENUM ('a')"
        )
        yield Session(connection)


def typing(name: str) -> Typing:
    return Typing(parse_type(name, ENUMS))


def index_on(method: str = "btree", what: str = "(c)") -> str:
    return f"CREATE INDEX i ON t USING {method} {what}"


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_each_pair_of_types(version: int) -> None:
    problems, free = [], set()
    pairs = share(version, PAIRS)
    with session(version) as server:
        names = {name for pair in pairs for name in pair}
        indexable = {name for name in names if server.has_index(name)}
        for pair in pairs:
            old, new = map(typing, pair)
            found = conversion(old.type, new.type, "c")
            if found.asked:
                continue
            first, second = old.type.plain.sql, new.type.plain.sql
            if first == second:
                assert cost(old, new, None, "c", Indexed.ANEW) is None
            is_indexed = indexable.issuperset(pair)
            index = [index_on()] if is_indexed else []
            done = server.alter(first, second, found.using, *index)
            assert done is not None, pair
            indexed = Indexed.PLAIN if is_indexed else Indexed.NO
            alone = Cost.REWRITE if done.rewritten else None
            said = (
                cost(old, new, found.using, "c", indexed),
                cost(old, new, found.using, "c"),
            )
            if said != (done.cost, alone):
                problems.append(f"{pair}, using {found.using}: {said}, but {done}")
            if not done.rewritten:
                free.add(pair)
    assert problems == []
    assert len(free) > 200 * len(pairs) // len(PAIRS)


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_the_table_is_the_catalog(version: int) -> None:
    with databases.database(version) as url, scratch.connect(url) as connection:
        rows = connection.execute(
            "SELECT format_type(castsource, NULL), format_type(casttarget, NULL) FROM pg_cast"
            " WHERE castmethod = 'b'"
        ).fetchall()
    words = {**ALIASES, "character": "bpchar", "character varying": "varchar"}
    found: dict[str, set[str]] = {}
    for source, other in rows:
        if {words.get(source, source), words.get(other, other)} <= set(BUILTIN):
            found.setdefault(words.get(source, source), set()).add(
                words.get(other, other)
            )
    known = {one: set(others) - {"citext"} for one, others in RELABELED.items()}
    assert {one: others for one, others in known.items() if one != "citext"} == found


# What `using` says

# PostgreSQL sees that these change nothing, `cost` does not.
SAFE = {'c::text COLLATE "C"', "CASE WHEN true THEN c END"}


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_using(version: int) -> None:
    problems, safe = [], set()
    targets = ["varchar(5)", "varchar(9)", "varchar", "text", "bpchar", "char(5)"]
    with session(version) as server:
        for new, using in product(targets, USINGS):
            old, wanted = typing("varchar(5)"), typing(new)
            done = server.alter("varchar(5)", new, using, index_on())
            assert done is not None, (new, using)
            said = cost(old, wanted, using, "c", Indexed.PLAIN)
            if using in SAFE and said is Cost.REWRITE and done.cost != said:
                safe.add(using)
            elif said != done.cost:
                problems.append(f"{new}, using {using}: {said}, but {done}")
        for using in ("d", "d::integer"):
            done = server.alter("integer", "integer", using)
            assert done is not None
            assert cost(typing("integer"), typing("integer"), using, "c") == done.cost
    assert problems == []
    assert safe == SAFE


def test_using_that_names_an_enum(database: str) -> None:
    with scratch.connect(database) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('a')")
        server = Session(connection)
        mood, text = typing("mood"), typing("text")
        for old, new, using in ((mood, mood, "c::mood"), (mood, text, "c::mood::text")):
            done = server.alter(old.type.sql, new.type.sql, using)
            assert done is not None
            assert cost(old, new, using, "c") == done.cost


def test_an_enum_may_have_the_name_of_a_type() -> None:
    enum = Typing(Type(name="text", kind="enum"))
    assert cost(enum, typing("varchar"), "c::varchar", "c") is Cost.REWRITE
    assert cost(typing("text"), enum, 'c::"text"', "c") is Cost.REWRITE


# In UTC, the two kinds of timestamp are the same for PostgreSQL; an index is built again.


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_rewrite_that_the_time_zone_spares(version: int) -> None:
    with session(version, "UTC") as server:
        for old, new in permutations(("timestamp", "timestamptz")):
            done = server.alter(old, new, None, index_on())
            assert done == Done(rewritten=False, rebuilt=True)
            assert cost(typing(old), typing(new), None, "c") is Cost.REWRITE


# Collations and indexes


def sql(of: Typing) -> str:
    return of.type.sql + (f" COLLATE {of.collation.sql}" if of.collation else "")


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_collations(version: int) -> None:
    posix, default = Name("pg_catalog", "C"), None
    with session(version) as server:
        for old, new in product(
            ("varchar(5)", "text", "varchar(9)", "char(5)"), repeat=2
        ):
            for one, other in product((default, posix), repeat=2):
                before = Typing(parse_type(old), one)
                after = Typing(parse_type(new), other)
                first, second = sql(before), sql(after)
                done = server.alter(first, second, None, index_on())
                assert done is not None
                assert cost(before, after, None, "c", Indexed.PLAIN) == done.cost
                bare = server.alter(first, second, None)
                assert bare is not None
                assert cost(before, after, None, "c") == bare.cost


INDEXES = {
    "btree (c)": Index(elements=(Element(column="c"),)),
    "btree (d, c)": Index(elements=(Element(column="d"), Element(column="c"))),
    "btree (c text_pattern_ops)": Index(elements=(Element(column="c"),)),
    "hash (c)": Index(elements=(Element(column="c"),), method="hash"),
    "brin (c)": Index(elements=(Element(column="c"),), method="brin"),
    "spgist (c)": Index(elements=(Element(column="c"),), method="spgist"),
    "gin (c)": Index(elements=(Element(column="c"),), method="gin"),
    "btree (d)": Index(elements=(Element(column="d"),)),
    "btree (d) INCLUDE (c)": Index(elements=(Element(column="d"),), include=("c",)),
    "btree ((1)) INCLUDE (c)": Index(
        elements=(Element(expression="1"),), include=("c",)
    ),
    "btree ((1), d)": Index(elements=(Element(expression="1"), Element(column="d"))),
    "btree ((d + 1), c)": Index(
        elements=(Element(expression="d + 1"), Element(column="c"))
    ),
    "btree ((c IS NULL))": Index(elements=(Element(expression="c IS NULL"),)),
    "btree (c) WHERE d > 1": Index(elements=(Element(column="c"),), where="d > 1"),
    "btree (d) WHERE d > 1": Index(elements=(Element(column="d"),), where="d > 1"),
    "btree (d) WHERE c IS NULL": Index(
        elements=(Element(column="d"),), where="c IS NULL"
    ),
}
CHANGES = [
    ("varchar(5)", "varchar(9)"),
    ("varchar(5)", "text"),
    ("text", "bpchar"),
    ("integer", "oid"),
    ("cidr", "inet"),
    ("varchar(5)[]", "varchar[]"),
    ("numeric(5,2)[]", "numeric[]"),
    ("timestamp(3)", "timestamp"),
]


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_how_an_index_uses_a_column(version: int) -> None:
    tried = set()
    with session(version) as server:
        for (old, new), (definition, index) in product(CHANGES, INDEXES.items()):
            before, after = typing(old), typing(new)
            table = table_of(before.type, indexes={"i": index})
            method, _, what = definition.partition(" ")
            done = server.alter(old, new, None, index_on(method, what))
            if done is not None:
                said = cost(before, after, None, "c", usage(table, "c"))
                assert said == done.cost, (old, new, definition)
                tried.add(definition)
    assert tried == set(INDEXES)


EQUAL = ExcludeElement(element=Element(column="c"), operator="=")
CONSTRAINTS = {
    "PRIMARY KEY (c)": PrimaryKey(columns=("c",)),
    "PRIMARY KEY (d) INCLUDE (c)": PrimaryKey(columns=("d",), include=("c",)),
    "UNIQUE (d, c)": Unique(columns=("d", "c")),
    "UNIQUE (d)": Unique(columns=("d",)),
    "EXCLUDE USING btree (c WITH =)": Exclude(method="btree", elements=(EQUAL,)),
    "EXCLUDE USING hash (c WITH =) WHERE (d > 1)": Exclude(
        method="hash",
        elements=(EQUAL,),
        where="d > 1",
    ),
}


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_how_a_constraint_uses_a_column(version: int) -> None:
    with session(version) as server:
        for (old, new), (definition, constraint) in product(
            CHANGES, CONSTRAINTS.items()
        ):
            before, after = typing(old), typing(new)
            table = table_of(before.type, constraints={"i": constraint})
            done = server.alter(
                old,
                new,
                None,
                "TRUNCATE t",
                f"ALTER TABLE t ADD CONSTRAINT i {definition}",
            )
            said = cost(before, after, None, "c", usage(table, "c"))
            assert done is not None
            assert said == done.cost, (old, new, definition)


def table_of(of: Type, **parts: Any) -> Table:
    columns = {"c": Column(type=of), "d": Column(type=parse_type("integer"))}
    return Table(columns=columns, **parts)


def test_the_dearest_index_counts() -> None:
    indexes = {name: INDEXES[name] for name in ("btree (d)", "btree (c)")}
    text = parse_type("text")
    assert usage(table_of(text), "c") is Indexed.NO
    assert usage(table_of(text, indexes=indexes), "c") is Indexed.PLAIN
    indexes["btree (c) WHERE d > 1"] = INDEXES["btree (c) WHERE d > 1"]
    assert usage(table_of(text, indexes=indexes), "c") is Indexed.ANEW
    key = ForeignKey(
        columns=("c",), referred_table=Name(None, "r"), referred_columns=("c",)
    )
    constraints = {"fk": key, "ck": Check(expression="c <> ''")}
    assert usage(table_of(text, constraints=constraints), "c") is Indexed.NO


# Types of extensions


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_citext(version: int) -> None:
    names = ["citext", "text", "varchar", "varchar(5)", "bpchar", "char(5)"]
    names += ["citext[]", "text[]"]
    with owned(version) as connection:
        make_citext(connection)
        server = Session(connection)
        for old, new in product(map(typing, names), repeat=2):
            using = conversion(old.type, new.type, "c")
            if not using.asked:
                done = server.alter(sql(old), sql(new), using.using, index_on())
                assert done is not None, (old, new)
                assert cost(old, new, using.using, "c", Indexed.PLAIN) == done.cost


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_modifiers_of_an_extension(version: int) -> None:
    names = [
        "vector",
        "vector(3)",
        "vector(4)",
        "vector[]",
        "vector(3)[]",
        "vector(4)[]",
    ]
    with owned(version) as connection:
        connection.execute("CREATE EXTENSION vector")
        server = Session(connection)
        for old, new in product(names, repeat=2):
            done = server.alter(old, new, None)
            if ("[]" in old) == ("[]" in new):
                assert done is not None
                assert cost(typing(old), typing(new), None, "c") == done.cost, (
                    old,
                    new,
                )


# What the caller knows


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_checked_again(version: int) -> None:
    """A CHECK constraint always, a foreign key where it compares by another operator."""
    key = "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (c) REFERENCES r"
    verified, validated = 'verifying table "t"', 'validating foreign key constraint "k"'
    check = "ALTER TABLE t ADD CONSTRAINT k CHECK (c <> '')"
    for more, new, what in (
        (check, "varchar(9)", {verified}),
        (check, "text", {verified}),
        (key, "varchar(9)", set()),
        (key, "text", set()),
        (key, "bpchar", {validated}),
    ):
        with session(version) as server, server.undone():
            server.run(
                f"CREATE TABLE r (c text PRIMARY KEY); CREATE TABLE t (c varchar(5)); {more}"
            )
            server.run("SET LOCAL client_min_messages = debug1")
            server.run(f"ALTER TABLE t ALTER COLUMN c TYPE {new}")
            assert {verified, validated} & set(server.said) == what


def test_words() -> None:
    assert [one.text for one in Cost] == [
        "builds indexes on the column again, while readers and writers wait",
        "rewrites the table and its indexes, while readers and writers wait",
    ]


# Several columns

SEVERAL = {
    "c": ("integer", "bigint", None),
    "a": ("text", "date", "a::date"),
    "b": ("varchar(5)", "varchar(3)", None),
}


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_one_statement_is_one_pass(version: int) -> None:
    changes = [
        SetColumnType(
            table=Name(None, "t"),
            name=name,
            old=typing(old),
            new=typing(new),
            using=using,
        )
        for name, (old, new, using) in SEVERAL.items()
    ]
    columns = ", ".join(f"{name} {old}" for name, (old, _, _) in SEVERAL.items())
    with session(version) as server:
        server.run(f"CREATE TABLE t ({columns}); {index_on(what='(c, a, b)')}")
        server.run("SET LOCAL client_min_messages = debug1")
        server.run(change_types(changes))
    assert server.said.count('rewriting table "t"') == 1
    assert sum('index "i" on' in one for one in server.said) == 1
