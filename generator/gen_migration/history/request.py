"""What is asked for beside a spec's file, as a value."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.history.revision_ids import Ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.base.configuration import Level
    from gen_migration.stats.sizes import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for beside a spec's file.

    `amend` replaces the newest revision of the spec; `force` does so although it was edited by
    hand. `database` is the URL of one that must not have it yet. `check` only asks what would
    change, which destroys nothing. `contract` closes the expansions that are open. `levels` are
    those of findings, where they are not a rule's own. `sizes` are what notes tell of; no byte of a
    revision depends on them. `rev_id` is the id of the next revision, and `numbered` says that new
    ones are numbers that go on.
    """

    message: str | None = None
    allow_data_loss: bool = False
    amend: bool = False
    force: bool = False
    database: str | None = None
    check: bool = False
    contract: bool = False
    levels: Mapping[str, Level] = field(default_factory=dict)
    sizes: Sizes | None = None
    rev_id: str | None = None
    numbered: bool = False

    def ids(self, taken: Iterable[str]) -> Ids:
        """Return how new revisions are called in a history with these ids."""
        return Ids(given=self.rev_id, is_numbered=self.numbered, taken=frozenset(taken))
