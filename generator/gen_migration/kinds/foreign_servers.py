"""Foreign servers: `CREATE SERVER`, and who logs in there as whom (`CREATE USER MAPPING`).

Version, options and user mappings are altered in place; of another type or wrapper, a server is
made anew. A user mapping has no name of its own, and is a part of its server. Source: the manual,
CREATE SERVER, ALTER SERVER, CREATE USER MAPPING and ALTER USER MAPPING.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import foreign_spec
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import renaming
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold
from gen_migration.postgres import foreign_options as options
from gen_migration.postgres import privileges
from gen_migration.postgres.names import quote_name, quote_text
from gen_migration.postgres.secret_values import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema

EVERYBODY = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignServer(Granted):
    """`CREATE SERVER`; the options of user mappings by the name of the role, or `public`."""

    wrapper: str
    type: str | None = None
    version: str | None = None
    options: Mapping[str, str | Secret] = field(default_factory=dict)
    user_mappings: Mapping[str, Mapping[str, str | Secret]] = field(
        default_factory=dict
    )
    comment: str | None = None


hold(ForeignServer, options=(Secret,), user_mappings=(Secret,))


class ForeignServers(Kind):
    """Foreign servers of a database."""

    word = "foreign server"
    key = "foreign_servers"
    about = "Foreign servers by name."
    about_one = "A foreign server; in short, its foreign data wrapper."
    keys = (
        Key(
            "wrapper",
            "Text",
            "Its foreign data wrapper, such as `postgres_fdw`, which an extension brings.",
            ...,
        ),
        Key(
            "type", "Text | None", "The type of the server, where the wrapper has some."
        ),
        Key("version", "Text | None", "The version of the server, in quotes."),
        Key("options", "ForeignOptions", "Its options, such as `host`.", dict),
        Key(
            "user_mappings",
            "dict[str, ForeignOptions]",
            "Roles, or `public`, and the options with which each logs in there:"
            " `{app: {user: reader, password: {env: NAME}}}`.",
            dict,
        ),
        RENAMED_FROM,
    )
    value = ForeignServer
    called = "SERVER"
    granting = privileges.FOREIGN_SERVER
    object = "FOREIGN_SERVER"
    in_schema = False
    short = "wrapper"
    creates = "create_foreign_server_stmt"
    alters = "alter_foreign_server_stmt"
    also_alters = (
        "create_user_mapping_stmt",
        "alter_user_mapping_stmt",
        "drop_user_mapping_stmt",
    )
    groups = (("version", "options"), ("user_mappings",))

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        sql = f"CREATE {self.sql(name)} {self.served(value)}"
        return options.statement(sql, value.options)

    def definition(self, value: Any) -> str:
        users = (
            f"USER MAPPING FOR {user}{options.clause(one)}"
            for user, one in value.user_mappings.items()
        )
        return "; ".join((self.served(value), *users))

    def served(self, value: Any) -> str:
        """Return what a server is, but for its user mappings."""
        found = "" if value.type is None else f"TYPE {quote_text(value.type)} "
        if value.version is not None:
            found += f"VERSION {quote_text(value.version)} "
        wrapper = f"FOREIGN DATA WRAPPER {quote_name(value.wrapper)}"
        return f"{found}{wrapper}{options.clause(value.options)}"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        yield from mapped(name, {}, value.user_mappings)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        found = options.changed(old.options, new.options)
        if old.version != new.version:
            version = "NULL" if new.version is None else quote_text(new.version)
            found = f" VERSION {version}{found}"
        sql = options.statement(f"ALTER {self.sql(name)}{found}", new.options)
        return [
            *([sql] if found else []),
            *mapped(name, old.user_mappings, new.user_mappings),
        ]

    def before_drop(self, name: Any, value: Any) -> Iterator[str]:
        yield from mapped(name, value.user_mappings, {})

    def is_replaced(self, old: Any, new: Any) -> bool:
        return (old.wrapper, old.type) != (new.wrapper, new.type)

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        value = ForeignServer(
            wrapper=node.fdwname,
            type=node.servertype or None,
            version=node.version or None,
            options=options.read(node.options),
        )
        return node.servername, value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        old = objects.get(node.servername)
        if old is None:
            return None
        if node.DESCRIPTOR.name != "AlterForeignServerStmt":
            found = read_mapping(node, old.user_mappings)
            return node.servername, replace(old, user_mappings=found)
        version = (node.version or None) if node.has_version else old.version
        given = options.read(node.options, old.options)
        return node.servername, replace(old, version=version, options=given)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        at_mappings = at / "user_mappings"
        mappings = {
            user: foreign_spec.build(at_mappings / user, one)
            for user, one in shape.user_mappings.items()
            if (at_mappings / user).identifier(user)
        }
        given = foreign_spec.build(at / "options", shape.options)
        if not (at / "wrapper").identifier(shape.wrapper, at_key=False):
            return None
        return ForeignServer(
            wrapper=shape.wrapper,
            type=shape.type,
            version=shape.version,
            options=given,
            user_mappings=options.in_order(mappings),
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        mappings = value.user_mappings.items()
        return {
            "wrapper": value.wrapper,
            "type": value.type,
            "version": value.version,
            "options": foreign_spec.dump(value.options),
            "user_mappings": {user: foreign_spec.dump(one) for user, one in mappings},
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        mappings = {
            user: options.of_rows(found, row.name, user)
            for user, found in row.user_mappings
        }
        return ForeignServer(
            wrapper=row.wrapper,
            type=row.type,
            version=row.version,
            options=options.of_rows(row.options, row.name),
            user_mappings=options.in_order(mappings),
        )

    def selected_by(self, row: Any) -> None:
        """Return None: it is of the whole database."""

    def left_open(self, found: Any, wanted: Any) -> Any:
        mappings = {
            user: options.left_open(one, wanted.user_mappings.get(user, {}))
            for user, one in found.user_mappings.items()
        }
        given = options.left_open(found.options, wanted.options)
        return replace(found, options=given, user_mappings=mappings)

    def roles_of(self, name: Any, value: Any) -> list[str]:
        return [user for user in value.user_mappings if user != EVERYBODY]

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        def called(name: str) -> str:
            return new if name == old else name

        schema = renaming.everywhere(schema, {"server": called})
        return schema.with_(self.word, renaming.rekeyed(schema.of(self.word), old, new))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return {("brought", "foreign data wrapper", value.wrapper)}

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name)}

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for key in ("wrapper", "type", "version"):
            before, after = getattr(old, key), getattr(new, key)
            if before != after:
                yield key, before, after
        yield from options.changes(old.options, new.options, "option ")
        before, after = old.user_mappings, new.user_mappings
        for user in sorted({**before, **after}):
            what = f"user mapping of {user}"
            if user in before and user in after:
                yield from options.changes(
                    before[user], after[user], f"{what}, option "
                )
            elif user in after:
                yield what, None, options.clause(after[user]).strip() or "no options"
            else:
                yield what, options.clause(before[user]).strip() or "no options", None


def mapped(
    server: str,
    old: Mapping[str, Mapping[str, str | Secret]],
    new: Mapping[str, Mapping[str, str | Secret]],
) -> Iterator[str]:
    """Yield what makes user mappings of a server others."""
    for user in sorted({**old, **new}):
        role = "PUBLIC" if user == EVERYBODY else quote_name(user)
        of = f"USER MAPPING FOR {role} SERVER {quote_name(server)}"
        if user not in new:
            yield f"DROP {of}"
        elif user not in old:
            sql = f"CREATE {of}{options.clause(new[user])}"
            yield options.statement(sql, new[user])
        elif old[user] != new[user]:
            sql = f"ALTER {of}{options.changed(old[user], new[user])}"
            yield options.statement(sql, new[user])


def read_mapping(
    node: Any, old: Mapping[str, Mapping[str, str | Secret]]
) -> dict[str, Mapping[str, str | Secret]]:
    """Return user mappings after a statement that is about one of them.

    Raises ValueError for one of whoever runs the statement.
    """
    from gen_migration.sql import tree

    word = tree.word(node.user, "roletype", "ROLESPEC_")
    if word not in {"CSTRING", "PUBLIC"}:
        raise ValueError(f"a user mapping for {word}, and not for a role by its name")
    user = node.user.rolename if word == "CSTRING" else EVERYBODY
    if node.DESCRIPTOR.name == "DropUserMappingStmt":
        return {name: one for name, one in old.items() if name != user}
    if node.DESCRIPTOR.name == "CreateUserMappingStmt":
        if user in old and node.if_not_exists:
            return dict(old)
        found = options.read(node.options)
    else:
        found = options.read(node.options, old.get(user))
    return dict(sorted({**old, user: found}.items()))
