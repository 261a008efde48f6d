"""`gen-migration diagram`: what the picture shows, where it stands, and the page's search."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import browser
import pytest
from click.testing import CliRunner
from gen_migration.cli import main
from gen_migration.review.diagram.grid import grid, height, width
from gen_migration.review.diagram.groups import grouped
from gen_migration.review.diagram.html import page
from gen_migration.review.diagram.layers import acyclic, crossings, ordered
from gen_migration.review.diagram.layout import Line, layout
from gen_migration.review.diagram.model import Detail, Diagram, Mark, shown
from gen_migration.review.diagram.packing import Size
from gen_migration.review.diagram.picture import diagram
from gen_migration.review.diagram.selection import reduced
from gen_migration.review.diagram.svg import BULGE, style, svg
from gen_migration.spec.load import load
from gen_migration.spec.write import spec as written
from hypothesis import given
from hypothesis import strategies as st
from large import large
from strategies import documents, pairs
from yaml_text import yaml_text

if TYPE_CHECKING:
    from click.testing import Result
    from gen_migration.review.diagram.layout import Layout
    from transitions import Pair

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "spec" / "notifications.yaml"
GOLDEN = Path(__file__).parent / "diagrams"
SVG = "{http://www.w3.org/2000/svg}"
EDITS = {
    "title: varchar(255)": "title: varchar(300)",
    "message: text": "body: { type: text, nullable: true }",
    "on_delete: cascade}\n      type": "on_delete: restrict}\n      type",
    "  organization_notification_preferences:": (
        "  devices:\n    comment: <b>One</b> for each telephone.\n    columns:\n"
        "      id: { type: uuid, primary_key: true }\n"
        "      parent_id: { type: uuid, nullable: true, references: devices.id }\n\n"
        "  organization_settings:"
    ),
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diagram", *arguments])


def edited() -> str:
    text = SPEC.read_text(encoding="utf-8")
    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new)
    return text


def drawn(document: dict[str, Any]) -> Diagram:
    return diagram(load(yaml_text(document), "spec.yaml").schema)


def placed(found: Diagram) -> tuple[Layout, list[Size]]:
    sizes = [grid(box).size for box in found.boxes]
    lines = [
        Line(
            child=one.child.box,
            child_at=height(one.child),
            parent=one.parent.box,
            parent_at=height(one.parent),
        )
        for one in found.relations
    ]
    return layout(sizes, lines), sizes


def check(made: Layout, sizes: list[Size]) -> None:
    """See to it that no boxes overlap, and that no line runs through one."""
    boxes = [
        (x, y, x + one.width, y + one.height)
        for (x, y), one in zip(made.corners, sizes, strict=True)
    ]
    for one, other in combinations(boxes, 2):
        apart = (
            one[2] <= other[0]
            or other[2] <= one[0]
            or one[3] <= other[1]
            or other[3] <= one[1]
        )
        assert apart, (one, other)
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= made.width
        assert bottom <= made.height
    for x, y in {point for route in made.routes for point in along(route)}:
        inside = [one for one in boxes if one[0] < x < one[2] and one[1] < y < one[3]]
        assert not inside, (x, y)


def along(route: tuple[tuple[int, int], ...]) -> list[tuple[float, float]]:
    """Return points of a line: its straight parts, and the curves between them."""
    found = []
    for number, ((a, b), (x, y)) in enumerate(pairwise(route)):
        middle = (a + x) / 2 if number % 2 and a != x else a + BULGE * (number % 2)
        middle = middle if number % 2 else (a + x) / 2
        for part in range(21):
            t = part / 20
            across = (
                (1 - t) ** 3 * a + 3 * t * (1 - t) * middle + t**3 * x
                if number % 2
                else a + (x - a) * t
            )
            down = b + (y - b) * (3 * t * t - 2 * t**3)
            found.append((across, down))
    return found


@pytest.mark.parametrize("name", ["notifications", "changed"])
def test_golden(name: str, request: pytest.FixtureRequest) -> None:
    old = load(SPEC.read_text(encoding="utf-8"), "spec.yaml").schema
    new = load(edited(), "spec.yaml").schema
    made = diagram(old) if name == "notifications" else diagram(new, old)
    text, path = svg(made, f"Schema: {name}"), GOLDEN / f"{name}.svg"
    if request.config.getoption("--update"):
        path.write_text(text, encoding="utf-8")
    command = "pytest tests/golden/test_diagram.py --update -k golden"
    assert path.read_text(encoding="utf-8") == text, f"accept with: {command}"


def test_what_changed_is_marked_by_signs() -> None:
    old = load(SPEC.read_text(encoding="utf-8"), "spec.yaml").schema
    found = diagram(load(edited(), "spec.yaml").schema, old)
    assert {box.name: box.mark.value for box in found.boxes} == {
        "notifications": "~",
        "notification_preferences": "",
        "devices": "+",
        "organization_settings": "+",
        "organization_notification_preferences": "\N{MINUS SIGN}",
        "users": "",
        "organizations": "",
    }
    rows = {row.name: row for row in found.boxes[0].rows if row.mark is not Mark.SAME}
    assert {name: row.mark.value for name, row in rows.items()} == {
        "title": "~",
        "body": "+",
        "message": "\N{MINUS SIGN}",
    }
    assert rows["title"].type == "varchar(255) \N{RIGHTWARDS ARROW} varchar(300)"
    changed = {one.name for one in found.relations if one.mark is Mark.CHANGED}
    assert changed == {"fk_notifications_user_id_users"}
    signs = [
        one.text
        for one in ET.fromstring(svg(found, "x")).iter(f"{SVG}text")  # noqa: S314 - our own
        if one.get("class") == "sign"
    ]
    assert {"+", "~", "\N{MINUS SIGN}"} == set(signs)


GROUPS = """\
name: app
enums: {state: [open, done]}
tables:
  orders:
    group: sales
    columns:
      id: {type: bigint, primary_key: true}
      code: {type: text, default: {sql: "upper('x')"}}
      state: {type: state, default: open}
      payer_id: {type: bigint, references: payers.id, nullable: true}
    checks: {ck_code: code <> ''}
    indexes: {ix_state: {columns: [state], where: "state = 'open'"}}
    triggers: {touch: before update execute touch()}
  order_lines:
    columns: {order_id: {type: bigint, references: orders.id}, amount: int}
    uniques: {uq_lines: [order_id, amount]}
  payers: {columns: {id: {type: bigint, primary_key: true}}}
  payer_notes: {columns: {payer_id: {type: bigint, references: payers.id}}}
  logs: {columns: {at: timestamptz}}
functions: {touch(): {returns: trigger, language: plpgsql, body: BEGIN RETURN NEW; END}}
views: {late: SELECT id FROM orders}
"""


def test_groups_details_and_neighbours(tmp_path: Path) -> None:
    spec = load(GROUPS, "app.yaml")
    whole = diagram(spec.schema)
    assert whole.groups == ()
    assert grouped(whole, {}, None) == whole  # it is small
    found = grouped(whole, spec.hints.groups, None)
    assert {box.name: box.group for box in found.boxes} == {
        "orders": "sales",
        "order_lines": "other",
        "payers": "payer",
        "payer_notes": "payer",
        "logs": "other",
        "late": "sales",
    }
    assert found.groups == ("payer", "sales", "other")
    assert {one.name for one in found.relations if one.told} == {
        "fk_orders_payer_id_payers",
        "fk_order_lines_order_id_orders",
    }
    rows = {row.name: row for row in found.boxes[0].rows}
    assert (rows["payer_id"].to, rows["code"].value) == (
        "\N{RIGHTWARDS ARROW} payers",
        "= upper('x')",
    )
    assert (rows["ck_code"].type, rows["ix_state"].type) == (
        "(code <> '')",
        "(state) WHERE state = 'open'",
    )
    shown_ = [[row.name for row in reduced(found, one).boxes[0].rows] for one in Detail]
    assert shown_ == [
        ["id", "payer_id"],
        ["id", "code", "state", "payer_id"],
        ["id", "code", "state", "payer_id", "ck_code", "ix_state", "touch"],
    ]
    assert load(written.text_of(written.document(spec)), "app.yaml").hints == spec.hints
    path = tmp_path / "app.yaml"
    path.write_text(GROUPS, encoding="utf-8")
    bare = tmp_path / "bare.yaml"
    bare.write_text(GROUPS.replace("    group: sales\n", ""), encoding="utf-8")
    # A group is nothing to a database.
    assert CliRunner().invoke(main, ["diff", str(bare), str(path)]).exit_code == 0
    for depth, names in (
        (1, {"payers", "payer_notes", "orders"}),
        (2, {"payers", "payer_notes", "orders", "order_lines", "late"}),
    ):
        made = run(str(path), "--table", "payers", "--depth", str(depth))
        assert made.exit_code == 0, made.output
        texts = ET.fromstring(made.stdout).iter(f"{SVG}text")  # noqa: S314 - our own
        assert {one.text for one in texts if one.get("class") == "name"} == names
    wrong = run(str(path), "--table", "payer")
    assert (wrong.exit_code, wrong.stderr) == (
        2,
        'error: no table or view is called "payer"\n  hint: did you mean "payers"?\n',
    )


def test_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("resvg_py")
    path = tmp_path / "schema.png"
    made = run(str(SPEC), "--output", str(path))
    if "there is no font" in made.stderr:
        pytest.skip("no font on this machine")
    assert made.exit_code == 0, made.output
    assert path.read_bytes().startswith(b"\x89PNG\r\n")
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    without = run(str(SPEC), "--format", "png")
    assert without.exit_code == 2
    assert "pip install 'gen-migration[png]'" in without.stderr


VIEWS = """\
name: app
functions: {touch(): {returns: trigger, language: plpgsql, body: BEGIN RETURN NEW; END}}
views:
  late: SELECT id, day FROM orders
  days: SELECT DISTINCT day FROM late
materialized_views: {sums: {query: "SELECT day, count(*) AS n FROM orders GROUP BY day"}}
tables:
  orders:
    columns: {id: {type: bigint, primary_key: true}, day: date}
    triggers: {touch: before update execute touch()}
    policies: {own: {using: id = 1}}
"""


def test_views_and_what_stands_on_tables() -> None:
    new = load(VIEWS, "new.yaml").schema
    old = load(
        VIEWS.replace("  days: SELECT DISTINCT day FROM late\n", "")
        .replace("id = 1", "id = 2")
        .replace("SELECT id, day FROM orders", "SELECT id FROM orders"),
        "old.yaml",
    ).schema
    found = diagram(new, old)
    rows = {
        box.name: [f"{row.mark.value}{row.name}" for row in box.rows]
        for box in found.boxes
    }
    assert rows == {
        "orders": ["id", "day", "~own", "touch"],
        "late": ["id", "+day"],
        "days": ["+day"],
        "sums": ["day", "n"],
    }
    assert {one.name: one.mark.value for one in found.relations} == {
        "late reads orders": "",
        "days reads late": "+",
        "sums reads orders": "",
    }
    assert [one.mark.value for one in found.boxes] == ["", "~", "+", ""]


@given(documents())
def test_every_table_and_column_is_in_the_text(document: dict[str, Any]) -> None:
    schema = load(yaml_text(document), "spec.yaml").schema
    text = svg(diagram(schema), "random")
    tree = ET.fromstring(text)  # noqa: S314 - our own
    texts = [one.text or "" for one in tree.iter(f"{SVG}text")]
    for name, table in schema.tables.items():
        for wanted in (str(name), *table.columns):
            assert shown(wanted) in texts
    assert text == svg(diagram(schema), "random")


@given(pairs())
def test_boxes_never_overlap(pair: Pair) -> None:
    old, new = (load(yaml_text(each), "spec.yaml").schema for each in pair[:2])
    found = diagram(new, old)
    check(*placed(found))
    ET.fromstring(svg(found, "pair"))  # noqa: S314 - our own
    same = diagram(new, new)
    assert all(box.mark is Mark.SAME for box in same.boxes)
    assert all(row.mark is Mark.SAME for box in same.boxes for row in box.rows)
    assert all(one.mark is Mark.SAME for one in same.relations)


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(40, 400)), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20),
)
def test_boxes_never_overlap_whatever_the_relations(
    boxes: list[tuple[int, int]], ends: list[tuple[int, int]]
) -> None:
    sizes = [Size(*one) for one in boxes]
    lines = [
        Line(child=a % len(boxes), child_at=10, parent=b % len(boxes), parent_at=30)
        for a, b in (ends if boxes else ())
    ]
    made = layout(sizes, lines)
    assert made == layout(sizes, lines)
    check(made, sizes)


def test_80_tables() -> None:
    made, sizes = placed(drawn(large(80)))
    check(made, sizes)
    assert 1 <= made.width / made.height <= 2.6
    area = sum(one.width * one.height for one in sizes)
    assert area > made.width * made.height / 8


def test_few_lines_cross() -> None:
    # Three children of three parents, in another order; a fourth is everybody's.
    ties = [[4], [3], [5], [1, 6], [0, 6], [2, 6], [3, 4, 5]]
    rows = ordered([1, 1, 1, 0, 0, 0, 1], ties)
    assert crossings(rows, [[], [], [], *ties[3:6], []]) == 1


def test_cycles_are_broken() -> None:
    parents, order = acyclic(4, [(0, 1), (1, 2), (2, 0), (3, 3), (3, 0)])
    assert sum(map(len, parents)) == 3
    assert all(
        order.index(one) < order.index(box)
        for box, ones in enumerate(parents)
        for one in ones
    )


def test_tables_alone_stand_in_a_grid() -> None:
    tables = {f"t{n}": {"columns": {"id": "uuid"}} for n in range(80)}
    made, sizes = placed(drawn({"name": "alone", "tables": tables}))
    check(made, sizes)
    assert 1 <= made.width / made.height <= 2.6


def test_the_bytes_do_not_depend_on_the_process() -> None:
    def output(seed: str) -> bytes:
        command = [sys.executable, "-m", "gen_migration", "diagram", str(SPEC)]
        return subprocess.run(
            command, env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout

    assert output("1") == output("2")


def test_names_of_strangers_stay_text() -> None:
    evil = '</text><script>alert(1)</script>&"'
    columns_ = {evil: {"type": "text", "comment": "]]></title><img src=x>\u202e"}}
    made = drawn({"name": "evil", "tables": {'"<i>"': {"columns": columns_}}})
    for text in (svg(made, "<evil>"), page(made, "<evil>", Detail.ALL)):
        assert text.count("<script>") == ("</html>" in text)
        for part in ("<evil>", "<i>", "<img", "\u202e"):
            assert part not in text
    assert "\\u202e" in svg(made, "x")


def test_wide_characters_count_twice() -> None:
    assert width("\N{CJK UNIFIED IDEOGRAPH-8868}" * 4) == width("a" * 8)
    assert width("e\N{COMBINING ACUTE ACCENT}") == width("e")


def test_partitions_stand_with_their_table() -> None:
    document = {
        "name": "parts",
        "tables": {
            "logs": {
                "columns": {"at": "date"},
                "partition_by": {"range": ["at"]},
                "partitions": {
                    "logs_2026": {"from": ["2026-01-01"], "to": ["2027-01-01"]}
                },
            }
        },
    }
    (box,) = drawn(document).boxes
    assert [(row.name, row.type) for row in box.rows] == [
        ("at", "date"),
        ("logs_2026", "partition"),
    ]
    assert "2027-01-01" in box.rows[1].note


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (source: WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_is_aa(scheme: int) -> None:
    part = style().split("@media (prefers-color-scheme: dark)")[scheme]
    rules = re.findall(r"([^{}]+)\{[^{}]*?\bfill: (#\w+)", part)
    inks = [colour for names, colour in rules if " text" in names]
    papers = [colour for names, colour in rules if " text" not in names]
    assert len(inks) >= 3
    assert len(papers) >= 6
    for ink in inks:
        for paper in papers:
            low, high = sorted((luminance(ink), luminance(paper)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper)


def test_the_command(tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(edited(), encoding="utf-8")
    result = run(str(new), "--old", str(SPEC))
    assert (result.exit_code, result.stderr) == (0, "")
    for name in ("schema.svg", "schema.html"):
        path = tmp_path / name
        path.write_text("what was there", encoding="utf-8")
        again = run(str(new), "--old", str(SPEC), "--output", str(path))
        assert (again.exit_code, again.stdout) == (0, f"{path}\n"), again.output
        assert result.stdout.strip() in path.read_text(encoding="utf-8")
    wrong = run(str(new), "--output", str(tmp_path / "schema.gif"))
    assert wrong.exit_code == 2
    assert "does not say the format" in wrong.stderr
    idle = run(str(new), "--dev-url", "postgresql://localhost")
    assert idle.exit_code == 2
    assert "nothing else is built" in idle.stderr


def test_the_history_is_a_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text(SPEC.read_text("utf-8"), encoding="utf-8")
    assert CliRunner().invoke(main, ["app.yaml"]).exit_code == 0
    (tmp_path / "app.yaml").write_text(edited(), encoding="utf-8")
    built = run("history")
    assert built.exit_code == 0, built.output
    assert ">message</text>" in built.stdout
    both = run("app.yaml", "--old", "history")
    assert ">\N{MINUS SIGN}</text>" in both.stdout


def test_a_database_is_a_source(database: str, tmp_path: Path) -> None:
    from gen_migration.scratch import databases

    with databases.connect(database) as connection:
        connection.execute("CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a)")
    alone = run(database)
    assert alone.exit_code == 0, alone.output
    assert ">a</text>" in alone.stdout
    spec = tmp_path / "a.yaml"
    spec.write_text("name: a\ntables: {a: {columns: {id: int, c: int}}}\n", "utf-8")
    both = run(str(spec), "--old", database)
    assert both.exit_code == 0, both.output
    assert 'class="row added"' in both.stdout


CURRENT = "document.querySelector('.current')?.textContent"
SEEN = """(() => {
  const a = document.querySelector(".current").getBoundingClientRect();
  const b = document.querySelector("svg").getBoundingClientRect();
  return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
})()"""
DIM = "document.querySelectorAll('.table.dim').length"
SHOWN = "document.querySelectorAll('.table:not(.gone)').length"
COUNT = "document.getElementById('count').textContent"


def around_a_table(shown_: browser.Page) -> None:
    """Choose tables by the keyboard and the list; Escape and Back lead back."""
    shown_.value("document.querySelector('nav a').focus()")
    shown_.press("ArrowDown")
    shown_.value("document.activeElement.click()")
    shown_.until(f"{SHOWN} < 20")
    assert shown_.value("document.querySelectorAll('.chosen').length") == 1
    shown_.press("Escape")
    assert shown_.value(SHOWN) == 80
    shown_.value("document.querySelector('#table-5').focus()")
    shown_.press("Enter")
    assert shown_.value("location.hash") == "#table=shipment_5"
    assert shown_.value("document.querySelector('#about h2').textContent") == (
        "shipment_5"
    )
    shown_.value("history.back()")
    shown_.until(f"{SHOWN} === 80")
    # What is found is in the list; what is chosen there is no longer searched for.
    shown_.press("/")
    shown_.write("shipment_5")
    shown_.press("ArrowDown")
    shown_.value("document.activeElement.click()")
    shown_.until("document.querySelectorAll('.chosen').length === 1")
    assert shown_.value(DIM) == 0
    shown_.press("Escape")
    # Less of each table is less high.
    high = "document.querySelector('#table-7 .frame').getBBox().height"
    all_ = shown_.value(high)
    shown_.press("d")
    assert shown_.value(high) < all_


@pytest.mark.skipif(browser.program() is None, reason="needs chromium on the PATH")
def test_the_search_in_a_browser(tmp_path: Path) -> None:
    path = tmp_path / "schema.html"
    path.write_text(page(drawn(large(80)), "large", Detail.ALL), encoding="utf-8")
    with browser.opened(path, tmp_path / "profile") as shown_:
        whole = shown_.value("document.querySelector('svg').getAttribute('viewBox')")
        shown_.press("/")
        shown_.write("order_1")
        first = shown_.value(CURRENT)
        assert "order_1" in first
        assert re.fullmatch(r"1 of \d+", shown_.value(COUNT))
        assert shown_.value(SEEN) is True
        assert 0 < shown_.value(DIM) < 80
        shown_.press("Enter")
        assert shown_.value(COUNT).startswith("2 of ")
        assert shown_.value(SEEN) is True
        shown_.press("Enter", modifiers=8)
        assert shown_.value(CURRENT) == first
        shown_.write("_nowhere")
        assert shown_.value(COUNT) == "nothing found"
        assert shown_.value(DIM) == 80
        shown_.press("Escape")
        assert (shown_.value(COUNT), shown_.value(DIM)) == ("", 0)
        view = "document.querySelector('svg').getAttribute('viewBox')"
        assert shown_.value(view) == whole
        shown_.value("document.getElementById('in').click(), 0")
        assert shown_.value(view) != whole
        shown_.value("document.activeElement.blur()")
        near = shown_.value(view)
        shown_.press("ArrowRight")
        assert shown_.value(view) != near
        shown_.press("0")
        assert shown_.value(view) == whole
        around_a_table(shown_)
        # The policy let nothing of ours be blocked, and nothing was asked for.
        assert [one for one in shown_.events if one["method"] == "Log.entryAdded"] == []
        asked = [
            one["params"]["request"]["url"]
            for one in shown_.events
            if one["method"] == "Network.requestWillBeSent"
        ]
        assert {url for url in asked if not url.startswith("file:")} == set()
        blocked = (
            "fetch('https://example.invalid/').then(() => 'sent', () => 'blocked')"
        )
        answer = shown_.call("Runtime.evaluate", expression=blocked, awaitPromise=True)
        assert answer["result"]["value"] == "blocked"
