"""Options of foreign data wrappers, servers, user mappings and foreign tables: texts by names.

They are in the order of their names, as pg_dump writes them: PostgreSQL keeps them in that in which
they came, which means nothing. An option that its wrapper may take for a password or a key is a
secret. Source: the manual, CREATE SERVER and 34.1.2 (libpq's connection options); the options of
the wrappers that are listed in PostgreSQL's wiki.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.postgres.names import quote_name, quote_text
from gen_migration.postgres.secret_values import Secret, Secretive, secret_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Value = str | Secret
    Options = Mapping[str, Value]

V = TypeVar("V")
# The ends of the names of what no one else may read; not `password_required`, `sslkey` (a file).
SECRETS = re.compile(
    r"(pass(word|wd|phrase)|pwd|secret|token|credentials?|api_?key"
    r"|(access|account|client|private|sa|secret|server|service_account)_?key"
    r"|conn(ection)?_?str(ing)?)$",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Tell whether an option is called as secrets are."""
    return SECRETS.search(name) is not None


def in_order(options: Mapping[str, V]) -> dict[str, V]:
    """Return options, or all of those of somebody, in the order of their names."""
    return dict(sorted(options.items()))


def clause(options: Options) -> str:
    """Return what creates options, with a leading space; nothing for none."""
    listed = ", ".join(
        f"{quote_name(key)} {literal(one)}" for key, one in options.items()
    )
    return f" OPTIONS ({listed})" if listed else ""


def changed(old: Options, new: Options) -> str:
    """Return what alters options, with a leading space; nothing where they are the same."""
    found = []
    for key in sorted({**old, **new}):
        if key not in new:
            found.append(f"DROP {quote_name(key)}")
        elif old.get(key) != new[key]:
            verb = "SET" if key in old else "ADD"
            found.append(f"{verb} {quote_name(key)} {literal(new[key])}")
    return f" OPTIONS ({', '.join(found)})" if found else ""


def literal(value: Value) -> str:
    """Return the literal of a value; of a secret, what stands for it."""
    return value.sql if isinstance(value, Secret) else quote_text(value)


def statement(sql: str, *options: Options) -> str:
    """Return a statement, which is `Secretive` where one of its options is a secret."""
    values = (one for found in options for one in found.values())
    return Secretive(sql) if any(isinstance(one, Secret) for one in values) else sql


def read(nodes: Iterable[Any], old: Options | None = None) -> dict[str, Value]:
    """Return the options of a parse tree, or what it makes of others.

    Raises ValueError for a secret that stands there as a text.
    """
    found = dict(old or {})
    for node in nodes:
        option = node.def_elem
        action = option.DESCRIPTOR.fields_by_name["defaction"].enum_type
        if action.values_by_number[option.defaction].name == "DEFELEM_DROP":
            found.pop(option.defname, None)
            continue
        text = option.arg.string.sval
        secret = secret_in(text)
        if secret is None and is_secret(option.defname):
            what = f"the option {option.defname} in clear text"
            raise ValueError(f"{what}, and not '{{env: NAME}}'")
        found[option.defname] = secret or text
    return in_order(found)


def of_rows(rows: Iterable[tuple[str, str]], *owner: str) -> dict[str, Value]:
    """Return the options of a catalog; a secret is that of a variable called by its owner."""
    return in_order(
        {
            name: Secret(variable(*owner, name)) if is_secret(name) else text
            for name, text in rows
        }
    )


def variable(*words: str) -> str:
    """Return what the variable of a secret is called by itself."""
    text = "_".join(words)
    found = "".join(one if one.isascii() and one.isalnum() else "_" for one in text)
    return found.upper() if not found[:1].isdigit() else f"_{found}".upper()


def left_open(found: Options, wanted: Options) -> dict[str, Value]:
    """Return what a database has: the value of no secret, which only the environment knows."""
    secrets = {key: one for key, one in wanted.items() if isinstance(one, Secret)}
    return {key: secrets.get(key, one) for key, one in found.items()}


def changes(old: Options, new: Options, what: str) -> Iterator[tuple[Any, ...]]:
    """Yield the options that differ, with both of their values; of secrets, their variables."""
    for key in sorted({**old, **new}):
        before, after = old.get(key), new.get(key)
        if before != after:
            both = (None if one is None else str(one) for one in (before, after))
            yield f"{what}{key}", *both
