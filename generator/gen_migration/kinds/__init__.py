"""The kinds of objects that a schema has beside its tables, each declared once.

In goes a name and a value of one kind; out come SQL, words, and what follows a rename. Whatever
concerns all objects walks over `KINDS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.enums import Enums
from gen_migration.kinds.extensions import Extensions
from gen_migration.kinds.schemas import Schemas
from gen_migration.kinds.sequences import Sequences

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind

# In the order in which a spec has them, and in which they are created.
KINDS: tuple[Kind, ...] = (Schemas(), Extensions(), Enums(), Sequences())
BY_WORD = {kind.word: kind for kind in KINDS}
BY_CALLED = {kind.called: kind for kind in KINDS}
BY_VALUE: dict[type[Any], Kind] = {kind.value: kind for kind in KINDS}
