"""What rules of a project's own are written with; docs/custom-rules.md has examples.

    from gen_migration.rules.custom import WARNING, Design, Hit, design_rule


    @design_rule("ACME001", WARNING, instead="add tenant_id: uuid")
    def table_without_tenant(design: Design) -> Iterator[Hit]:
        \"\"\"A table has no tenant_id. …\"\"\"
        if "tenant_id" not in design.table.columns:
            yield design.hit(" has no column tenant_id")

The docstring is the rule's page, as it is for the rules of this tool: a title, then what is so.
"""

from __future__ import annotations

import traceback
from functools import wraps
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error
from gen_migration.model.rule_codes import OWN, is_own
from gen_migration.operations import every as operations
from gen_migration.rules.contexts import Design, Edit, Hit, ObjectDesign, UpgradeStep
from gen_migration.rules.finding import (
    BUILD,
    DANGER,
    NOTE,
    REWRITE,
    SCAN,
    WARNING,
    Severity,
)
from gen_migration.rules.rule import Lock, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.rules.rule import Check

__all__ = [
    "BUILD",
    "DANGER",
    "NOTE",
    "REWRITE",
    "SCAN",
    "WARNING",
    "Design",
    "Edit",
    "Hit",
    "Lock",
    "ObjectDesign",
    "Rule",
    "UpgradeStep",
    "design_rule",
    "edit_rule",
    "operations",
    "statement_rule",
]


def edit_rule(
    code: str, severity: Severity, *on: type[operations.Operation], **facts: Any
) -> Callable[[Check], Rule]:
    """Return what makes a rule of a function of an `Edit` and an operation of one of these types.

    It is asked about each operation of an edit, in the order that a reviewer sees. The facts are
    fields of `Rule`; `instead` is asked for. Raises Error where the code is none.
    """
    return made("1", code, severity, on, facts)


def statement_rule(
    code: str, severity: Severity, *on: type[operations.Operation], **facts: Any
) -> Callable[[Check], Rule]:
    """Return what makes a rule of a function of an `UpgradeStep` and its operation.

    It is asked about each statement that an upgrade really runs under locks, which with
    `online: true` are few; `lock` and `work` say what the statement takes and reads.
    """
    return made("2", code, severity, on, facts)


def design_rule(code: str, severity: Severity, **facts: Any) -> Callable[[Check], Rule]:
    """Return what makes a rule of a function of a `Design`: a table that an edit adds or changes.

    With `of=("view",)`, the words of kinds, it is a function of an `ObjectDesign`.
    """
    return made("3", code, severity, (), facts)


def made(
    family: str,
    code: str,
    severity: Severity,
    on: tuple[type[operations.Operation], ...],
    facts: dict[str, Any],
) -> Callable[[Check], Rule]:
    if not is_own(code):
        raise Error(
            f'"{code}" is no code of a rule',
            hint=f"write {OWN}; what begins with GM is this tool's",
        )

    def rule(check: Check) -> Rule:
        guarded = careful(code, check)
        return Rule(
            code=code, severity=severity, on=on, check=guarded, family=family, **facts
        )

    return rule


def careful(code: str, check: Check) -> Check:
    """Return a check whose mistakes are errors with the line that made them."""

    @wraps(check)
    def asked(*context: Any) -> Iterator[Hit]:
        try:
            for hit in check(*context):
                if not isinstance(hit, Hit):
                    raise TypeError(f"{hit!r} is no Hit")  # noqa: TRY301 - told as any other
                yield hit
        except Exception as error:  # noqa: BLE001 - it is the project's code
            raise failed(f"rule {code}", error) from None

    return asked


def failed(what: str, error: BaseException) -> Error:
    """Return what to say of an exception in code of the project, with the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return Error(f"{what} fails: {type(error).__name__}: {error}", where=where)
