"""`gen-migration SPEC --rebase`: a branch's own revisions, written anew behind another's."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import pytest
from environment import SHOP, Environment, refused, revision_of, written
from gen_migration.history import offline_sql
from next_revisions import columns, up_to_date
from repositories import git

if TYPE_CHECKING:
    from collections.abc import Callable

STATE = "      state: {type: text, default: new}\n"
NOTE = "      note: {type: text, nullable: true}\n"
PHONE = "      phone: {type: text, nullable: true}\n"
KIND = "      kind: {type: text, default: {sql: 'gen_random_uuid()::text'}}\n"


def with_(*lines: str, spec: str = SHOP) -> str:
    return spec.replace(STATE, STATE + "".join(lines))


def commit(project: Environment, *branch: str) -> None:
    with contextlib.chdir(project.root):
        if branch:
            git("checkout", "--quiet", *branch)
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", "all")


def edit(project: Environment, spec: str) -> list[str]:
    """Write the revisions of an edit, and commit them; return their ids."""
    done = project.generate("--allow-data-loss", spec=spec)
    assert done.status == 0, done
    found = [revision_of(project.root / line) for line in done.stdout.splitlines()]
    commit(project)
    return found


def fork(
    project: Environment, ours: list[str], theirs: list[str], both: str
) -> tuple[list[str], list[str], str]:
    """Let two branches make edits, and merge `main` into ours; return the ids, and the first."""
    with contextlib.chdir(project.root):
        git("init", "--quiet", "--initial-branch", "main")
    (first,) = edit(project, SHOP)
    commit(project, "-b", "ours")
    mine = [one for spec in ours for one in edit(project, spec)]
    with contextlib.chdir(project.root):
        git("checkout", "--quiet", "main")
    others = [one for spec in theirs for one in edit(project, spec)]
    with contextlib.chdir(project.root):
        git("checkout", "--quiet", "ours")
        git("merge", "--quiet", "-X", "ours", "-m", "merge", "main")
    project.spec(both)
    commit(project)
    return mine, others, first


def versions(project: Environment) -> Path:
    return project.versions if project.ini.exists() else project.root / "output"


def ids(project: Environment) -> set[str]:
    return {revision_of(path) for path in versions(project).glob("*.py")}


def texts(project: Environment) -> dict[str, str]:
    return {
        revision_of(path): path.read_text("utf-8")
        for path in versions(project).glob("*.py")
    }


def rebased(project: Environment, both: str, *arguments: str) -> list[str]:
    """Rebase; return the ids of what was written."""
    done = project.generate("--rebase", *arguments, spec=both)
    assert done.status == 0, done
    return [revision_of(project.root / line) for line in done.stdout.splitlines()]


# --- the road ---------------------------------------------------------------------------


def test_the_same_edits_behind_the_others(project: Environment, database: str) -> None:
    """Each edit is one again, a backfill with it, in a straight line."""
    both = with_(NOTE, KIND, PHONE).replace("[state]", "[email]")
    mine, theirs, first = fork(
        project,
        [with_(NOTE), with_(NOTE, KIND)],
        [with_(PHONE), with_(PHONE).replace("[state]", "[email]")],
        both,
    )
    assert len(mine) == 3
    done = project.generate(spec=both)
    refused(done, "2 heads", '"alembic merge heads"', "gen-migration SPEC --rebase")
    before = texts(project)
    dry = project.generate("--rebase", "--dry-run", spec=both)
    assert dry.status == 0
    assert texts(project) == before
    done = project.generate("--rebase", spec=both)
    assert done.status == 0, done
    new = [revision_of(project.root / line) for line in done.stdout.splitlines()]
    assert len(new) == 3
    assert set(new).isdisjoint({*mine, *theirs})
    assert f"follow {theirs[-1]}, the head of main" in done.stderr
    assert f'"alembic downgrade {first}"' in done.stderr
    found = texts(project)
    assert found.keys() == {first, *theirs, *new}
    assert "\n\n".join(found[one] for one in new) == dry.stdout
    assert found[new[0]].startswith('"""Add column note to table customers\n')
    assert "gen_random_uuid()::text" in found[new[2]]
    up_to_date(project.generate(spec=both))
    offline_sql.upgrade(database, versions(project))
    assert {name for name, _ in columns(database, "customers")} >= {
        *("note", "kind", "phone"),
    }
    offline_sql.downgrade(database, versions(project))
    commit(project)
    done = project.generate("--rebase", spec=both)
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr.startswith("nothing to rebase: main has all revisions")


def test_after_alembic_merge(generic: Environment) -> None:
    """A merge that does nothing goes, and what followed it follows the others."""
    both = with_(NOTE, PHONE)
    mine, theirs, first = fork(generic, [with_(NOTE)], [with_(PHONE)], both)
    generic.alembic("merge", "-m", "merge", *mine, *theirs)
    commit(generic)
    after = both.replace("[state]", "[email]")
    mine += edit(generic, after)
    new = rebased(generic, after)
    assert ids(generic) == {first, *theirs, *new}
    up_to_date(generic.generate(spec=after))


def test_a_message_and_a_branch_that_is_named(project: Environment) -> None:
    with contextlib.chdir(project.root):
        git("init", "--quiet", "--initial-branch", "trunk")
    edit(project, SHOP)
    commit(project, "-b", "ours")
    written(project.generate("-m", "For ticket 7", spec=with_(NOTE)))
    commit(project)
    commit(project, "trunk")
    (theirs,) = edit(project, with_(PHONE))
    with contextlib.chdir(project.root):
        git("checkout", "--quiet", "ours")
        git("merge", "--quiet", "-X", "ours", "-m", "merge", "trunk")
    both = with_(NOTE, PHONE)
    project.spec(both)
    commit(project)
    refused(
        project.generate("--rebase", spec=both),
        "git has no branch origin/HEAD, main, master",
        "--base BRANCH",
    )
    refused(
        project.generate("--rebase", "--base", "--all", spec=both), "no branch --all"
    )
    (new,) = rebased(project, both, "--base", "trunk")
    text = texts(project)[new]
    assert text.startswith('"""For ticket 7\n')
    assert f"Revises: {theirs}\n" in text


def test_both_made_the_same_edit(project: Environment) -> None:
    """What the other branch has done as well is not done again."""
    both = with_(NOTE, PHONE)
    _, theirs, first = fork(project, [with_(NOTE), both], [with_(PHONE, NOTE)], both)
    done = project.generate("--rebase", spec=both)
    assert (done.status, done.stdout) == (0, ""), done
    assert "main has made the same edits" in done.stderr
    assert ids(project) == {first, *theirs}
    up_to_date(project.generate(spec=both))


RENAMED = SHOP.replace("  customers:\n", "  clients:\n    renamed_from: customers\n")
RENAMED = RENAMED.replace("customers.id", "clients.id")


def test_a_rename_whose_hint_has_gone(project: Environment, database: str) -> None:
    """The operations know it, whatever the spec says by now."""
    wide = RENAMED.replace("state: {type: text,", "state: {type: varchar(9),")
    fork(
        project,
        [RENAMED, wide.replace("    renamed_from: customers\n", "")],
        [SHOP + MORE],
        wide.replace("    renamed_from: customers\n", "") + MORE,
    )
    both = wide.replace("    renamed_from: customers\n", "") + MORE
    new = rebased(project, both)
    text = texts(project)[new[0]]
    assert 'op.rename_table("customers", "clients")' in text
    up_to_date(project.generate(spec=both))
    offline_sql.upgrade(database, versions(project))


MORE = "  tags:\n    columns:\n      id: {type: bigint, primary_key: true}\n"

# --- conflicts --------------------------------------------------------------------------

CONFLICTS = {
    "altered": (
        SHOP.replace("default: new}", "default: old}"),
        SHOP.replace("default: new}", "nullable: true}"),
        "change default of column customers.state",
    ),
    "added": (
        with_(NOTE),
        with_(NOTE.replace("text", "varchar(9)")),
        "add column note",
    ),
    "dropped": (
        SHOP.replace("[state]", "[email]"),
        SHOP.replace("      email: {type: text, unique: true}\n", ""),
        'unknown column "email"',
    ),
    "renamed": (with_(NOTE), RENAMED, "add column note"),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_conflicts_name_both_sides(generic: Environment, name: str) -> None:
    ours, theirs, words = CONFLICTS[name]
    mine, others, _ = fork(generic, [ours], [SHOP + MORE, theirs + MORE], ours + MORE)
    before = texts(generic)
    done = generic.generate("--rebase", spec=ours + MORE)
    refused(done, "both branches change the same", "this branch: ", words)
    for one in (mine[0], others[-1]):
        (path,) = versions(generic).glob(f"{one}_*.py")
        assert path.name in done.stderr
    assert texts(generic) == before


# --- what would be lost -----------------------------------------------------------------


def test_what_a_hand_has_written(generic: Environment) -> None:
    both = with_(NOTE, PHONE)
    mine, _, _ = fork(generic, [with_(NOTE)], [with_(PHONE)], both)
    (path,) = versions(generic).glob(f"{mine[0]}_*.py")
    generic.edit(path, "sa.Text()", "sa.String(90)")
    commit(generic)
    refused(generic.generate("--rebase", spec=both), "edited by hand", "--force")
    (new,) = rebased(generic, both, "--force")
    assert "sa.String(90)" in texts(generic)[new]


def test_a_backfill_that_the_spec_does_not_say_any_more(generic: Environment) -> None:
    filled = with_("      note: {type: text, backfill: email}\n")
    both = with_("      note: text\n", PHONE)
    fork(generic, [filled], [with_(PHONE)], both)
    before = texts(generic)
    done = generic.generate("--rebase", spec=both)
    refused(done, "it would not do this to rows: backfill: UPDATE customers SET note")
    assert texts(generic) == before
    rebased(generic, with_("      note: {type: text, backfill: email}\n", PHONE))


def test_a_revision_by_hand_in_between(generic: Environment) -> None:
    both = with_(NOTE, PHONE)
    mine, _, _ = fork(generic, [with_(NOTE)], [with_(PHONE)], both)
    generic.hand_written("aaaa1111", "--head", mine[0])
    commit(generic)
    refused(
        generic.generate("--rebase", spec=both),
        f"the revision aaaa1111 follows {mine[0]}, and is not of this spec",
    )


def test_a_database_that_has_them(project: Environment) -> None:
    both = with_(NOTE, PHONE)
    mine, _, first = fork(project, [with_(NOTE)], [with_(PHONE)], both)
    with databases.database() as url:
        offline_sql.upgrade(url, versions(project))
        before = texts(project)
        refused(
            project.generate("--rebase", "--dev-url", url, spec=both),
            f"the revision {mine[0]} is applied in the database of --dev-url",
            f"alembic downgrade {first}",
        )
        assert texts(project) == before
        offline_sql.downgrade(url, versions(project), first)
        rebased(project, both, "--dev-url", url)
        offline_sql.upgrade(url, versions(project))


class KilledError(BaseException):
    """A run ends here, as by SIGKILL."""


@pytest.mark.parametrize("step", range(4))
def test_an_interruption_is_finished(
    generic: Environment, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = with_(NOTE, PHONE).replace("[state]", "[email]")
    _, theirs, first = fork(
        generic,
        [with_(NOTE), with_(NOTE).replace("[state]", "[email]")],
        [with_(PHONE)],
        both,
    )
    left = step

    def until_killed(do: Callable[..., Any]) -> Callable[..., Any]:
        def done(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            if left == 0:
                raise KilledError
            left -= 1
            return do(*arguments, **options)

        return done

    with monkeypatch.context() as patch:
        from gen_migration.history.alembic_directory import AlembicDirectory

        restore = until_killed(AlembicDirectory.restore)
        patch.setattr(AlembicDirectory, "restore", restore)
        patch.setattr(Path, "unlink", until_killed(Path.unlink))
        with pytest.raises(KilledError):
            generic.generate("--rebase", spec=both)
    if step:
        refused(generic.generate(spec=both), "2 heads", "--rebase")
    new = rebased(generic, both)
    assert ids(generic) >= {first, *theirs, *new}
    assert len(ids(generic)) == len((first, *theirs)) + 2
    up_to_date(generic.generate(spec=both))


# --- options ----------------------------------------------------------------------------


def test_without_a_revision(project: Environment) -> None:
    refused(project.generate("--rebase"), "has no revision yet", "without --rebase")


def test_without_git(project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    written(project.generate())
    monkeypatch.setenv("GIT_DIR", str(project.root / "nothing"))
    refused(project.generate("--rebase"), "git has no branch")


@pytest.mark.parametrize("other", ["--amend", "--squash", "--check", "--message=a"])
def test_contradictions(generic: Environment, other: str) -> None:
    done = generic.generate("--rebase", other)
    assert done.status == 2
    assert "contradict each other" in done.stderr


def test_base_goes_with_it(generic: Environment) -> None:
    done = generic.generate("--base", "main")
    assert done.status == 2
    assert "--base goes with --rebase" in done.stderr


def test_two_branches_that_the_base_has_neither_of(project: Environment) -> None:
    """The hint of two heads leads here, and this one on."""
    with contextlib.chdir(project.root):
        git("init", "--quiet", "--initial-branch", "main")
    edit(project, SHOP)
    commit(project, "-b", "theirs")
    theirs = edit(project, with_(PHONE))
    with contextlib.chdir(project.root):
        git("checkout", "--quiet", "-b", "ours", "main")
    ours = edit(project, with_(NOTE))
    with contextlib.chdir(project.root):
        git("merge", "--quiet", "-X", "ours", "-m", "merge", "theirs")
    project.spec(both := with_(PHONE, NOTE))
    commit(project)
    done = project.generate("--rebase", spec=both)
    heads = ", ".join(sorted([*ours, *theirs]))
    refused(done, f"2 heads that all follow main: {heads}", "--base BRANCH")
    done = project.generate("--rebase", "--base", "theirs", spec=both)
    assert f"follows {theirs[0]}, the head of theirs" in done.stderr, done
