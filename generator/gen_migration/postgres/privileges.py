"""Privileges that a kind of object knows, and what PostgreSQL gives of them by itself.

A kind names one of these as its `granting`. Source: the manual, 5.8 (Privileges), tables 5.1 and
5.2; `acldefault` in PostgreSQL's aclchk.c.
"""

from __future__ import annotations

from typing import NamedTuple

# Of tables and what is like them; younger ones have their version in `SINCE`.
OF_RELATIONS = (
    *("select", "insert", "update", "delete"),
    *("truncate", "references", "trigger", "maintain"),
)
SINCE = {"maintain": 17}


class Granting(NamedTuple):
    """What GRANT calls an object, where it is kept, which privileges there are, and for all roles.

    `of_columns` are those that may be of a column; `later` is what ALTER DEFAULT PRIVILEGES calls
    such objects, where it knows them.
    """

    called: str
    catalog: str
    words: tuple[str, ...]
    public: tuple[str, ...] = ()
    of_columns: tuple[str, ...] = ()
    later: str | None = None

    @property
    def grows(self) -> bool:
        """Whether `all` is not the same in each version."""
        return not SINCE.keys().isdisjoint(self.words)


RELATION = Granting(
    "TABLE",
    "pg_class",
    OF_RELATIONS,
    of_columns=("select", "insert", "update", "references"),
    later="tables",
)
SEQUENCE = Granting(
    "SEQUENCE", "pg_class", ("usage", "select", "update"), later="sequences"
)
FUNCTION = Granting(
    "FUNCTION", "pg_proc", ("execute",), ("execute",), later="functions"
)
PROCEDURE = FUNCTION._replace(called="PROCEDURE")
TYPE = Granting("TYPE", "pg_type", ("usage",), ("usage",), later="types")
DOMAIN = TYPE._replace(called="DOMAIN")
SCHEMA = Granting("SCHEMA", "pg_namespace", ("usage", "create"), later="schemas")
LANGUAGE = Granting("LANGUAGE", "pg_language", ("usage",), ("usage",))
FOREIGN_SERVER = Granting("FOREIGN SERVER", "pg_foreign_server", ("usage",))
FOREIGN_DATA_WRAPPER = Granting(
    "FOREIGN DATA WRAPPER", "pg_foreign_data_wrapper", ("usage",)
)
LARGE_OBJECT = Granting(
    "LARGE OBJECT",
    "pg_largeobject_metadata",
    ("select", "update"),
    later="large objects",
)
