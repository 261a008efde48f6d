"""A review for programs, as docs/diff.schema.json describes it. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gen_migration.review.changes import Action

if TYPE_CHECKING:
    from gen_migration.review.review import Review
    from gen_migration.rules.finding import Extent, Finding
    from gen_migration.stats.sizes import Sizes

VERSION = 1  # goes up when something is taken away, or gets another meaning


def render(review: Review) -> str:
    """Return a review as a document of JSON."""
    return json.dumps(document(review), indent=2, ensure_ascii=False) + "\n"


def document(review: Review) -> dict[str, Any]:
    """Return a review as the plain values of a document."""
    return {
        "version": VERSION,
        "old": review.old,
        "new": review.new,
        "drift": review.is_drift,
        "summary": {action.value: n for action, n in review.counts.items()},
        "changes": [asdict(one, dict_factory=plain) for one in review.changes],
        "findings": [finding(one) for one in review.findings],
        "sizes": review.sizes and sizes(review.sizes),
    }


def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the fields of a value as a document has them."""
    words = {key: one.value for key, one in pairs if isinstance(one, Action)}
    lists = {key: list(one) for key, one in pairs if isinstance(one, tuple)}
    return {**dict(pairs), **words, **lists}


def finding(value: Finding) -> dict[str, Any]:
    return {
        "code": value.code,
        "severity": value.severity.value,
        "message": value.message,
        "path": list(value.path),
        "where": value.where or None,
        "lock": value.lock,
        "blocks": value.blocks,
        "work": value.work and value.work.value,
        "breaks": value.breaks,
        "instead": value.instead,
        "extent": value.extent and extent(value.extent),
    }


def extent(value: Extent) -> dict[str, Any]:
    return {
        "rows": value.rows,
        "bytes": value.size,
        "passes": value.passes,
        "bytes_per_second": value.rate,
        "seconds": value.seconds,
        "writes_per_second": None if value.writes is None else float(value.writes),
        "usual_severity": value.usual and value.usual.value,
    }


def sizes(value: Sizes) -> dict[str, Any]:
    return {
        "source": value.source,
        "taken": value.stats.taken.isoformat(),
        "old": value.is_old,
        "postgresql": value.stats.postgresql,
        "replica": value.stats.is_replica,
    }
