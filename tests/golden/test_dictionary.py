"""`gen-migration docs`: a page for each object; what it says; a stranger's text stays text."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import browser
import pytest
from cases import all_cases, spec_of
from changes import all_changes
from click.testing import CliRunner
from gen_migration.cli import main
from gen_migration.kinds import KINDS
from gen_migration.review.dictionary import html, markdown
from gen_migration.review.dictionary.entries import dictionary
from gen_migration.review.dictionary.paths import file_name
from gen_migration.spec.load import load
from hypothesis import given
from strategies import documents
from test_diagram import GROUPS
from yaml_text import yaml_text

if TYPE_CHECKING:
    from click.testing import Result
    from gen_migration.review.dictionary.values import Dictionary

COMMENTED = GROUPS.replace(
    "    group: sales\n",
    "    group: sales\n    comment: What is ordered.\n    grants: {app: [select]}\n"
    "    row_security: enabled\n    policies: {own: {using: id = 1}}\n",
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["docs", *arguments])


def made(text: str) -> Dictionary:
    spec = load(text, "app.yaml")
    return dictionary(spec.schema, spec.name, "About.", None, spec.hints.groups)


def plain(text: str) -> str:
    """Return the text of a page, without markup."""
    body = re.sub(r"<style>.*?</style>|<script.*?</script>", "", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_what_a_page_says() -> None:
    files = dict(html.files(made(COMMENTED)))
    assert [*files] == [
        *("index.html", "diagram.html"),
        *(
            f"tables/{name}.html"
            for name in ("orders", "order_lines", "payers", "payer_notes", "logs")
        ),
        *(
            "enums/state.html",
            f"functions/{file_name('touch()')}.html",
            "views/late.html",
        ),
    ]
    orders = plain(files["tables/orders.html"])
    for said in (
        "table of group sales orders What is ordered.",
        "row security enabled grants",
        "id bigint PK",
        "payer_id bigint yes FK payers",
        "state state 'open'",
        "ck_code CHECK (code <> '')",
        "ix_state (state) WHERE state = 'open'",
        "Referred to by table columns refer to foreign key order_lines order_id id",
        "Policies name definition own USING (id = 1)",
        "touch BEFORE UPDATE FOR EACH ROW EXECUTE FUNCTION touch()",
        "Uses kind name enum state function touch()",
        "Used by kind name view late",
        "CREATE TABLE orders (",
    ):
        assert said in orders, said
    assert 'href="../tables/order_lines.html"' in files["tables/orders.html"]
    assert "Used by kind name table orders" in plain(files["enums/state.html"])
    assert "Uses kind name table orders" in plain(files["views/late.html"])
    links_lead_somewhere(files, r'href="([^"#]+)')
    texts = dict(markdown.files(made(COMMENTED)))
    assert (
        "| `payer_id` | `bigint` | yes |  | FK | [`payers`](../tables/payers.md) |"
        in (texts["tables/orders.md"])
    )
    assert (
        "| [`orders`](tables/orders.md) | 4 | sales | What is ordered. |"
        in (texts["README.md"])
    )
    assert texts["tables/orders.svg"].startswith("<!-- gen-migration docs -->\n<svg ")


def links_lead_somewhere(files: dict[str, str], link: str) -> None:
    """See to it that each link, which a pattern finds, is to one of the files."""
    for path, text in files.items():
        for found in re.findall(link, text):
            target = (Path("/", path).parent / found).resolve()
            assert str(target.relative_to("/")) in files, (path, found)


@given(documents())
def test_whatever_there_is_has_pages(document: dict[str, Any]) -> None:
    found = made(yaml_text(document))
    files = dict(html.files(found))
    links_lead_somewhere(files, r'href="([^"#]+)')
    links_lead_somewhere(dict(markdown.files(found)), r"\]\(([^)]+)\)")
    assert len(files) == len({one.path for one in found.entries}) + 1 + bool(
        found.whole.boxes
    )


def test_every_object_of_every_kind_has_a_page() -> None:
    seen: set[str] = set()
    specs = [(one, "spec.yaml") for one in all_cases()]
    specs += [(one, "new.yaml") for one in all_changes()]
    for case, section in specs:
        if "error" in case.sections:
            continue
        spec = spec_of(case, section)
        words = {word for word, found in spec.schema.objects.items() if found}
        if words <= seen:  # one of each will do
            continue
        seen |= words
        made_ = dictionary(spec.schema, spec.name, "", spec.default_schema, {})
        assert [*html.files(made_), *markdown.files(made_)]
        pages = {one.word for one in made_.entries}
        assert pages | HELD >= words
    assert seen == {kind.word for kind in KINDS}


HELD = {kind.word for kind in KINDS if kind.holders}


EVIL = (
    "</code></title></style><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\"'`|[x](y)@me\u202e"
)


@pytest.mark.skipif(browser.program() is None, reason="needs chromium on the PATH")
def test_a_strangers_text_is_text(tmp_path: Path) -> None:
    quoted = EVIL.replace("'", "''")
    text = f"""\
name: evil
description: '{quoted}'
tables:
  t:
    group: '{quoted}'
    comment: '{quoted}'
    columns:
      id: {{type: int, primary_key: true}}
      "<img src=x onerror=alert(3)>": {{type: text, default: '{quoted}', comment: '{quoted}'}}
    checks: {{c: id > 0}}
  u: {{columns: {{t_id: {{type: int, references: t.id}}}}}}
enums: {{e: ["<script>alert(4)</script>"]}}
"""
    (tmp_path / "evil.yaml").write_text(text, encoding="utf-8")
    for form in ("html", "markdown"):
        done = run(
            *(str(tmp_path / "evil.yaml"), "--format", form),
            *("--output", str(tmp_path / form)),
        )
        assert done.exit_code == 0, done.output
    for path in tmp_path.rglob("*.*"):
        if path.suffix in {".html", ".md", ".svg"}:
            page = path.read_text("utf-8")
            assert "\u202e" not in page
            fences = r"^```.*?^```$|`[^`\n]+`"
            if path.suffix == ".md":
                page = re.sub(fences, "", page, flags=re.DOTALL | re.MULTILINE)
            assert page.count("<script") == page.count("</script>")
            assert page.count("<script") in {".html": {1, 2}}.get(path.suffix, {0})
            assert "<img" not in page, path
    asked = []
    for name in ("index", "diagram", "tables/t", "enums/e"):
        path = tmp_path / "html" / f"{name}.html"
        with browser.opened(path, tmp_path / "profile") as shown:
            assert shown.value("document.querySelectorAll('img').length") == 0
            assert shown.value("document.querySelectorAll('script').length") <= 2
            assert [
                one for one in shown.events if one["method"] == "Log.entryAdded"
            ] == []
            asked += [
                one["params"]["request"]["url"]
                for one in shown.events
                if one["method"] == "Network.requestWillBeSent"
            ]
    assert {url for url in asked if not url.startswith("file:")} == set()


@pytest.mark.skipif(browser.program() is None, reason="needs chromium on the PATH")
def test_the_search_finds_columns(tmp_path: Path) -> None:
    for path, text in html.files(made(GROUPS)):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    rows = "document.querySelectorAll('tbody tr:not([hidden]) a')"
    seen = f"[...{rows}].map((one) => one.textContent).join()"
    with browser.opened(tmp_path / "tables/logs.html", tmp_path / "profile") as shown:
        shown.press("/")
        shown.write("payer_id")
        shown.value("document.querySelector('form').requestSubmit()")
        shown.until(
            "location.href.includes('index.html') && document.readyState === 'complete'"
        )
        assert shown.value(seen) == "orders,payer_notes"
        shown.press("/")
        shown.press("Escape")
        assert "logs" in shown.value(seen)


def test_only_its_own_files_are_written(tmp_path: Path) -> None:
    spec, site = tmp_path / "app.yaml", tmp_path / "site"
    spec.write_text(GROUPS, encoding="utf-8")
    arguments = (str(spec), "--output", str(site))
    first = run(*arguments)
    assert (first.exit_code, first.stdout) == (0, f"{site / 'index.html'}\n")
    assert "10 files, 10 of them written; 0 removed" in first.stderr
    assert run(*arguments, "--check").exit_code == 0
    (site / "own.html").write_text("mine", encoding="utf-8")
    spec.write_text(
        GROUPS.replace("  logs: {columns: {at: timestamptz}}\n", ""), "utf-8"
    )
    stale = run(*arguments, "--check")
    assert stale.exit_code == 1
    assert stale.stdout.splitlines()[-1] == str(site / "tables" / "logs.html")
    assert (site / "tables" / "logs.html").exists()
    assert "1 removed" in run(*arguments).stderr
    assert not (site / "tables" / "logs.html").exists()
    assert (site / "own.html").read_text("utf-8") == "mine"
    (site / "tables" / "payers.html").write_text("mine", encoding="utf-8")
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert f"kept: {site / 'tables' / 'payers.html'}" in refused.stderr


def test_the_bytes_do_not_depend_on_the_process(tmp_path: Path) -> None:
    spec = tmp_path / "app.yaml"
    spec.write_text(COMMENTED, encoding="utf-8")
    found = []
    for seed in ("1", "2"):
        site = tmp_path / seed
        command = [
            *(sys.executable, "-m", "gen_migration", "docs", str(spec)),
            *("--output", str(site)),
        ]
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        )
        files = sorted(path for path in site.rglob("*") if path.is_file())
        found.append([path.read_bytes() for path in files])
    assert found[0] == found[1]


def test_no_two_names_are_one_file() -> None:
    names = [
        "a",
        "A",
        "a b",
        "a/b",
        "../a",
        "con",
        "a-b",
        "é",
        "x" * 200,
        "touch()",
        "",
    ]
    files = [file_name(name).lower() for name in names]
    assert len({*files}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9_.-]{1,100}", one) for one in files)
