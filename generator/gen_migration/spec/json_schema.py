"""The JSON Schema of a spec, for completion and checks in editors."""

from __future__ import annotations

import json
from typing import Any

from gen_migration.kinds.forms import Definitions, Rule
from gen_migration.kinds.shape import Shaped
from gen_migration.spec.shapes import SpecShape


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec (draft 2020-12)."""
    shapes: Definitions = {}
    whole = {"$defs": shapes, **Shaped(Rule(), SpecShape).long(shapes)}
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gen-migration spec",
    }
    return head | {key: one for key, one in in_order(whole).items() if key not in head}


def text() -> str:
    """Return the JSON Schema as text; the same on every run."""
    return json.dumps(schema(), indent=2) + "\n"


def in_order(value: Any, *, is_schema: bool = True) -> Any:
    """Return a JSON Schema with its words in order; the keys of a spec stay in that of shapes."""
    if isinstance(value, list):
        return [in_order(one) for one in value]
    if not isinstance(value, dict):
        return value
    others = ("properties", "default") if is_schema else ()
    return {
        word: in_order(value[word], is_schema=word not in others)
        for word in (sorted(value) if is_schema else value)
    }
