"""Subscriptions: `CREATE SUBSCRIPTION`, what logical replication takes from another server.

One is created without a connection to the publisher, so that it is disabled and has no slot there
yet; whoever has made the slot enables it. The connection string is a secret: a spec names a
variable of the environment, which the revision reads when it runs. Before a subscription is
dropped, it gives its slot up, which stays behind on the publisher. Source: the manual, CREATE
SUBSCRIPTION, ALTER SUBSCRIPTION, DROP SUBSCRIPTION and 29.2; pg_dump's `dumpSubscription`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model.access import Owned
from gen_migration.model.mapped import hold
from gen_migration.model.renaming import rekeyed
from gen_migration.postgres.names import quote_names, quote_text
from gen_migration.postgres.secret_values import Secret, Secretive, secret_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema

NO_SLOT = "none"
# By the letters of `pg_subscription.substream`.
STREAMING = {"f": "off", "t": "on", "p": "parallel"}
# What each is where it is not said; streaming is what the server's version takes by itself.
OPTIONS: dict[str, Any] = {
    "binary": False,
    "streaming": None,
    "synchronous_commit": "off",
    "two_phase": False,
    "disable_on_error": False,
    "password_required": True,
    "run_as_owner": False,
    "origin": "any",
    "failover": False,
}
# The PostgreSQL that has an option.
SINCE = {
    "two_phase": 15,
    "disable_on_error": 15,
    "password_required": 16,
    "run_as_owner": 16,
    "origin": 16,
    "failover": 17,
}
PARALLEL = 18  # the PostgreSQL that streams in parallel by itself
# What PostgreSQL alters together with the slot, on the publisher; it cannot before 18.
OF_SLOT = ("two_phase", "failover")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Owned):
    """`CREATE SUBSCRIPTION`."""

    connection: Secret
    publications: tuple[str, ...]
    slot_name: str
    binary: bool = False
    streaming: str | None = None
    synchronous_commit: str = "off"
    two_phase: bool = False
    disable_on_error: bool = False
    password_required: bool = True
    run_as_owner: bool = False
    origin: str = "any"
    failover: bool = False
    comment: str | None = None


hold(Subscription, connection=(Secret,))


class Subscriptions(Kind):
    """Subscriptions of a database."""

    word = "subscription"
    key = "subscriptions"
    about = "Subscriptions by name: what logical replication takes from another server."
    about_one = (
        "A subscription. It is created disabled, without a connection to the publisher."
    )
    keys = (
        Key(
            "connection",
            "SecretShape",
            "The variable of the environment that holds the connection string, as `{env: NAME}`;"
            " a revision reads it when it runs, and nothing writes it down.",
            ...,
        ),
        Key(
            "publications",
            "list[Text]",
            "The publications of the publisher that it takes.",
            ...,
        ),
        Key(
            "slot_name",
            "Text | None",
            "The slot on the publisher; left out, it is called as the subscription. `none`: it has"
            " none yet.",
        ),
        Key("binary", "bool", "Rows come in binary form.", False),
        Key(
            "streaming",
            'Literal["off", "on", "parallel"] | None',
            "Whether transactions come before they are committed; `parallel` is of PostgreSQL 16,"
            " and from 18 on what is left out.",
        ),
        Key(
            "synchronous_commit",
            "Text",
            "The setting of this name while changes are applied.",
            "off",
        ),
        Key("two_phase", "bool", "PostgreSQL 15: prepared transactions come.", False),
        Key(
            "disable_on_error",
            "bool",
            "PostgreSQL 15: it is disabled by an error.",
            False,
        ),
        Key(
            "password_required",
            "bool",
            "PostgreSQL 16: the connection string of an owner that is no superuser has a password.",
            True,
        ),
        Key(
            "run_as_owner",
            "bool",
            "PostgreSQL 16: changes are applied with the rights of its owner, and not of the"
            " owner of each table.",
            False,
        ),
        Key(
            "origin",
            'Literal["any", "none"]',
            "PostgreSQL 16: `none`, changes that the publisher has from others do not come.",
            "any",
        ),
        Key(
            "failover",
            "bool",
            "PostgreSQL 17: the slot is kept on standbys as well.",
            False,
        ),
        RENAMED_FROM,
    )
    value = Subscription
    called = "SUBSCRIPTION"
    catalog = "pg_subscription"
    in_schema = False
    is_missed = True
    creates = "create_subscription_stmt"
    alters = "alter_subscription_stmt"
    drops = "drop_subscription_stmt"
    groups = (
        ("connection",),
        ("publications",),
        ("slot_name", *(one for one in OPTIONS if one not in OF_SLOT)),
    )

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        given = ", ".join(("connect = false", *options(value)))
        found = (
            f"CREATE {self.sql(name)}",
            f"CONNECTION {value.connection.sql}",
            f"PUBLICATION {quote_names(value.publications)}",
            f"WITH ({given})",
        )
        return Secretive("\n    ".join(found))

    def definition(self, value: Any) -> str:
        given = ", ".join(options(value))
        publications = quote_names(value.publications)
        return f"CONNECTION {value.connection.sql} PUBLICATION {publications} WITH ({given})"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        start = f"ALTER {self.sql(name)}"
        if old.connection != new.connection:
            return [Secretive(f"{start} CONNECTION {new.connection.sql}")]
        if old.publications != new.publications:
            listed = quote_names(new.publications)
            return [f"{start} SET PUBLICATION {listed} WITH (refresh = false)"]
        changed = [
            option(key, getattr(new, key))
            for key in ("slot_name", *OPTIONS)
            if getattr(old, key) != getattr(new, key)
        ]
        return [f"{start} SET ({', '.join(changed)})"]

    def before_drop(self, name: Any, value: Any) -> Iterator[str]:
        """Yield what lets the slot go: to drop it, PostgreSQL would connect to the publisher."""
        yield f"ALTER {self.sql(name)} DISABLE"
        yield f"ALTER {self.sql(name)} SET (slot_name = NONE)"

    def is_replaced(self, old: Any, new: Any) -> bool:
        # What the server takes for streaming, no statement says.
        is_left = old.streaming is not None and new.streaming is None
        return is_left or any(getattr(old, key) != getattr(new, key) for key in OF_SLOT)

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        found = given(node)
        if found.pop("connect", True):
            raise ValueError("CREATE SUBSCRIPTION without connect = false")
        value = Subscription(
            connection=connection(node.conninfo),
            publications=tree.strings(node.publication),
            slot_name=found.pop("slot_name", node.subname),
            **found,
        )
        return node.subname, value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        old = objects.get(node.subname)
        if old is None:
            return None
        match tree.word(node, "kind", "ALTER_SUBSCRIPTION_"):
            case "CONNECTION":
                new = replace(old, connection=connection(node.conninfo))
            case "SET_PUBLICATION" | "ADD_PUBLICATION" | "DROP_PUBLICATION" as action:
                listed, held = tree.strings(node.publication), old.publications
                left = tuple(one for one in held if one not in listed)
                names = {"SET": listed, "ADD": (*held, *listed), "DROP": left}
                new = replace(old, publications=names[action.partition("_")[0]])
            case "OPTIONS":
                new = replace(old, **given(node))
            case _:  # whether it is enabled, and what it has taken
                new = old
        return node.subname, new

    def read_drop(self, node: Any) -> Any:
        return node.subname

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found = {key: getattr(shape, key) for key in OPTIONS}
        for key, since in SINCE.items():
            if found[key] != OPTIONS[key]:
                (at / key).need(since, f"{quoted(key)} of a subscription")
        if shape.streaming == "parallel":
            (at / "streaming").need(16, "streaming: parallel")
        if not shape.publications:
            (at / "publications").wrong(
                "a subscription takes at least one publication", "write its name"
            )
        if name is None:
            return None
        return Subscription(
            connection=Secret(shape.connection.env),
            publications=tuple(dict.fromkeys(shape.publications)),
            slot_name=shape.slot_name or name,
            **found,
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        said = {key: getattr(value, key) for key in OPTIONS}
        return {
            "connection": {"env": value.connection.env},
            "publications": list(value.publications),
            "slot_name": None if value.slot_name == name else value.slot_name,
            **{key: None if one == OPTIONS[key] else one for key, one in said.items()},
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        streaming: str | None = STREAMING[row.streaming]
        if streaming == ("parallel" if reading.version >= PARALLEL else "off"):
            streaming = None
        return Subscription(
            connection=Secret(variable(row.name)),
            publications=tuple(row.publications),
            slot_name=row.slot_name or NO_SLOT,
            binary=row.binary,
            streaming=streaming,
            synchronous_commit=row.synchronous_commit,
            two_phase=row.two_phase != "d",
            disable_on_error=row.disable_on_error,
            password_required=row.password_required,
            run_as_owner=row.run_as_owner,
            origin=row.origin,
            failover=row.failover,
        )

    def selected_by(self, row: Any) -> None:
        """Return None: it is of the whole database."""

    def left_open(self, found: Any, wanted: Any) -> Any:
        """Return what a database has: which variable holds the connection, none knows."""
        return replace(found, connection=wanted.connection)

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return schema.with_(self.word, rekeyed(schema.of(self.word), old, new))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return set()

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name)}

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for word, before, after in super().changes(old, new):
            if isinstance(before, tuple):
                yield word, ", ".join(before), ", ".join(after)
            else:
                yield word, before, after


def options(value: Subscription) -> Iterator[str]:
    """Yield the options that differ from what is taken without them."""
    yield option("slot_name", value.slot_name)
    for key, default in OPTIONS.items():
        if getattr(value, key) != default:
            yield option(key, getattr(value, key))


def option(key: str, value: Any) -> str:
    """Return an option as SQL."""
    if key == "slot_name":
        return f"slot_name = {'NONE' if value == NO_SLOT else quote_text(value)}"
    if isinstance(value, bool):
        return f"{key} = {str(value).lower()}"
    return f"{key} = {quote_text(value) if key == 'synchronous_commit' else value}"


def given(node: Any) -> dict[str, Any]:
    """Return the options that a statement gives, as fields, and whether it connects."""
    from gen_migration.sql import tree

    found: dict[str, Any] = {}
    for key, text in tree.parameters(node.options).items():
        match key:
            case "slot_name":
                found[key] = text
            case "streaming" | "origin" | "synchronous_commit":
                words = {"true": "on", "false": "off"} if key == "streaming" else {}
                found[key] = words.get(text.lower(), text.lower())
            case _ if key == "connect" or key in OPTIONS:
                found[key] = text.lower() in {"true", "on", "yes", "1"}
            case "create_slot" | "enabled" | "copy_data" | "refresh":
                pass  # of the moment alone
            case _:
                raise ValueError(f"the option {key} of a subscription")
    return found


def connection(text: str) -> Secret:
    """Return the secret that a connection string is. Raises ValueError for one in clear text."""
    found = secret_in(text)
    if found is None:
        raise ValueError("a connection string in clear text, and not '{env: NAME}'")
    return found


def variable(name: str) -> str:
    """Return what the variable of a subscription's connection is called by itself."""
    word = "".join(one if one.isascii() and one.isalnum() else "_" for one in name)
    return f"SUBSCRIPTION_{word}".upper()
