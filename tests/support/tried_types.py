"""Types that a test creates on a server."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import databases
from gen_migration.postgres import urls
from gen_migration.scratch import databases as scratch

if TYPE_CHECKING:
    from collections.abc import Iterator


# What the extension citext makes, as far as the costs go: its own functions are not needed.
CITEXT = """
CREATE TYPE citext;
CREATE FUNCTION citextin(cstring) RETURNS citext IMMUTABLE STRICT LANGUAGE internal AS 'textin';
CREATE FUNCTION citextout(citext) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS 'textout';
CREATE TYPE citext (
    INPUT = citextin, OUTPUT = citextout, INTERNALLENGTH = VARIABLE, STORAGE = extended,
    CATEGORY = 'S', COLLATABLE = true
);
CREATE FUNCTION citext(character) RETURNS citext IMMUTABLE STRICT LANGUAGE internal AS 'rtrim1';
CREATE CAST (citext AS text) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (citext AS varchar) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (citext AS character) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (text AS citext) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (varchar AS citext) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (character AS citext) WITH FUNCTION citext(character) AS ASSIGNMENT;
CREATE FUNCTION citext_cmp(citext, citext) RETURNS integer IMMUTABLE STRICT
    LANGUAGE internal AS 'bttextcmp';
"""


OPERATORS = {
    "<": "text_lt",
    "<=": "text_le",
    "=": "texteq",
    ">=": "text_ge",
    ">": "text_gt",
}


def make_citext(connection: Any) -> None:
    """Make a type that is like citext; a server lacks the extension, and its owner may do this."""
    connection.execute(CITEXT)
    for operator, function in OPERATORS.items():
        connection.execute(
            f"CREATE FUNCTION citext_{function}(citext, citext) RETURNS boolean"
            f" IMMUTABLE STRICT LANGUAGE internal AS '{function}';"
            f" CREATE OPERATOR {operator} (LEFTARG = citext, RIGHTARG = citext,"
            f" FUNCTION = citext_{function})"
        )
    numbered = ", ".join(
        f"OPERATOR {number} {operator}" for number, operator in enumerate(OPERATORS, 1)
    )
    connection.execute(
        "CREATE OPERATOR CLASS citext_ops DEFAULT FOR TYPE citext USING btree AS"
        f" {numbered}, FUNCTION 1 citext_cmp(citext, citext)"
    )


@contextlib.contextmanager
def owned(version: int) -> Iterator[Any]:
    """Yield a connection to an empty database, as the administrator of the embedded server."""
    with databases.database(version) as url, scratch.connect(url) as first:
        server = scratch.server(version).get_uri()
        with scratch.connect(urls.with_database(server, first.info.dbname)) as admin:
            yield admin
