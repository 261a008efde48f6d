"""The Python API: what the command line does, as functions of small frozen values.

    from gen_migration import api

    pending = api.plan("spec/app.yaml", configuration=api.configuration())

Paths and sources come in; values go out. A function reads and writes what its name says, prints
nothing, and asks nothing; a user's mistake is an `Error`, which knows its file, line and column,
its message and a hint. The names in `__all__` are stable, and what they promise changes with a
line in CHANGELOG.md alone. Each is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gen_migration.api.comparisons import FORMATS as FORMATS
    from gen_migration.api.comparisons import branch as branch
    from gen_migration.api.comparisons import diff as diff
    from gen_migration.api.comparisons import render as render
    from gen_migration.api.comparisons import review as review
    from gen_migration.api.comparisons import rules as rules
    from gen_migration.api.databases import doctor as doctor
    from gen_migration.api.databases import stats as stats
    from gen_migration.api.databases import status as status
    from gen_migration.api.databases import template as template
    from gen_migration.api.instead import Adoption as Adoption
    from gen_migration.api.instead import Rebase as Rebase
    from gen_migration.api.instead import Squash as Squash
    from gen_migration.api.instead import adopt as adopt
    from gen_migration.api.instead import rebase as rebase
    from gen_migration.api.instead import squash as squash
    from gen_migration.api.pictures import diagram as diagram
    from gen_migration.api.pictures import docs as docs
    from gen_migration.api.pictures import shown as shown
    from gen_migration.api.places import History as History
    from gen_migration.api.places import Scratch as Scratch
    from gen_migration.api.projects import init as init
    from gen_migration.api.projects import layout as layout
    from gen_migration.api.proofs import Proof as Proof
    from gen_migration.api.proofs import revisions as revisions
    from gen_migration.api.proofs import verify as verify
    from gen_migration.api.revisions import Generated as Generated
    from gen_migration.api.revisions import NewRevision as NewRevision
    from gen_migration.api.revisions import Pending as Pending
    from gen_migration.api.revisions import UnprovenError as UnprovenError
    from gen_migration.api.revisions import generate as generate
    from gen_migration.api.revisions import plan as plan
    from gen_migration.api.specs import Imported as Imported
    from gen_migration.api.specs import built as built
    from gen_migration.api.specs import import_ as import_
    from gen_migration.api.specs import json_schema as json_schema
    from gen_migration.api.specs import load as load
    from gen_migration.api.specs import models as models
    from gen_migration.api.specs import refresh as refresh
    from gen_migration.base.configuration import Configuration as Configuration
    from gen_migration.base.errors import Error as Error
    from gen_migration.base.errors import Errors as Errors
    from gen_migration.base.progress import heard_by as progress
    from gen_migration.history.base_branch import NoBaseError as NoBaseError
    from gen_migration.history.replaced import refuse_replaced as refuse_replaced
    from gen_migration.model.schema import Schema as Schema
    from gen_migration.model.schema import Spec as Spec
    from gen_migration.models.styles import STYLES as STYLES
    from gen_migration.review.review import Review as Review
    from gen_migration.rules.finding import Finding as Finding
    from gen_migration.rules.finding import Severity as Severity
    from gen_migration.rules.registry import Rules as Rules
    from gen_migration.rules.rule import Rule as Rule
    from gen_migration.scratch.templates import Template as Template
    from gen_migration.verify.same_history import Sameness as Sameness
    from gen_migration.workflows.compare import Comparison as Comparison
    from gen_migration.workflows.configured import (
        configuration_here as configuration,
    )
    from gen_migration.workflows.shown import Shown as Shown

__all__ = [
    "FORMATS",
    "STYLES",
    "Adoption",
    "Comparison",
    "Configuration",
    "Error",
    "Errors",
    "Finding",
    "Generated",
    "History",
    "Imported",
    "NewRevision",
    "NoBaseError",
    "Pending",
    "Proof",
    "Rebase",
    "Review",
    "Rule",
    "Rules",
    "Sameness",
    "Schema",
    "Scratch",
    "Severity",
    "Shown",
    "Spec",
    "Squash",
    "Template",
    "UnprovenError",
    "adopt",
    "branch",
    "built",
    "configuration",
    "diagram",
    "diff",
    "docs",
    "doctor",
    "generate",
    "import_",
    "init",
    "json_schema",
    "layout",
    "load",
    "models",
    "plan",
    "progress",
    "rebase",
    "refresh",
    "refuse_replaced",
    "render",
    "review",
    "revisions",
    "rules",
    "shown",
    "squash",
    "stats",
    "status",
    "template",
    "verify",
]

# Where each name is, in the package.
MODULES = {
    "api.comparisons": "FORMATS branch diff render review rules",
    "api.databases": "doctor stats status template",
    "api.instead": "Adoption Rebase Squash adopt rebase squash",
    "api.pictures": "diagram docs shown",
    "api.places": "History Scratch",
    "api.projects": "init layout",
    "api.proofs": "Proof revisions verify",
    "api.revisions": "Generated NewRevision Pending UnprovenError generate plan",
    "api.specs": "Imported built import_ json_schema load models refresh",
    "base.configuration": "Configuration",
    "base.errors": "Error Errors",
    "base.progress": "progress",
    "history.base_branch": "NoBaseError",
    "history.replaced": "refuse_replaced",
    "model.schema": "Schema Spec",
    "models.styles": "STYLES",
    "review.review": "Review",
    "rules.finding": "Finding Severity",
    "rules.registry": "Rules",
    "rules.rule": "Rule",
    "scratch.templates": "Template",
    "verify.same_history": "Sameness",
    "workflows.compare": "Comparison",
    "workflows.configured": "configuration",
    "workflows.shown": "Shown",
}
# What is called otherwise there.
ELSEWHERE = {"configuration": "configuration_here", "progress": "heard_by"}


def __getattr__(name: str) -> Any:
    for module, names in MODULES.items():
        if name in names.split():
            found = import_module(f"gen_migration.{module}")
            globals()[name] = value = getattr(found, ELSEWHERE.get(name, name))
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
