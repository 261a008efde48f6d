"""The JSON Schema of a spec, for completion and checks in editors."""

from __future__ import annotations

import json
from typing import Any

from gen_migration.spec.shapes import SpecShape


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a spec (draft 2020-12)."""
    found = SpecShape.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gen-migration spec",
    }
    return head | {key: value for key, value in found.items() if key != "title"}


def text() -> str:
    """Return the JSON Schema as text; the same on every run."""
    return json.dumps(schema(), indent=2) + "\n"
