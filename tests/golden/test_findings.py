"""Every rule finds what it is for, keeps silent beside it, and says so in the documentation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cases import spec_of
from changes import all_changes, name_of, planned, written
from environment import Done, forked
from finding_cases import (
    ROOT,
    all_finding_cases,
    findings_between,
    found_in,
    line,
    sizes_in,
)
from finding_cases import name_of as name_of_finding
from gen_migration.base.errors import Error
from gen_migration.cli.explain import page
from gen_migration.kinds import KINDS
from gen_migration.model.hints import Hints
from gen_migration.model.rule_codes import CODES, STALE
from gen_migration.model.schema import Schema
from gen_migration.rules.engine import findings
from gen_migration.rules.finding import Severity
from gen_migration.rules.registry import every
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump
from servers import each_nth

if TYPE_CHECKING:
    from cases import Case

CASES = all_finding_cases()
DOCS = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.mark.parametrize("case", CASES, ids=name_of_finding)
def test_finding(case: Case, request: pytest.FixtureRequest) -> None:
    found = found_in(case)
    text = "".join(map(line, found))
    if request.config.getoption("--update"):
        case.path.write_text(
            case.path.read_text(encoding="utf-8").partition("-- findings --\n")[0]
            + f"-- findings --\n{text}",
            encoding="utf-8",
        )
    else:
        command = f"pytest tests/golden/test_findings.py --update -k '{name_of_finding(case)}'"
        assert case.sections["findings"] == text, f"accept with: {command}"
    has_it = case.path.parent.name in {one.code for one in found}
    assert has_it == case.path.stem.startswith("found")


def test_every_rule_has_a_case_and_one_near_by() -> None:
    wanted = {
        ROOT / code / f"{kind}.txt" for code in every() for kind in ("found", "near")
    }
    assert {case.path for case in CASES} >= wanted
    assert {case.path.parent for case in CASES} == {path.parent for path in wanted}
    assert {case.path.stem.partition("_")[0] for case in CASES} == {"found", "near"}
    assert [case.path for case in CASES if not case.why.strip()] == []


def test_a_rule_says_what_it_is_about() -> None:
    for code, rule in every().items():
        title, *rest = rule.text.split("\n\n")
        assert title.endswith("."), code
        assert rest, code
        assert rule.instead, code


def test_there_is_more_than_one_and_the_worst_comes_first() -> None:
    """So it is of all golden changes (`test_changes.py`)."""
    (case,) = (one for one in all_changes() if name_of(one) == "create_collation/anew")
    change = planned(case)
    found = [one.severity for one in findings(change.plan, change.spec)]
    assert found == sorted(found, key=list(Severity).index)
    assert len({*found}) > 1


def test_an_unchanged_spec_has_none() -> None:
    for case in all_changes():
        if written(case):
            spec = spec_of(case, "new.yaml")
            # History has consumed the renames.
            spec = replace(spec, hints=Hints())
            assert findings_between(spec.schema, spec) == ()


def test_a_first_revision_has_those_of_the_design_alone() -> None:
    for case in each_nth(4, all_changes()):
        spec = spec_of(case, "old.yaml")
        assert {one.code[2] for one in findings_between(Schema(), spec)} <= {"3"}


def test_what_is_ignored_is_no_finding_and_changes_nothing_else() -> None:
    for case in CASES:
        code, text = case.path.parent.name, case.sections["new.yaml"]
        if case.path.stem != "found" or code in {STALE, "GM106", "GM107"}:
            continue
        old = spec_of(case, "old.yaml").schema
        plain = load(text, "new.yaml")
        where = {one.key: one.short for one in KINDS if not one.holders}
        if code in {"GM101", "GM108", "GM131", "GM501"}:
            where = {}
        document = with_ignores(text, code, where)
        ignored = load(document, "new.yaml")
        assert ignored.schema == plain.schema
        assert load(dump(ignored), "dumped.yaml").hints == ignored.hints
        sizes = sizes_in(case)
        left = findings_between(old, ignored, sizes)
        all_of_it = findings_between(old, plain, sizes)
        expected = [one for one in all_of_it if one.code != code]
        assert [one for one in left if one.code != STALE] == expected
        assert code not in {one.code for one in left}


def test_an_ignore_is_about_its_own_object() -> None:
    columns = "  t{0}:\n    columns: {{a: bigint{1}\n"
    head = "name: app\nonline: false\ntables:\n"
    old = head + "".join(columns.format(n, ", b: text}") for n in (1, 2))
    both = head + "".join(columns.format(n, "}") for n in (1, 2))
    lines = "  t1:\n    ignore: {GM102: nobody reads it}\n"
    one = both.replace("  t1:\n", lines)
    start = load(old, "old.yaml").schema

    def paths(text: str) -> list[tuple[str | int, ...]]:
        found = findings_between(start, load(text, "new.yaml"))
        return [each.path for each in found if each.code == "GM102"]

    assert [path[1] for path in paths(both)] == ["t1", "t2"]
    assert [path[1] for path in paths(one)] == ["t2"]


def with_ignores(text: str, code: str, where: dict[str, str | None]) -> str:
    """Return a spec with an ignore at each object, or at its top where there is no `where`.

    That has what each is in short, by their keys; of tables, nothing.
    """
    import yaml

    value = yaml.safe_load(text)
    for key, short in ({**where, "tables": None} if where else {}).items():
        objects = value.get(key, {})
        # Some are a list of names.
        for name, item in objects.items() if isinstance(objects, dict) else ():
            held = item if isinstance(item, dict) else {str(short): item}
            value[key][name] = held | {"ignore": {code: "it is meant"}}
    if not where:
        value["ignore"] = {code: "it is meant"}
    return yaml.safe_dump(value, sort_keys=False, default_flow_style=None)


BAD = """\
name: app
tables:
  t:
    columns:
      a: {type: integer, ignore: {GM2001: few rows}}
      b: {type: integer, ignore: {GM001: I like it}}
    indexes:
      ix_a: {columns: [a], ignore: {GM201: " "}}
"""


def test_an_ignore_names_a_code_and_a_reason() -> None:
    with pytest.raises(Error) as error:
        load(BAD, "app.yaml")
    lines = str(error.value).splitlines()
    assert lines == [
        'error: app.yaml:5:35: table "t", column "a": there is no finding "GM2001"',
        '  hint: did you mean "GM201"?',
        'error: app.yaml:6:35: table "t", column "b": GM001 cannot be ignored',
        "  hint: remove the ignore that does nothing instead",
        'error: app.yaml:8:44: table "t", index "ix_a": the reason is empty',
        "  hint: say why this is no matter here, for those who read the spec",
    ]


@pytest.mark.parametrize("reason", ["", "null", "3"])
def test_a_reason_is_a_text(reason: str) -> None:
    text = BAD.replace("GM2001: few rows", f"GM201: {reason}")
    with pytest.raises(Error, match=r"app\.yaml:5:"):
        load(text, "app.yaml")


def test_the_page_of_the_rules_is_what_they_say() -> None:
    command = "gen-migration explain --markdown > docs/rules.md"
    assert DOCS.read_text(encoding="utf-8") == page(), command


def explain(*arguments: str) -> Done:
    return forked(["gen-migration", "explain", *arguments], Path.cwd())


def test_a_code_is_explained() -> None:
    done = explain("gm201")
    assert done.stdout.startswith("GM201: An index is built while writers wait.\n")
    assert "SHARE, which blocks writers" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_without_a_code_all_are_listed() -> None:
    lines = explain().stdout.splitlines()
    assert [one.split()[0] for one in lines] == list(every())


def test_a_misspelt_code_is_an_error() -> None:
    done = explain("GM2001")
    assert (done.status, done.stdout) == (2, "")
    assert 'did you mean "GM201"?' in done.stderr


def test_rows_without_a_key_are_filled_at_once_online_too() -> None:
    old = "name: app\ntables: {t: {columns: {a: {type: text, nullable: true}}}}\n"
    new = "name: app\ntables: {t: {columns: {a: {type: text, backfill: none}}}}\n"
    found = findings_between(load(old, "old.yaml").schema, load(new, "new.yaml"))
    assert "GM216" in {one.code for one in found}


def test_the_codes_that_a_spec_may_name_are_those_of_the_rules() -> None:
    assert tuple(every()) == CODES
