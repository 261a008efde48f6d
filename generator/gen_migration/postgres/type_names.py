"""The names of PostgreSQL's types, their modifiers, and other words for them.

Source: the PostgreSQL manual, chapter 8 (Data Types), table 8.1 for aliases.
"""

from __future__ import annotations

from gen_migration.base.data_class import dataclass


@dataclass(frozen=True, slots=True)
class Modifiers:
    """How many modifiers a type takes and between which bounds each must lie."""

    bounds: tuple[tuple[int, int], ...]
    required: int = 0


LENGTH = Modifiers(((1, 10_485_760),))  # MaxAttrSize
BITS = Modifiers(((1, 83_886_080),))
SECONDS = Modifiers(((0, 6),))
NONE = Modifiers(())

INTERVAL_FIELDS = """
year, month, day, hour, minute, second, year to month, day to hour, day to minute, day to second,
hour to minute, hour to second, minute to second
"""

BUILTIN: dict[str, Modifiers] = {
    **dict.fromkeys(("varchar", "char", "bpchar"), LENGTH),
    **dict.fromkeys(("bit", "varbit"), BITS),
    **dict.fromkeys(
        ("time", "timetz", "timestamp", "timestamptz", "interval"), SECONDS
    ),
    **{
        f"interval {fields}": SECONDS if fields.endswith("second") else NONE
        for fields in INTERVAL_FIELDS.strip().replace("\n", " ").split(", ")
    },
    "numeric": Modifiers(((1, 1000), (-1000, 1000))),
    **dict.fromkeys(
        """
        bigint boolean box bytea cid cidr circle date datemultirange daterange inet int2vector
        int4multirange int4range int8multirange int8range integer json jsonb jsonpath line lseg
        macaddr macaddr8 money name nummultirange numrange oid oidvector path pg_lsn pg_snapshot
        point polygon real refcursor regclass regcollation regconfig regdictionary regnamespace
        regoper regoperator regproc regprocedure regrole regtype smallint text tid tsmultirange
        tsquery tsrange tstzmultirange tstzrange tsvector txid_snapshot uuid xid xid8 xml
        aclitem serial bigserial smallserial
        """.split(),
        NONE,
    ),
    "double precision": NONE,
    '"char"': NONE,
}
ALIASES = {
    "bool": "boolean",
    "int": "integer",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "dec": "numeric",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "character": "char",
    "nchar": "char",
    "national char": "char",
    "national character": "char",
    "character varying": "varchar",
    "char varying": "varchar",
    "national character varying": "varchar",
    "nchar varying": "varchar",
    "bit varying": "varbit",
    "serial2": "smallserial",
    "serial4": "serial",
    "serial8": "bigserial",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}
# Words of other databases and languages.
OTHERS = {
    "string": "text",
    "str": "text",
    "longtext": "text",
    "mediumtext": "text",
    "clob": "text",
    "nvarchar": "varchar",
    "varchar2": "varchar",
    "double": "double precision",
    "number": "numeric",
    "datetime": "timestamptz",
    "blob": "bytea",
    "binary": "bytea",
    "varbinary": "bytea",
    "tinyint": "smallint",
    "mediumint": "integer",
    "guid": "uuid",
    "object": "jsonb",
    "dict": "jsonb",
}
# What a spec says in another place.
ELSEWHERE = {
    "enum": "an enum stands under enums: at the top, {mood: [sad, ok]}, and its name is the type",
    "array": "write the type of its elements, and brackets: text[]",
}
COMMA = 'inside of { } and [ ] a comma ends a value: put it in quotes, "numeric(10,2)"'
# Pseudo-types, which only routines take and return (manual, chapter 8.21), as SQL writes them.
PSEUDO = frozenset(
    """
    "any" anyarray anycompatible anycompatiblearray anycompatiblemultirange anycompatiblenonarray
    anycompatiblerange anyelement anyenum anymultirange anynonarray anyrange cstring event_trigger
    fdw_handler index_am_handler internal language_handler pg_ddl_command record table_am_handler
    trigger tsm_handler unknown void
    """.split()
)

SERIAL = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
WORDS = {integer: word for word, integer in SERIAL.items()}
INTEGERS = {  # what they hold
    "smallint": range(-(2**15), 2**15),
    "integer": range(-(2**31), 2**31),
    "bigint": range(-(2**63), 2**63),
}

# Types of extensions that many schemas use, so that they need no schema and no quotes.
EXTENSION_TYPES = frozenset(
    """
    citext vector halfvec sparsevec geometry geography box2d box3d raster topogeometry hstore
    ltree lquery ltxtquery cube seg isbn isbn13 issn issn13 ismn ismn13 upc ean13 query_int
    earth semver h3index rum_distance_query tdigest topn hll roaringbitmap
    """.split()
)
