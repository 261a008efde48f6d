"""Names that SQL of a spec uses and nothing makes: where they are written, and how to mend them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.errors import nearest, quoted
from gen_migration.kinds.spaces import spaces_of
from gen_migration.postgres import own_functions
from gen_migration.postgres.names import PUBLIC, Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.history.alembic_errors import StepError
    from gen_migration.verify.candidate import Candidate

# What PostgreSQL says of a name that nothing has, by the words before and behind it.
MISSING = re.compile(
    r'\b(relation|type|schema|collation) "([^"]+)"(?: for encoding "\w+")? does not exist'
    r"|\b(function|procedure|aggregate) ([^(]+)\(.*\) does not exist"
)
# What such a thing is called among (see `spaces_of`).
SPACES = {"relation": "relations", "type": "types", "collation": "collations"}


def hint_of(error: StepError, candidate: Candidate) -> tuple[str, str] | None:
    """Return where a spec writes the name that an error is about, and how to mend that.

    None where the name is not the spec's, or something has it: the spec, now or before, or a
    revision of others.
    """
    found = MISSING.search(error.words)
    if found is None:
        return None
    word, full = found[1] or found[3], (found[2] or found[4]).replace('"', "")
    name = full.rpartition(".")[2]
    place = place_of(full, candidate.source) or place_of(name, candidate.source)
    others = (one for one in candidate.before if one.spec != candidate.spec.name)
    known = held(word, candidate)
    if (
        place is None
        or any(pattern(name).search(one.text) for one in others)
        or is_held(full, known)
    ):
        return None
    own = own_functions.names() if found[3] and full == name else frozenset()
    what = f"no {word} of this spec is called {quoted(full)}, and no revision makes one"
    near = nearest(name, [one.name for one in known]) or nearest(name, like(name, own))
    near = near or "mend the name, or write what makes it"
    if name in own:
        what = f"PostgreSQL's {quoted(name)} takes other arguments, or comes with a later version"
        near = "mend the call, or write what makes one"
    return (
        place,
        f"{what}: {near}; what others make: a revision before, or --before FILE",
    )


def like(name: str, names: Iterable[str]) -> list[str]:
    """Return those of many names that one may be a slip of: nearly as long, with its beginning."""
    return [one for one in names if one[0] == name[0] and abs(len(one) - len(name)) < 2]


def in_history(found: tuple[str, str] | None) -> str:
    """Return the hint for a revision that is written: the spec is mended first."""
    if found is None:
        return ""
    place, hint = found
    return f"{place}: {hint}; gen-migration SPEC --amend then writes the newest revision anew"


def held(word: str, candidate: Candidate) -> set[Name]:
    """Return what things of a kind are called in a spec, or were before."""
    schemas = candidate.old, candidate.spec.schema
    if word == "schema":
        return {Name(None, name) for one in schemas for name in one.of("schema")}
    space = SPACES.get(word, "functions")
    found = [names for each in schemas for names in spaces_of(each).get(space, ())]
    held = [one for names in found for by_name in names.values() for one in by_name]
    return {Name(one.schema, one.name) for one, _ in held}


def is_held(full: str, known: set[Name]) -> bool:
    """Tell whether one of some names may be what PostgreSQL calls so; it leaves a schema out."""
    schema, _, name = full.rpartition(".")
    return any(
        one.name == name and (not schema or schema == (one.schema or PUBLIC))
        for one in known
    )


def place_of(word: str, source: str) -> str | None:
    """Return the file, the line and the column where a spec first writes a word."""
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return None
    for number, line in enumerate(text.splitlines(), 1):
        code = "" if line.lstrip().startswith("#") else line
        if (found := pattern(word).search(code)) is not None:
            return f"{source}:{number}:{found.start() + 1}"
    return None


def pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$]){re.escape(word)}(?![\w$])", re.IGNORECASE)
