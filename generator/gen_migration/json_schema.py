"""The JSON Schema of a spec, for completion and checks in editors."""

from __future__ import annotations

import json

from gen_migration.shapes import SpecShape


def text() -> str:
    """Return the JSON Schema (draft 2020-12) as text; the same on every run."""
    schema = SpecShape.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gen-migration spec",
    }
    return json.dumps({**head, **schema, "title": head["title"]}, indent=2) + "\n"
