"""Branches and merges, labels and locations, and several specs in one history."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from environment import SHOP, Environment, refused, written
from gen_migration.history import offline_sql
from next_revisions import columns, next_text, up_to_date, upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from environment import Done

LINE = "      state: {type: text, default: new}\n"
NOTE = "      note: {type: text, nullable: true}\n"
PHONE = "      phone: {type: text, nullable: true}\n"
RENAMED = SHOP.replace("  customers:\n", "  clients:\n    renamed_from: customers\n")
RENAMED = RENAMED.replace("customers.id", "clients.id")


def fork(project: Environment, ours: str, theirs: str) -> tuple[str, str]:
    """Let two developers write a revision each, and merge their branches; return the ids."""
    written(project.generate())
    other = Environment(project.root.parent / "other")
    shutil.copytree(project.root, other.root)
    ids = []
    for one, spec in ((project, ours), (other, theirs)):
        path = one.root / written(one.generate("--allow-data-loss", spec=spec))
        ids.append(path.name.partition("_")[0])
    shutil.copytree(other.root, project.root, dirs_exist_ok=True)
    return ids[0], ids[1]


def merge(project: Environment, ids: tuple[str, str]) -> Path:
    """Join two heads as the error says; return the directory of the revisions."""
    if project.ini.exists():
        project.alembic("merge", "-m", "merge", *ids)
        return project.versions
    path = project.root / "output" / "merge.py"
    path.write_text(
        f"revision = 'merge1'\ndown_revision = {ids!r}\n\ndef upgrade():\n    pass\n\n"
        "def downgrade():\n    pass\n",
        encoding="utf-8",
    )
    return path.parent


def test_two_heads_and_their_merge(project: Environment, database: str) -> None:
    both = SHOP.replace(LINE, LINE + NOTE + PHONE)
    ids = fork(
        project, SHOP.replace(LINE, LINE + NOTE), SHOP.replace(LINE, LINE + PHONE)
    )
    before = project.files()
    for arguments in ((), ("--check",), ("--dry-run",), ("--amend",)):
        done = project.generate(*arguments, spec=both)
        refused(done, *ids, '"alembic merge heads"')
    assert project.files() == before
    directory = merge(project, ids)
    up_to_date(project.generate(spec=both))
    # The newest of them runs without what the other branch does.
    done = project.run("verify", project.spec(both))
    assert done.status == 0, done
    edited = both.replace("note: {type: text,", "note: {type: varchar(9),")
    text = next_text(project, edited, "--allow-data-loss")
    assert "add_column" not in text
    assert 'op.alter_column("customers", "note", type_=sa.String(9))' in upgrade(text)
    offline_sql.upgrade(database, directory)
    assert ("note", "character varying(9)") in columns(database, "customers")
    assert ("phone", "text") in columns(database, "customers")
    offline_sql.downgrade(database, directory)


GOES_NOT_TOGETHER = [
    (RENAMED, SHOP.replace(LINE, LINE + NOTE), RENAMED.replace(LINE, LINE + NOTE)),
    (SHOP.replace(LINE, LINE + NOTE), RENAMED, RENAMED.replace(LINE, LINE + NOTE)),
    (
        SHOP.replace(LINE, LINE + NOTE),
        SHOP.replace(LINE, LINE + NOTE + PHONE),
        SHOP.replace(LINE, LINE + NOTE + PHONE),
    ),
    (
        SHOP.partition("  orders:")[0],
        SHOP + NOTE,
        SHOP.partition("  orders:")[0],
    ),
    (
        SHOP.replace("state: {type: text,", "state: {type: varchar(9),"),
        SHOP.replace("state: {type: text,", "state: {type: varchar(8),"),
        SHOP.replace("state: {type: text,", "state: {type: varchar(9),"),
    ),
]


@pytest.mark.parametrize(
    ("ours", "theirs", "both"),
    GOES_NOT_TOGETHER,
    ids=["renamed", "turned", "column", "dropped", "type"],
)
def test_branches_that_do_not_go_together(
    ours: str, theirs: str, both: str, project: Environment, database: str
) -> None:
    """Alembic may run either first. What the error proposes leads to the right history."""
    ids = fork(project, ours, theirs)
    directory = merge(project, ids)
    before = project.files()
    for arguments in ((), ("--check",), ("--dry-run",)):
        done = project.generate(*arguments, "--allow-data-loss", spec=both)
        refused(done, *ids, "branches were merged that do not go together", "delete")
    assert project.files() == before
    for path in (*directory.glob(f"{ids[1]}_*.py"), *directory.glob("*merge*.py")):
        path.unlink()
    project.generate("--allow-data-loss", spec=both)
    up_to_date(project.generate(spec=both))
    offline_sql.upgrade(database, directory)
    offline_sql.downgrade(database, directory)


def test_branches_that_touch_one_table_and_go_together(
    project: Environment, database: str
) -> None:
    ours = SHOP.replace(LINE, LINE + NOTE)
    theirs = SHOP.replace("[state]", "[email]").replace("default: new", "default: old")
    directory = merge(project, fork(project, ours, theirs))
    up_to_date(
        project.generate(
            spec=theirs.replace("default: old}\n", "default: old}\n" + NOTE)
        )
    )
    offline_sql.upgrade(database, directory)
    offline_sql.downgrade(database, directory)


def test_both_made_the_same_change(project: Environment) -> None:
    """The same change from the same parent is the same revision: nothing is to be merged."""
    edited = SHOP.replace(LINE, LINE + NOTE)
    ids = fork(project, edited, edited)
    assert ids[0] == ids[1]
    up_to_date(project.generate(spec=edited))


# --- Alembic's branches and locations ---------------------------------------------------


def test_a_branch_with_a_label(generic: Environment) -> None:
    """The revisions of a spec may sit on a branch of their own, beside another head."""
    generic.hand_written("aaaa1111")
    written(generic.generate("--head", "base", "--splice", "--branch-label", "shop"))
    edited = SHOP.replace(LINE, LINE + NOTE)
    path = written(generic.generate(spec=edited))
    assert generic.scripts().get_revision("shop@head").revision in path
    up_to_date(generic.generate(spec=edited))
    more = edited.replace(LINE, LINE + PHONE)
    again = written(generic.generate("--head", "shop@head", spec=more))
    assert generic.down_revision(again) in path
    more = more.replace("[state]", "[email]")
    refused(generic.generate("--head", "aaaa1111", spec=more), "leave --head out")


def test_a_location_of_its_own(generic: Environment) -> None:
    generic.configure(
        version_locations="%(here)s/migrations/versions;%(here)s/versions_shop",
        path_separator=";",
    )
    text = generic.ini.read_text("utf-8").replace("\npath_separator = os\n", "\n")
    generic.ini.write_text(text, encoding="utf-8")
    (generic.root / "versions_shop").mkdir()
    generic.hand_written("aaaa1111", "--version-path", "migrations/versions")
    options = ("--head", "base", "--version-path", "versions_shop")
    first = written(generic.generate(*options))
    assert first.startswith("versions_shop/")
    second = written(generic.generate(spec=SHOP.replace(LINE, LINE + NOTE)))
    assert second.startswith("versions_shop/")
    assert generic.down_revision(second) in first


def test_splice_and_dependency(generic: Environment, database: str) -> None:
    first = written(generic.generate())
    own = generic.down_revision(first)
    assert own is None
    generic.hand_written("aaaa1111")
    generic.hand_written("bbbb1111", "--head", "base", "--splice")
    edited = SHOP.replace(LINE, LINE + NOTE)
    path = written(
        generic.generate("--head", "aaaa1111", "--depends-on", "bbbb1111", spec=edited)
    )
    assert "depends_on" in (generic.root / path).read_text("utf-8")
    spliced = SHOP.replace(LINE, LINE + PHONE)
    path = written(generic.generate("--head", "aaaa1111", "--splice", spec=spliced))
    assert generic.down_revision(path) == "aaaa1111"
    offline_sql.upgrade(database, generic.versions)


# --- several specs in one history -------------------------------------------------------

BLOG = """\
name: blog
tables:
  posts:
    columns:
      id: {type: bigint, primary_key: true}
"""


def beside(project: Environment, spec: str, *arguments: str) -> Done:
    """Run the tool for the other spec."""
    name = project.spec(spec, "blog.yaml")
    return project.run(name, *arguments)


def test_specs_do_not_see_each_other(project: Environment, database: str) -> None:
    shop = written(project.generate())
    blog = written(beside(project, BLOG))
    up_to_date(project.generate())
    up_to_date(beside(project, BLOG))
    edited = SHOP.replace(LINE, LINE + NOTE)
    text = next_text(project, edited)
    assert "posts" not in text
    assert (project.root / blog).name.partition("_")[0] in text
    up_to_date(beside(project, BLOG))
    offline_sql.upgrade(database, (project.root / shop).parent)
    assert columns(database, "posts") == [("id", "bigint")]
