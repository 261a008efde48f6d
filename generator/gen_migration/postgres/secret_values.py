"""Values that nothing writes down: a spec and a revision name a variable of the environment.

In SQL, a text literal stands for one (`'{env: NAME}'`). A statement that holds some is `Secretive`;
the revision runs it through `with_secrets`, which puts the values in their places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
PLACE = re.compile(rf"\{{env: ({NAME})\}}")


@dataclass(frozen=True, slots=True)
class Secret:
    """The value of a variable of the environment, which is read when a revision runs."""

    env: str

    @property
    def sql(self) -> str:
        """The literal that stands for it in SQL."""
        return quote_text(str(self))

    def __str__(self) -> str:
        return f"{{env: {self.env}}}"


class Secretive(str):
    """A statement in which literals stand for secrets."""

    __slots__ = ()


def secret_in(text: str) -> Secret | None:
    """Return the secret that the text of a literal stands for; None where it is a text."""
    found = PLACE.fullmatch(text)
    return None if found is None else Secret(found[1])


class Placeholders(Mapping[str, str]):
    """What a scratch database has in the place of secrets: it reaches nobody.

    It is a connection string that PostgreSQL accepts, with the password that it asks of all but
    superusers.
    """

    def __getitem__(self, name: str) -> str:
        return f"dbname={name} password={name}"

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
