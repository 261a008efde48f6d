"""What to do where a revision fails, by what the database or Python says. Pure."""

from __future__ import annotations

import re
import sys

UNDEFINED = (
    "on an empty database, each revision may use only what those before it have built: what an"
    " env.py or a person prepares belongs into a revision"
)
HINTS = {  # by SQLSTATE (PostgreSQL manual, appendix A)
    "undefined": UNDEFINED,
    "of others": f"{UNDEFINED}; SQL that makes functions, types and roles of others:"
    " --before FILE",
    "operator": "cast an operand (a::numeric), or mend the expression; SQL that makes operators of"
    " others: --before FILE",
    "built": "an earlier revision builds it already: where the tables are there by hand-written"
    " revisions, delete this one and run gen-migration SPEC --adopt",
    "standing": "what stands on it (a view, a rule, a function, a policy) has to go first, in a"
    " revision of your own before this one, and comes back in one after it",
    "extension": "give a server that has it with --dev-url",
    "icu": "give a server that was built with ICU with --dev-url",
    "rights": "on the embedded server, SQL may do what concerns its own database, and make roles;"
    " if you trust this SQL, let a superuser run it there: --dev-url superuser",
    "role": "roles are of the whole server: another run has made that one and will drop it, so"
    " run again; on the server of --dev-url it may be there to stay",
    "no role": "roles are of the whole server: the embedded one has those that the spec names; for"
    " others, give SQL with CREATE ROLE: --before FILE",
    "owner": "who runs the revisions must be able to become that role; on the embedded server, none"
    " but a superuser can become postgres, its administrator: leave owner: out where it is the role"
    " that runs them, or if you trust this SQL, add --dev-url superuser",
    "lock": "another session holds a lock: see pg_stat_activity, end it, and run again",
    "lost": "the connection to the server was lost: run again",
    "time": "it takes too long: on the embedded server, a statement may take a minute; if it has"
    " to, give another server with --dev-url",
}
# Hints that are of the embedded server where no superuser runs it, and what to say elsewhere.
OF_NO_SUPERUSER = frozenset((HINTS["rights"], HINTS["owner"]))
OF_SUPERUSER = (
    "a superuser runs it there: PostgreSQL refuses this to everybody, or to the role that the SQL"
    " takes on (SET ROLE)"
)
OF_DEV_URL = "give the URL of a user who may do that with --dev-url"
MEND = "mend the revision: PostgreSQL refuses what it does"
STATES = {
    "42P01": "of others",  # table
    "3F000": "undefined",  # schema
    "42704": "of others",  # type, role, …
    "42883": "of others",  # function
    "42P07": "built",  # table, index, sequence
    "42710": "built",  # type, constraint, …
    "42P06": "built",  # schema
    "42701": "built",  # column
    "0A000": "extension",  # a control file is missing
    "58P01": "extension",  # the same, before PostgreSQL 15
    "2BP01": "standing",
    "42501": "rights",
    "57014": "time",
    "55P03": "lock",
    "57P01": "lost",  # an administrator's command, a crash, a shutdown
    "57P02": "lost",
    "57P03": "lost",
    "08006": "lost",
}
SECRETIVE = re.compile(r"^revision \S+: \w+ \(([0-9A-Z]{5})\) in ")
WORDS = {  # in the message, where a SQLSTATE stands for other things too
    "extension": "extension",
    "time": "statement timeout",
}


def hint_of_import(error: BaseException) -> str:
    """Return how to mend an import that fails; empty for any other error."""
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    package = error.name.partition(".")[0]
    return (
        f'install "{package}" into the environment that gen-migration runs in'
        f" ({sys.prefix}); where it is the project's own, name its directory in"
        " prepend_sys_path of the Alembic configuration"
    )


def state_of(error: BaseException, cause: BaseException | None) -> str | None:
    """Return the SQLSTATE of what the database has said; None where it is not its error.

    Of a statement with secrets, `with_secrets` tells nothing else.
    """
    if cause is not None:
        return getattr(cause, "sqlstate", None) or ""
    found = SECRETIVE.search(str(error))
    return None if found is None else found[1]


def hint_of_step(
    error: BaseException, cause: BaseException | None, direction: str, *, is_ours: bool
) -> str:
    if (state := state_of(error, cause)) is not None:
        key, said = STATES.get(state), str(error if cause is None else cause)
        if "used by a view or rule" in said or "used in a policy" in said:
            key = "standing"  # of a state that most features share that there are not
        if "must be able to SET ROLE" in said:
            key = "owner"
        if "ICU is not supported" in said:
            key = "icu"
        if said.startswith("operator does not exist"):
            key = "operator"  # of a state that is mostly one of functions
        if said.startswith('role "'):
            key = {"built": "role", "of others": "no role"}.get(key or "", key)
        fits = key != "built" or (is_ours and direction == "upgrade")
        if key is not None and fits and WORDS.get(key, "") in said:
            return HINTS[key]
        return MEND
    if found := hint_of_import(error):
        return found
    if isinstance(error, NotImplementedError) and direction == "downgrade":
        return "this revision has no way back"
    return (
        "mend the revision; it runs on an empty database, and no env.py runs before it"
    )
