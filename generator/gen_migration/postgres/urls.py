"""URLs of PostgreSQL databases: those of libpq and of SQLAlchemy to one form, and to messages.

Sources: the PostgreSQL manual, 32.1.1.2 (Connection URIs); SQLAlchemy, "Database URLs" and
"Specifying multiple fallback hosts". Pure.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, unquote_plus

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error

EXAMPLE = "postgresql://user:password@host:5432/database"
SHAPE = re.compile(
    r"(?P<scheme>[A-Za-z][\w.+-]*)://(?P<authority>[^/?]*)(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
SCHEME = re.compile(r"(?:postgresql|postgres)(?P<driver>\+\w+)?")
HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::(\d*))?")
PAIRS = re.compile(r"[A-Za-z_%][\w%]*=[^=]*")
SECRET = re.compile(
    r"(?:password|sslpassword|passwd|pwd|oauth_client_secret)", re.IGNORECASE
)
# What a connection string of libpq may begin with, or a URL that is not quite one.
PARAMETER = re.compile(
    r"(?:^|\s)(?:host|hostaddr|port|dbname|user|password|passwd|passfile|service"
    r"|ssl\w+|options|connect_timeout|application_name)\s*=",
    re.IGNORECASE,
)
ALMOST = re.compile(r"\s*(?:postgresql|postgres)(?:\+\w+)?:(?:\s*/|.*@)", re.DOTALL)
# The same of any database, and what a path makes of a URL: of two slashes, it keeps one.
WITH_LOGIN = re.compile(r"\s*[A-Za-z][\w.+-]+:\s*/.*@", re.DOTALL)
HIDDEN = "***"
# What SQLAlchemy hands on to drivers and libpq does not know.
OF_DRIVERS = frozenset(
    """
    async_fallback autocommit command_timeout max_cacheable_statement_size
    max_cached_statement_lifetime prepare_threshold prepared_statement_cache_size
    prepared_statement_name_func statement_cache_size timeout
    """.split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """The parts of a URL, decoded. A host that is a path is a directory of sockets."""

    user: str
    password: str
    hosts: tuple[tuple[str, str], ...]
    database: str
    query: tuple[tuple[str, str], ...]


def is_url(text: str) -> bool:
    """Tell a URL, of whatever database, from a path."""
    return SHAPE.match(text) is not None


def check(text: str) -> None:
    """See that a text that is no path is no connection string of libpq. Raises Error."""
    if ALMOST.match(text):  # whatever of it may be a password
        raise Error(
            f'"{text.strip().partition(":")[0]}:{HIDDEN}" is no URL of a PostgreSQL database',
            hint=f"such a URL is {EXAMPLE}",
        )
    if PARAMETER.search(text) or re.search(
        rf"{SECRET.pattern}\s*=", text, re.IGNORECASE
    ):
        raise Error(
            f'"{masked(text)}" is a connection string of libpq',
            hint=f"write it as a URL: {EXAMPLE}",
        )


def for_libpq(url: str) -> str:
    """Return a URL as libpq, psycopg and SQLAlchemy all read it: `postgresql://`, no driver.

    Raises Error for a URL that is malformed or another database's.
    """
    return text(parse(url))


def with_database(url: str, name: str, user: str | None = None) -> str:
    """Return the URL of another database of the same server, as `for_libpq` does.

    `user` is who connects to it, if that is somebody else.
    """
    found = parse(url)
    query = tuple((key, value) for key, value in found.query if key != "dbname")
    user = found.user if user is None else user
    return text(replace(found, user=user, database=name, query=query))


def masked(url: str) -> str:
    """Return a URL, or a connection string of libpq, for a message: without a password.

    Of a malformed one, whatever may belong to a password is hidden.
    """
    found = SHAPE.fullmatch(url)
    if found is None and (ALMOST.match(url) or WITH_LOGIN.match(url)):
        return f"{url.strip().partition(':')[0]}:{HIDDEN}"
    if found is None:
        return re.sub(
            rf"({SECRET.pattern}\s*=\s*)(?:'(?:[^'\\]|\\.)*(?:'|$)|(?:\\.|\S)+)",
            rf"\g<1>{HIDDEN}",
            url,
            flags=re.IGNORECASE | re.DOTALL,
        )
    base, mark, query = url.partition("?")
    if not all(PAIRS.fullmatch(pair) for pair in query.split("&")) or (
        "@" in query and "@" not in base and ":" in found["authority"]
    ):
        base, mark, query = url, "", ""  # the `?` is perhaps a password's
    scheme, _, rest = base.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    login = f"{user}:{HIDDEN}" if colon else user
    place, sign, rest = place.partition("?")  # where it was taken for a password's
    return f"{scheme}://{login}{at}{place}{sign}{without(rest)}{mark}{without(query)}"


def without(query: str) -> str:
    """Return the parameters of a URL without the values of those that are secret."""
    pairs = (pair.partition("=") for pair in query.split("&"))
    return "&".join(
        f"{key}={HIDDEN}" if SECRET.fullmatch(unquote(key)) else f"{key}{equals}{value}"
        for key, equals, value in pairs
    )


def parse(url: str) -> Url:
    """Return the parts of a URL. Raises Error."""
    shape = SHAPE.fullmatch(url)
    scheme = SCHEME.fullmatch(shape["scheme"]) if shape else None
    if shape is None or scheme is None:
        raise Error(
            f'"{masked(url)}" is no URL of a PostgreSQL database',
            hint=f"such a URL is {EXAMPLE}",
        )
    login, _, places = shape["authority"].rpartition("@")
    user, _, password = login.partition(":")
    hosts = [HOST_AND_PORT.fullmatch(place) for place in places.split(",")]
    pairs = [pair.partition("=") for pair in (shape["query"] or "").split("&") if pair]
    texts = [user, password, places, shape["database"] or "", shape["query"] or ""]
    if (
        not all(hosts)
        or "@" in (shape["database"] or "")  # the `/` is perhaps a password's
        or not all(equals for _, equals, _ in pairs)
        or any(re.search(r"%(?![0-9A-Fa-f]{2})|%00|\0", part) for part in texts)
    ):
        raise Error(
            f'the URL "{masked(url)}" is malformed',
            hint=f"it reads {EXAMPLE}; in a user's name or a password,"
            " : / ? @ and % are written as %3A %2F %3F %40 and %25",
        )
    decode = unquote_plus if scheme["driver"] else unquote
    query = [(unquote(key), decode(value)) for key, _, value in pairs]
    if scheme["driver"]:
        query = [of_libpq(*pair) for pair in query if pair[0] not in OF_DRIVERS]
    return Url(
        user=unquote(user),
        password=unquote(password),
        hosts=hosts_of(
            [(unquote(one[1]), one[2] or "") for one in hosts if one], query
        ),
        database=unquote(shape["database"] or ""),
        query=tuple(pair for pair in query if pair[0] not in {"host", "port"}),
    )


def of_libpq(key: str, value: str) -> tuple[str, str]:
    """Return a parameter of asyncpg's as libpq calls it."""
    if key == "ssl":
        return "sslmode", {"true": "require", "false": "disable"}.get(value, value)
    return key, value


def hosts_of(
    hosts: list[tuple[str, str]], query: list[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Return the hosts with their ports: those of the parameters, where there are such."""
    named = [value for key, value in query if key == "host"]
    ports = [value for key, value in query if key == "port"]
    if named:
        hosts = []
        for host in ",".join(named).split(","):
            # SQLAlchemy's form: host=one:5432&host=two:5433
            found = re.fullmatch(r"([A-Za-z0-9.-]+):(\d*)", host)
            hosts.append((found[1], found[2]) if found else (host, ""))
    if ports:
        each = ports[-1].split(",")
        each = each * len(hosts) if not each[1:] else each
        hosts = [
            (host, port)
            for (host, _), port in zip(hosts, [*each, *[""] * len(hosts)], strict=False)
        ]
    return tuple((host.strip("[]"), port) for host, port in hosts)


def text(url: Url) -> str:
    """Return the URL of parts. A single host that is no path stands before the database."""
    login = quote(url.user, safe="")
    if url.password:
        login += ":" + quote(url.password, safe="")
    query = list(url.query)
    place = ""
    if url.hosts[1:] or any("/" in host or "@" in host for host, _ in url.hosts):
        query.append(("host", ",".join(host for host, _ in url.hosts)))
        if any(port for _, port in url.hosts):
            query.append(("port", ",".join(port for _, port in url.hosts)))
    else:
        host, port = url.hosts[0]
        place = f"[{host}]" if ":" in host else quote(host, safe="")
        place += f":{port}" if port else ""
    result = f"postgresql://{login}{'@' if login else ''}{place}"
    result += "/" + quote(url.database, safe="")
    pairs = [
        f"{quote(key, safe='')}={quote(value, safe='/,:')}" for key, value in query
    ]
    return result + ("?" + "&".join(pairs) if pairs else "")
