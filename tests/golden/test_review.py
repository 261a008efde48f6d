"""What every format of `gen-migration diff` promises of a review.

`pytest tests/golden/test_review.py --update` accepts what a change of them brings.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import jsonschema
import pytest
from cases import SECTION
from changes import name_of
from gen_migration.review.changes import Action
from gen_migration.review.formats import github, gitlab, markdown, mermaid, sarif
from gen_migration.review.formats import json as review_json
from gen_migration.review.formats import sql as review_sql
from gen_migration.review.formats import text as review_text
from gen_migration.review.review import review
from gen_migration.rules.finding import Finding, Severity
from gen_migration.spec.load import load
from hypothesis import given
from pydantic_sarif.model import (
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif,
)
from reviews import CASES, FINDINGS, HOSTILE, review_of, sized, with_findings
from servers import each_nth
from strategies import pairs
from yaml_text import yaml_text

if TYPE_CHECKING:
    from cases import Case
    from gen_migration.review.review import Review
    from transitions import Pair

ROOT = Path(__file__).parent
SCHEMA = json.loads((ROOT.parents[1] / "docs/diff.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FORMATS = {
    "text": lambda one: click.unstyle(review_text.render(one)),
    "markdown": markdown.render,
    "json": review_json.render,
    "mermaid": mermaid.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
}
ALWAYS = ("text", "markdown", "json", "mermaid")
GOLDEN = {
    name.replace("/", "_"): name
    for name in (
        "add_column/with_keys",
        "add_enum_value/first_and_between",
        "alter_policy/anew",
        "alter_policy/in_place",
        "attach_partition/table_that_was_alone",
        "create_constraint/each_kind",
        "create_statistics/anew",
        "create_table/partition_with_columns_of_its_own",
        "create_table/referring_to_one_that_is_there",
        "drop_table/partition_key_changes",
        "drop_table/with_its_kinds",
        "rename_schema/with_all_in_it",
        "rename_table/and_changed",
        "set_column_type/using",
        "set_comment/everything_else",
        "set_owner/and_grants",
        "alter_view/anew",
        "alter_function/under_views_and_triggers",
        "alter_foreign_server/in_place",
        "alter_function/transforms",
        "alter_language/handlers",
        "alter_publication/tables",
        "alter_subscription/in_place",
        "alter_text_search_configuration/mappings",
        "alter_text_search_dictionary/options",
        "alter_function/in_place",
        "create_base_type/anew",
        "create_cast/anew",
        "create_operator_class/anew",
        "create_statement/with_a_rename",
        "rename_materialized_view_column/renamed",
    )
}


def golden(made: Review, formats: tuple[str, ...]) -> dict[str, str]:
    return {one: FORMATS[one](made) for one in formats}


def check(name: str, found: dict[str, str], *, update: bool) -> None:
    """Compare what was found with a case's file, or write it there."""
    path = ROOT / "reviews" / f"{name}.txt"
    if update:
        path.write_text("".join(f"-- {k} --\n{v}" for k, v in found.items()), "utf-8")
    _, *rest = SECTION.split(path.read_text("utf-8"))
    expected = dict(zip(rest[::2], rest[1::2], strict=True))
    assert expected == found, (
        f"accept with: pytest tests/golden/test_review.py --update -k {name}"
    )


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str, request: pytest.FixtureRequest) -> None:
    found = golden(review_of(CASES[GOLDEN[name]]), ALWAYS)
    check(name, found, update=request.config.getoption("--update"))


def test_golden_findings(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0")
    made = with_findings("set_column_type/using", *FINDINGS)
    found = golden(made, tuple(FORMATS))
    check("findings", found, update=request.config.getoption("--update"))


def test_golden_sizes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0")
    found = golden(sized(), tuple(FORMATS))
    check("sizes", found, update=request.config.getoption("--update"))
    promised(sized())
    Sarif.model_validate_json(found["sarif"])


def test_golden_texts(request: pytest.FixtureRequest) -> None:
    """Of a text of many lines those are told that change, as they stand."""
    old = """\
name: shop
tables: {t: {columns: {id: bigint, state: text, seen: timestamptz}}}
views:
  open: |
    SELECT t.id, t.state, now() - t.seen AS age FROM t JOIN t AS u ON u.id = t.id
    WHERE t.state = 'open' AND u.state <> '' ORDER BY t.seen DESC, t.id
functions:
  seen(bigint):
    arguments: {which: bigint}
    returns: {table: {id: bigint, state: text, seen: timestamptz, a: int, b: int}}
    language: sql
    body: SELECT id, state, seen, 1, 2 FROM t
  settle(bigint):
    arguments: {which: bigint}
    returns: text
    language: plpgsql
    body: |
      DECLARE
        found text;
      BEGIN
        -- What is settled stays so.
        SELECT state INTO found FROM t WHERE id = which;
        IF found = 'settled' THEN
          RETURN found;
        END IF;
        UPDATE t SET state = 'settled' WHERE id = which;
        PERFORM pg_notify('settled', which::text);
        RAISE NOTICE 'settled';
        RETURN 'settled';
      END
"""
    new = (
        old.replace("found = 'settled'", "found IN ('settled', 'closed')")
        .replace("        RAISE NOTICE 'settled';\n", "")
        .replace("'settled', which::text", f"'settled', {'which::text || ' * 5}''")
        .replace("= 'open'", "= 'open' AND t.seen IS NOT NULL")
        .replace("seen: timestamptz, a: int,", "at: timestamptz, a: int,")
    )
    specs = [load(one, "s.yaml") for one in (old, new)]
    made = review(specs[0].schema, specs[1], names=("old", "new"))
    found = golden(made, ("text", "markdown"))
    check("texts", found, update=request.config.getoption("--update"))
    promised(made)


def promised(made: Review) -> None:
    """Check what holds for every review."""
    assert bool(made.changes) == bool(made.plan.operations)
    assert sum(made.counts.values()) >= len(made.changes)
    for line in click.unstyle(review_text.render(made)).splitlines():
        assert len(line) <= review_text.WIDTH
        assert line.isprintable()
    VALIDATOR.validate(json.loads(review_json.render(made)))
    page = markdown.page(made, "SELECT 1")
    assert len(page) <= markdown.LONGEST
    mermaid.render(made)


@pytest.mark.parametrize("case", each_nth(3, [*CASES.values()]), ids=name_of)
def test_every_golden_change_keeps_the_promises(case: Case) -> None:
    promised(review_of(case))


@given(pairs())
def test_random_changes_keep_the_promises(pair: Pair) -> None:
    old, new = (load(yaml_text(each), "spec.yaml") for each in pair[:2])
    promised(review(old.schema, new, names=("old", "new")))
    promised(review(new.schema, new, names=("new", "new")))


def test_the_schema_refuses_what_is_none() -> None:
    VALIDATOR.check_schema(SCHEMA)
    made = review_json.document(review_of(CASES[GOLDEN["add_column_with_keys"]]))
    VALIDATOR.validate(made)
    for wrong in (made | {"version": 2}, made | {"more": 1}, made | {"changes": [{}]}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(wrong)


def test_the_sql_is_that_of_the_revisions() -> None:
    found = review_sql.render(review_of(CASES["rename_table/and_changed"]))
    up, down = found.split("\n-- downgrade\n")
    assert "ALTER TABLE users RENAME TO people;" in up
    assert "ALTER TABLE people RENAME TO users;" in down
    for noise in (
        "BEGIN",
        "COMMIT",
        "alembic_version",
        "set_config",
        "SET ",
        "Running",
    ):
        assert noise not in found
    same = load(CASES["rename_table/and_changed"].sections["old.yaml"], "old.yaml")
    assert review_sql.render(review(same.schema, same, names=("a", "a"))) == ""


def test_an_object_counts_once_and_parts_of_one_that_stays() -> None:
    old = (
        "name: s\ntables:\n  t: {columns: {a: int, b: int}}\n  u: {columns: {a: int}}\n"
    )
    new = (
        "name: s\ntables:\n  t: {comment: x, columns: {a: bigint, c: int}, indexes: {i: [c]}}\n"
        "  v: {columns: {a: int, b: int}, indexes: {j: [a]}}\n"
    )
    specs = [load(one, "s.yaml") for one in (old, new)]
    made = review(specs[0].schema, specs[1], names=("old", "new"))
    assert made.summary == "3 to add, 2 to change, 2 to drop"
    assert [(one.name, one.action) for one in made.changes] == [
        ("t", Action.CHANGE),
        ("v", Action.ADD),
        ("u", Action.DROP),
    ]


def lines_of(page: str) -> list[str]:
    return [line for line in page.splitlines() if line.startswith("- **")]


def many(count: int, length: int) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=f"GM{number % 7}",
            severity=Severity.WARNING,
            message="*" * length,
            path=(),
            where=f"s.yaml:{number}:1",
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "length", "sql", "kept", "gone"),
    [
        (3, 10, 10, 3, ""),
        (3, 10, 70_000, 3, "the SQL."),
        (150, 60, 50_000, 150, "the SQL."),
        (180, 500, 10, 180, "all but the findings in short."),
        (2_000, 10, 10, 7, "all but the number of findings of each rule."),
    ],
)
def test_a_comment_that_is_too_long_sheds_all_but_findings(
    count: int, length: int, sql: int, kept: int, gone: str
) -> None:
    made = with_findings("rename_table/and_changed", *many(count, length))
    page = markdown.page(made, "x" * sql)
    assert len(page) <= markdown.LONGEST
    assert len(lines_of(page)) == kept
    assert ("xxx" in page) == (gone == "")
    assert ("Left out" in page) == (gone != "")
    assert gone in page
    if kept == 7:
        assert "286 times" in page


def test_a_diagram_that_github_would_not_draw_is_left_out() -> None:
    columns = {f"a_column_with_a_long_name_{n}": "int" for n in range(1_200)}
    text = json.dumps({"name": "s", "tables": {"t": {"columns": columns}}})
    old = load(text, "s.yaml")
    new = load(text.replace('{"columns"', '{"comment": "x", "columns"'), "s.yaml")
    made = review(old.schema, new, names=("old", "new"))
    assert len(mermaid.concerned(made)) > markdown.DIAGRAM
    page = markdown.page(made, "SELECT 1")
    assert "```mermaid" not in page
    assert "Left out, since a comment has its limit: the SQL, the diagram." in page


def test_markdown_shows_what_a_stranger_wrote() -> None:
    made = with_findings("set_column_type/using", FINDINGS[1])
    (line,) = lines_of(markdown.page(made, ""))
    words = line.partition("yaml:3:1`: ")[2]
    assert words
    assert not set(words) & set("|`<>@*:/\\\x1b_[]~$")
    assert "#" not in words.replace("&#", "")
    assert markdown.fence("sql", "a ```` b").startswith("`````sql\n")
    for text in ("a`b", "``", "`", "|", "a\\|b", " ", HOSTILE):
        assert "\n" not in markdown.code(text)
    assert markdown.code("a`b") == "``a`b``"
    assert markdown.code("`") == "`` ` ``"


def test_markdown_of_hostile_names() -> None:
    name = "a|b`c</details>@team"
    spec = json.dumps({"name": "s", "tables": {name: {"columns": {name: "int"}}}})
    new, old = load(spec, "s.yaml"), load("name: s\n", "s.yaml")
    page = markdown.render(review(old.schema, new, names=("old", "new")))
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    shown = "``a\\|b`c</details>@team``"
    assert rows[1:] == [
        f"| `+` | table {shown} |  |",
        f"| `+` | {shown} column {shown} | `integer NOT NULL` |",
    ]
    assert page.count("\n</details>\n") == 1


def test_annotations_escape_what_means_something() -> None:
    made = with_findings("set_column_type/using", *FINDINGS)
    first, second, third = github.render(made).splitlines()
    assert first.startswith(
        "::error file=spec/app.yaml,line=14,col=9,title=GM102::every row of"
        " notifications is written anew%0Alock: ACCESS EXCLUSIVE, which blocks"
    )
    assert second.startswith(
        "::warning file=spec/100%25%2C a%3Ab.yaml,line=3,col=1,title=GM301::a|b "
    )
    assert second.count("::") == 4  # two of its own, and what is text by then
    assert third == "::notice title=GM301::A note."
    assert "\x1b" not in second


def test_sarif_is_valid() -> None:
    for findings in ((), FINDINGS):
        made = with_findings("set_column_type/using", *findings)
        Sarif.model_validate_json(sarif.render(made))
    log = sarif.document(made)
    results = log["runs"][0]["results"]
    assert [one["level"] for one in results] == ["error", "warning", "note"]
    assert results[1]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "spec/100%25%2C%20a%3Ab.yaml"},
        "region": {"startLine": 3, "startColumn": 1},
    }
    assert "locations" not in results[2]
    moved = replace(made, findings=(replace(FINDINGS[0], where="spec/app.yaml:20:9"),))
    again = sarif.document(moved)["runs"][0]["results"][0]
    assert again["partialFingerprints"] == results[0]["partialFingerprints"]
    with pytest.raises(ValueError, match="level"):
        Sarif.model_validate(
            log | {"runs": [log["runs"][0] | {"results": [{"level": "bad"}]}]}
        )


def test_gitlab_tells_issues_apart_and_knows_them_again() -> None:
    made = with_findings("set_column_type/using", FINDINGS[0], *FINDINGS)
    issues = json.loads(gitlab.render(made))
    marks = [one["fingerprint"] for one in issues]
    assert len({*marks}) == len(issues) == 4
    moved = replace(made, findings=(replace(FINDINGS[0], where="spec/app.yaml:20:9"),))
    (again,) = json.loads(gitlab.render(moved))
    assert again["fingerprint"] == marks[0]
    assert again["location"] == {"path": "spec/app.yaml", "lines": {"begin": 20}}
    assert issues[-1]["location"] == {"path": made.new, "lines": {"begin": 1}}
    assert json.loads(gitlab.render(with_findings("set_column_type/using"))) == []


def test_a_rule_of_sarif_stands_once() -> None:
    made = with_findings("set_column_type/using", FINDINGS[0], FINDINGS[0])
    run = sarif.document(made)["runs"][0]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "GM102"
    assert rule["shortDescription"] == {
        "text": "A column is dropped, or an attribute of a type that columns have."
    }
    assert "\n\nInstead: deploy code" in rule["help"]["text"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert [one["ruleIndex"] for one in run["results"]] == [0, 0]
