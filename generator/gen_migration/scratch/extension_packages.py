"""Extensions that are known by name, and the packages of systems that bring them.

Sources: the manual, appendix F (contrib); the package lists of Debian and PGDG; Homebrew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.scratch.programs import WITHOUT

if TYPE_CHECKING:
    from collections.abc import Iterable

# What comes with PostgreSQL itself: with Debian's `postgresql`, and Homebrew's.
CONTRIB = frozenset(
    """
    amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance
    file_fdw fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime
    pageinspect pg_buffercache pg_freespacemap pg_prewarm pg_stat_statements pg_surgery pg_trgm
    pg_visibility pg_walinspect pgcrypto pgrowlocks pgstattuple plpgsql postgres_fdw refint seg
    sslinfo tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp xml2
    """.split()
)
# What stands behind `postgresql-15-` in the name of Debian's package, or of PGDG's.
DEBIAN = {
    "hll": "hll",
    "hypopg": "hypopg",
    "ip4r": "ip4r",
    "orafce": "orafce",
    "periods": "periods",
    "pg_cron": "cron",
    "pg_partman": "partman",
    "pgaudit": "pgaudit",
    "pgmq": "pgmq",
    "pgrouting": "pgrouting",
    "pgtap": "pgtap",
    "plpgsql_check": "plpgsql-check",
    "postgis": "postgis-3",
    "postgis_raster": "postgis-3",
    "postgis_tiger_geocoder": "postgis-3",
    "postgis_topology": "postgis-3",
    "prefix": "prefix",
    "rum": "rum",
    "semver": "semver",
    "timescaledb": "timescaledb",
    "vector": "pgvector",
}
HOMEBREW = {
    "postgis": "postgis",
    "postgis_raster": "postgis",
    "postgis_topology": "postgis",
    "vector": "pgvector",
}
KNOWN = CONTRIB | frozenset(DEBIAN)


def command(names: Iterable[str], major: int | None, platform: str) -> str:
    """Return the command that installs extensions beside a PostgreSQL of a system.

    `major` is the version that is installed, None where there is none; NN stands for it then.
    Empty where no package is known for one of them.
    """
    others = [one for one in sorted(names) if one not in CONTRIB and one not in WITHOUT]
    if platform == "darwin":
        install, server, known = "brew install", "postgresql@17", HOMEBREW
    else:
        install, server = "apt install", "postgresql"
        start = f"postgresql-{'NN' if major is None else major}-"
        known = {key: f"{start}{word}" for key, word in DEBIAN.items()}
    packages = [] if major is not None else [server]
    packages += dict.fromkeys(known[one] for one in others if one in known)
    if not packages or any(one not in known for one in others):
        return ""
    return " ".join((install, *packages))
