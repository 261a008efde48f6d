"""The JSON Schema of a spec, for completion and checks in editors; or that of another document."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from gen_migration.kinds.shape import Shape, schema_of
from gen_migration.spec.shapes import SpecShape


class WithShortForms(GenerateJsonSchema):
    """JSON Schemas of shapes: of a mapping, and of what stands for one."""

    def model_schema(self, schema: Any) -> dict[str, Any]:
        """Return the JSON Schema of a shape."""
        shape, long = schema["cls"], super().model_schema(schema)
        forms = [long]
        if shape.short is not None:
            forms.insert(0, long["properties"][shape.short])
        if not long.get("required"):
            forms.append({"type": "null", "description": "Nothing to add."})
        return (
            {"description": long["description"], "anyOf": forms} if forms[1:] else long
        )


def schema(
    shape: type[Shape] = SpecShape, title: str = "gen-migration spec"
) -> dict[str, Any]:
    """Return the JSON Schema of the documents of a shape (draft 2020-12)."""
    found = WithShortForms().generate(schema_of(shape))
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
    }
    return head | {key: value for key, value in found.items() if key != "title"}


def text(shape: type[Shape] = SpecShape, title: str = "gen-migration spec") -> str:
    """Return a JSON Schema as text; the same on every run."""
    return json.dumps(schema(shape, title), indent=2) + "\n"
