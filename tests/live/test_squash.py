"""`gen-migration SPEC --squash`: one revision that builds what many have built."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import pytest
from alembic_batch import driver_url
from environment import (
    SHOP,
    Environment,
    as_superuser,
    environment,
    forked,
    refused,
    revision_of,
    written,
)
from gen_migration.base.files import replace_file
from gen_migration.history import migrate
from gen_migration.history.target import find_target
from gen_migration.scratch import databases as scratch
from gen_migration.workflows import squash
from next_revisions import up_to_date
from repositories import git

if TYPE_CHECKING:
    from collections.abc import Callable

    from environment import Done
    from gen_migration.history.revision import Directory

STATE = "      state: {type: text, default: new}\n"
NOTE = SHOP.replace(STATE, f"{STATE}      note: {{type: text, nullable: true}}\n")
TEXT = NOTE.replace("note: {", "text: {renamed_from: note, ")
WIDE = TEXT.replace("renamed_from: note, type: text", "type: varchar(90)")


def commit(project: Environment) -> None:
    """Let git have all files as they are."""
    with contextlib.chdir(project.root):
        git("init", "--quiet")
        git("add", "--all")
        git("commit", "--quiet", "--allow-empty", "-m", "all")


def ids(project: Environment, *specs: str) -> list[str]:
    """Write a revision for each spec; return their ids."""
    found = [
        revision_of(
            project.root / written(project.generate("--allow-data-loss", spec=one))
        )
        for one in specs
    ]
    commit(project)
    return found


def squashed(project: Environment, *arguments: str, spec: str = WIDE) -> list[Path]:
    """Squash; return the files that were written."""
    done = project.generate("--squash", *arguments, spec=spec)
    assert done.status == 0, done
    return [project.root / line for line in done.stdout.splitlines()]


def target(project: Environment) -> Directory:
    with contextlib.chdir(project.root):
        return find_target(None, None, project.root, {}).open()


def upgrade(url: str, project: Environment, to: str = "heads") -> None:
    with contextlib.chdir(project.root):
        migrate.upgrade(url, target(project), to)


def downgrade(url: str, project: Environment, to: str = "base") -> None:
    with contextlib.chdir(project.root):
        migrate.downgrade(url, target(project), to)


def at(url: str) -> list[str]:
    with scratch.connect(url) as connection:
        query = "SELECT version_num FROM alembic_version ORDER BY 1"
        return [one for (one,) in connection.execute(query)]


def contents(project: Environment) -> dict[str, bytes]:
    return {name: (project.root / name).read_bytes() for name in project.files()}


# --- what is written --------------------------------------------------------------------


def test_one_for_three(project: Environment) -> None:
    """A database at the newest or later needs nothing; a new one is built by the one."""
    first, second, third = ids(project, SHOP, NOTE, TEXT)
    with databases.database() as old, databases.database() as new:
        upgrade(old, project)
        (path,) = squashed(project, spec=TEXT)
        left = [one for one in project.files() if one.endswith(".py")]
        assert left == [str(path.relative_to(project.root))]
        text = path.read_text("utf-8")
        assert revision_of(path) == third
        assert "down_revision: str | Sequence[str] | None = None\n" in text
        assert f'replaces: Sequence[str] = ("{first}", "{second}")\n' in text
        assert text.startswith('"""Create the shop.\n')
        assert "It takes the place of 2 revisions before it" in text
        assert "rename" not in text.partition("def upgrade")[2].partition("def down")[0]
        commit(project)
        done = project.generate("--squash", spec=TEXT)
        assert (done.status, done.stdout) == (0, "")
        assert done.stderr == "nothing to squash: shop.yaml\n"
        up_to_date(project.generate("--check", spec=TEXT))
        upgrade(old, project)
        assert at(old) == [third]
        (next_one,) = ids(project, WIDE)
        for url in (old, new):
            upgrade(url, project)
            assert at(url) == [next_one]
            downgrade(url, project)
            assert at(url) == []


def test_a_squash_of_squashes(project: Environment) -> None:
    every = ids(project, SHOP, NOTE)
    squashed(project, spec=NOTE)
    every += ids(project, TEXT, WIDE)
    (path,) = squashed(project)
    assert f"replaces: Sequence[str] = {tuple(every[:-1])!r}".replace("'", '"') in (
        path.read_text("utf-8")
    )
    assert revision_of(path) == every[-1]


def test_a_dry_run_writes_nothing(project: Environment) -> None:
    ids(project, SHOP, NOTE)
    before = contents(project)
    done = project.generate("--squash", "--dry-run", spec=NOTE)
    assert done.status == 0
    assert contents(project) == before
    (path,) = squashed(project, spec=NOTE)
    assert path.read_text("utf-8") == done.stdout


def test_up_to(project: Environment) -> None:
    first, second, third = ids(project, SHOP, NOTE, TEXT)
    (path,) = squashed(project, "--up-to", second[:5], "-m", "So far", spec=TEXT)
    assert revision_of(path) == second
    text = path.read_text("utf-8")
    assert text.startswith('"""So far\n')
    assert f'replaces: Sequence[str] = ("{first}",)\n' in text
    assert len(project.files()) == 2
    up_to_date(project.generate(spec=TEXT))
    refused(
        project.generate("--squash", "--up-to", "nosuch", spec=TEXT),
        "--up-to nosuch is no revision of the spec",
        third,
    )


def test_postgresql_16(project: Environment) -> None:
    ids(project, SHOP, NOTE, TEXT)
    url = scratch.server(16).get_uri()
    (path,) = squashed(project, "--dev-url", url, spec=TEXT)
    assert path.exists()


# --- what others have written -----------------------------------------------------------

ROWS = "op.execute(\"INSERT INTO customers (email, note) VALUES ('a', 'b')\")"


def test_a_revision_by_hand_in_between(generic: Environment) -> None:
    """It stays where it is, with what it does to rows; what is before it keeps its id."""
    first, second = ids(generic, SHOP, NOTE)
    hand = generic.hand_written("aaaa1111")
    text = hand.read_text("utf-8").replace("pass", ROWS, 1)
    hand.write_text(text, encoding="utf-8")
    third, fourth = ids(generic, TEXT, WIDE)
    done = generic.generate("--squash", spec=WIDE)
    assert done.status == 0, done
    assert "stays a revision of its own: aaaa1111" in done.stderr
    assert [revision_of(generic.root / one) for one in done.stdout.split()] == [
        second,
        fourth,
    ]
    assert hand.read_text("utf-8") == text
    assert generic.down_revision(done.stdout.split()[1]) == "aaaa1111"
    up_to_date(generic.generate(spec=WIDE))
    with databases.database() as url:
        upgrade(url, generic)
        with scratch.connect(url) as connection:
            query = "SELECT email, text FROM customers"
            assert connection.execute(query).fetchall() == [("a", "b")]
        downgrade(url, generic, second)
        assert at(url) == [second]
    assert {first, third}.isdisjoint(at_files(generic))


def test_one_by_hand_at_the_end(generic: Environment) -> None:
    """It follows what it has followed, and there is nothing to say."""
    every = ids(generic, SHOP, NOTE)
    generic.hand_written("aaaa1111")
    commit(generic)
    done = generic.generate("--squash", spec=NOTE)
    assert done.status == 0
    assert "aaaa1111" not in done.stderr
    (child,) = generic.scripts().get_revisions("aaaa1111")
    assert child.down_revision == every[1]


def at_files(project: Environment) -> set[str]:
    return {one.revision for one in project.scripts().walk_revisions()}


def test_branches_labels_and_dependencies(generic: Environment) -> None:
    """A merge that does nothing goes along; what somebody depends on keeps its id."""
    generic.hand_written("aaaa1111", "--branch-label", "base_data")
    options = ("--head", "base", "--splice", "--branch-label", "shop")
    first = revision_of(generic.root / written(generic.generate(*options)))
    more = ("--head", "shop@head", "--depends-on", "aaaa1111")
    second = revision_of(generic.root / written(generic.generate(*more, spec=NOTE)))
    generic.hand_written("bbbb1111", "--head", "base_data@head", "--depends-on", first)
    commit(generic)
    # The first is depended on, and the second alone is left.
    done = generic.generate("--squash", spec=NOTE)
    assert done.status == 0
    assert done.stderr.splitlines()[-1] == "nothing to squash: shop.yaml"
    assert "bbbb1111" in done.stderr
    written(generic.generate("--head", "shop@head", spec=TEXT))
    commit(generic)
    (path,) = squashed(generic, spec=TEXT)
    script = generic.scripts().get_revision(revision_of(path))
    assert script is not None
    assert script.down_revision == first
    assert script.dependencies == "aaaa1111"
    assert "shop" in script.branch_labels
    assert second not in at_files(generic)


def test_a_merge_that_does_nothing(project: Environment) -> None:
    """Two developers, and the merge of their branches, are one revision."""
    ids(project, SHOP)
    other = environment(project.root.parent / "other")
    phone = "      phone: {type: text, nullable: true}\n"
    versions = project.versions if project.ini.exists() else project.root / "output"
    if not project.ini.exists():
        other.ini.unlink()
        (other.root / "output").mkdir()
    there = other.versions if other.ini.exists() else other.root / "output"
    for path in versions.glob("*.py"):
        (there / path.name).write_bytes(path.read_bytes())
    ours = project.root / written(project.generate(spec=NOTE))
    theirs = other.root / written(
        other.generate(spec=SHOP.replace(STATE, STATE + phone))
    )
    (versions / theirs.name).write_bytes(theirs.read_bytes())
    both = tuple(sorted(map(revision_of, (ours, theirs))))
    (versions / "merge.py").write_text(
        f'revision: str = "merge1"\ndown_revision = {both!r}\n\n\ndef upgrade():\n    pass\n\n\n'
        "def downgrade():\n    pass\n",
        encoding="utf-8",
    )
    commit(project)
    spec = NOTE.replace(STATE, STATE + phone)
    up_to_date(project.generate(spec=spec))
    (path,) = squashed(project, spec=spec)
    assert revision_of(path) == "merge1"
    assert [project.root / one for one in project.files() if one.endswith(".py")] == [
        path
    ]
    up_to_date(project.generate(spec=spec))


def test_parts_of_an_edit_stay_together(project: Environment) -> None:
    indexed = SHOP.replace("[state]\n", "[state]\n      ix_email: [email]\n")
    added = indexed.replace(STATE, f"{STATE}      note: {{type: text, default: x}}\n")
    written(project.generate())
    done = project.generate(spec=added)
    one, other = (revision_of(project.root / line) for line in done.stdout.split())
    commit(project)
    refused(
        project.generate("--squash", "--up-to", one, spec=added),
        f"the revisions {one} and {other} are parts of one edit",
        "--up-to the last part",
    )
    (path,) = squashed(project, "--up-to", other, spec=added)
    assert revision_of(path) == other


def test_what_adopted_a_history_stays(generic: Environment) -> None:
    """What comes after it is one revision; what revisions by hand have built is not built again."""
    spec = "name: shop\ntables:\n  t:\n    columns:\n      id: integer\n"
    hand = generic.hand_written("aaaa1111")
    text = hand.read_text("utf-8")
    text = text.replace("pass", 'op.execute("CREATE TABLE t (id integer NOT NULL)")', 1)
    hand.write_text(text.replace("pass", 'op.drop_table("t")', 1), encoding="utf-8")
    adopting = revision_of(
        generic.root / written(generic.generate("--adopt", spec=spec))
    )
    later = [f"{spec}      a: {{type: text, nullable: true}}\n"]
    later.append(f"{later[0]}      b: {{type: text, nullable: true}}\n")
    every = ids(generic, *later)
    (path,) = squashed(generic, spec=later[1])
    assert generic.down_revision(str(path.relative_to(generic.root))) == adopting
    assert at_files(generic) == {"aaaa1111", adopting, every[1]}
    up_to_date(generic.generate(spec=later[1]))


def test_a_squash_is_not_amended(project: Environment) -> None:
    """Databases have it that have run what was there before."""
    ids(project, SHOP, NOTE)
    squashed(project, spec=NOTE)
    done = project.generate("--amend", "--force", spec=TEXT)
    refused(done, "takes the place of others, and cannot be amended", "without --amend")


# --- what would be lost -----------------------------------------------------------------


def test_work_on_rows_has_to_be_named(project: Environment) -> None:
    filled = SHOP.replace(STATE, f"{STATE}      note: {{type: text, backfill: x}}\n")
    written(project.generate())
    done = project.generate(spec=filled)
    commit(project)
    last = revision_of(project.root / done.stdout.split()[-1])
    before = contents(project)
    done = project.generate("--squash", spec=filled)
    refused(
        done,
        f"leave out what {last} does to rows: backfill: UPDATE customers SET note",
        f"--drop-data {last}",
    )
    # It is done twice, before and after a check is added.
    assert done.stderr.count("does to rows: backfill: UPDATE") == 1
    assert contents(project) == before
    (path,) = squashed(project, "--drop-data", last, spec=filled)
    text = path.read_text("utf-8")
    assert text.count(f"- {last}: backfill: UPDATE customers SET note") == 1


@pytest.mark.parametrize(
    "code",
    [
        "op.execute(\"INSERT INTO customers (email) VALUES ('a')\")",
        "op.execute('CREATE ROLE gm_squash')",
        "op.execute(\"DO 'BEGIN PERFORM pg_sleep(0); END'\")",
        'op.bulk_insert(sa.table("customers"), [])',
    ],
)
def test_what_a_hand_added(generic: Environment, code: str) -> None:
    ids(generic, SHOP, NOTE)
    (path,) = (one for one in generic.versions.glob("*.py") if "note" in one.name)
    generic.edit(
        path, "def upgrade() -> None:\n", f"def upgrade() -> None:\n    {code}\n"
    )
    commit(generic)
    refused(
        generic.generate("--squash", spec=NOTE), "edited by hand", "--force", "loses"
    )
    done = generic.generate("--squash", "--force", spec=NOTE)
    refused(done, "does to rows: ", f"{path.name}:", "--drop-data")


def test_what_git_does_not_have(project: Environment) -> None:
    ids(project, SHOP)
    written(project.generate(spec=NOTE))
    before = contents(project)
    done = project.generate("--squash", spec=NOTE)
    refused(done, "git does not have as they are", "note", "commit them first")
    assert contents(project) == before
    squashed(project, "--force", spec=NOTE)


def test_without_git(project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    written(project.generate())
    written(project.generate(spec=NOTE))
    monkeypatch.setenv("GIT_DIR", str(project.root / "nothing"))
    refused(project.generate("--squash", spec=NOTE), "git does not have as they are")


OTHERS = SHOP.replace("tables:\n", "external:\n  others: {id: bigint}\ntables:\n")


def test_what_only_a_database_sees(generic: Environment) -> None:
    """What a hand did to tables of others is no part of the spec's state, and would be lost."""
    hand = generic.hand_written("aaaa1111")
    text = hand.read_text("utf-8")
    text = text.replace("pass", 'op.execute("CREATE TABLE others (id bigint)")', 1)
    text = text.replace("pass", 'op.execute("DROP TABLE others")', 1)
    hand.write_text(text, encoding="utf-8")
    ids(generic, OTHERS)
    spec = OTHERS.replace(STATE, f"{STATE}      note: {{type: text, nullable: true}}\n")
    path = generic.root / written(generic.generate(spec=spec))
    generic.edit(
        path,
        "def upgrade() -> None:\n",
        'def upgrade() -> None:\n    op.create_index("ix_others", "others", ["id"])\n',
    )
    generic.edit(
        path,
        "def downgrade() -> None:\n",
        'def downgrade() -> None:\n    op.drop_index("ix_others", "others")\n',
    )
    commit(generic)
    before = contents(generic)
    done = generic.generate("--squash", "--force", spec=spec)
    assert done.status == 1
    assert "-    ix_others: [id]" in done.stdout
    assert "nothing is written" in done.stderr
    assert contents(generic) == before


# --- interruptions ----------------------------------------------------------------------


class KilledError(BaseException):
    """A run ends here, as by SIGKILL."""


@pytest.mark.parametrize("step", range(4))
def test_an_interruption_leaves_what_can_be_told(
    generic: Environment, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are replaced, then given a name, then deleted: whatever stops it, it goes on."""
    every = ids(generic, SHOP, NOTE, TEXT)
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
        patch.setattr(squash, "replace_file", until_killed(replace_file))
        for name in ("rename", "unlink"):
            patch.setattr(Path, name, until_killed(getattr(Path, name)))
        with pytest.raises(KilledError):
            generic.generate("--squash", spec=TEXT)
    if step == 0:
        assert len(at_files(generic)) == 3
        squashed(generic, spec=TEXT)
    else:
        for arguments in ((), ("--check",), ("--amend",)):
            refused(
                generic.generate(*arguments, spec=TEXT),
                f"the squash {every[2]} has taken the place of what is still there",
                "--squash deletes",
            )
        finished = generic.generate("--squash", spec=TEXT)
        assert finished.status == 0
        assert finished.stderr.startswith("deleted: ")
    assert at_files(generic) == {every[2]}
    up_to_date(generic.generate(spec=TEXT))


# --- databases and branches in between --------------------------------------------------

CHECK = "        refuse_replaced(context)\n"


def test_a_database_in_between_is_told(generic: Environment) -> None:
    """Alembic cannot locate its revision; with two lines in env.py it says what to do."""
    first, second = ids(generic, SHOP, NOTE)
    env = generic.root / "migrations" / "env.py"
    with databases.database() as url:
        generic.edit(
            generic.ini,
            "driver://user:pass@localhost/dbname",
            driver_url(url, "psycopg"),
        )
        upgrade(url, generic, first)
        squashed(generic, spec=NOTE)
        done = forked(["alembic", "upgrade", "head"], generic.root)
        assert done.status != 0
        asked = forked(["gen-migration", "doctor", url], generic.root)
        assert f"error the database is at {first}: " in asked.stdout
        assert "with the last release that still has" in asked.stdout
        assert f"Can't locate revision identified by '{first}'" in done.stderr
        begin = "        with context.begin_transaction():\n            context.run_migrations()\n"
        text = env.read_text("utf-8")
        online = text.index("def run_migrations_online")
        assert begin in text[online:]
        text = text[:online] + text[online:].replace(begin, CHECK + "\n" + begin)
        env.write_text(
            "from gen_migration.api import refuse_replaced\n" + text,
            encoding="utf-8",
        )
        done = forked(["alembic", "upgrade", "head"], generic.root)
        assert done.status != 0
        assert f"the database is at revision {first}, which the squash {second}" in (
            done.stderr + done.stdout
        )
        assert "with the last release that still has" in done.stderr + done.stdout
        assert "Traceback" not in done.stderr
        with scratch.connect(as_superuser(url)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = %s", [second])
        assert forked(["alembic", "upgrade", "head"], generic.root).status == 0
        assert forked(["alembic", "upgrade", "head", "--sql"], generic.root).status == 0


def test_what_follows_a_revision_that_is_gone(generic: Environment) -> None:
    """Another branch goes on behind one that went into the squash."""
    first, second = ids(generic, SHOP, NOTE)
    hand = generic.hand_written("aaaa1111", "--head", first, "--splice")
    text = hand.read_text("utf-8")
    hand.unlink()
    squashed(generic, spec=NOTE)
    hand.write_text(text, encoding="utf-8")
    refused(
        generic.generate(spec=NOTE),
        f"the revision aaaa1111 follows {first}, which is not there",
        f"{first} went into the squash {second}",
    )


def test_a_merge_that_brings_a_file_back(generic: Environment) -> None:
    ids(generic, SHOP, NOTE)
    kept = contents(generic)
    squashed(generic, spec=NOTE)
    (name,) = (one for one in kept if "note" not in one and one.endswith(".py"))
    path = generic.root / name
    path.write_bytes(kept[name])
    generic.edit(path, "sa.Text()", "sa.String(90)")
    refused(generic.generate(spec=NOTE), "what is still there", "delete them")
    refused(generic.generate("--squash", spec=NOTE), "edited by hand")
    assert path.exists()


# --- options ----------------------------------------------------------------------------


def test_without_a_revision(project: Environment) -> None:
    refused(project.generate("--squash"), "has no revision yet", "without --squash")


@pytest.mark.parametrize(
    "other", ["--amend", "--adopt", "--check", "--sql", "--verify", "--head=base"]
)
def test_contradictions(generic: Environment, other: str) -> None:
    done: Done = generic.generate("--squash", other)
    assert done.status == 2
    assert "contradict each other" in done.stderr


@pytest.mark.parametrize("option", ["--up-to", "--drop-data"])
def test_what_goes_with_it(generic: Environment, option: str) -> None:
    done = generic.generate(option, "abc")
    assert done.status == 2
    assert f"{option} goes with --squash" in done.stderr
