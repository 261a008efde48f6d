"""The files of a data dictionary: one for each object, by its name. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from gen_migration.kinds import BY_WORD

# A name that is a file's on every system; no hash can be taken for one.
PLAIN = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)?")
# Devices, whatever their suffix (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
LONGEST = 80


def path(word: str, name: Any) -> str:
    """Return the path of the page of an object, without the end of its name."""
    key = "tables" if word == "table" else BY_WORD[word].key
    return f"{key}/{file_name(str(name))}"


def file_name(name: str) -> str:
    """Return a name as that of a file, which no other name has, be case told apart or not."""
    if PLAIN.fullmatch(name) and len(name) <= LONGEST and not DEVICES.fullmatch(name):
        return name
    clean = re.sub(r"[^a-z0-9_]+", "-", name.lower())[: LONGEST // 2].strip("-")
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:10]
    return f"{clean}-{digest}"
