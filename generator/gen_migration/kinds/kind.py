"""What one kind of object is: the declaration that everything else walks over.

A kind says what is particular to its objects: their value, how SQL, a spec and a catalog say it,
and what follows a rename. How objects are compared, ordered, created, dropped, renamed, commented
on, reviewed and replayed is said once, for all kinds. The defaults are what most kinds do.

What a kind may declare stands in a module a subject: what its objects are (`traits`), their
statements (`kind_sql`), a spec and a catalog (`kind_spec`), how they change (`kind_changes`), what
they refer to and what comes with them (`kind_references`).
"""

from __future__ import annotations

from gen_migration.kinds.kind_changes import ChangesOfKind
from gen_migration.kinds.kind_references import ReferencesOfKind
from gen_migration.kinds.kind_spec import SpecOfKind
from gen_migration.kinds.kind_sql import SqlOfKind


class Kind(SqlOfKind, SpecOfKind, ChangesOfKind, ReferencesOfKind):
    """One kind of object; its names are `Name`, or texts where it is in no schema.

    Of what stands on a relation, they are `Member`.
    """
