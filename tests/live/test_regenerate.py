"""After an edit of the spec: the next revision, and nothing but the difference."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cases import without_helpers
from environment import SHOP, Environment, refused, written
from gen_migration.history import offline_sql
from next_revisions import columns, next_text, up_to_date, upgrade

if TYPE_CHECKING:
    from pathlib import Path


EDITED = SHOP.replace(
    "      email: {type: text, unique: true}\n",
    "      email: {type: text, unique: true}\n"
    "      note: {type: text, nullable: true}\n",
)
STATEMENT = re.compile(r"\bop\.\w+")


def test_only_the_difference(project: Environment) -> None:
    first = written(project.generate())
    before = (project.root / first).read_bytes()
    text = next_text(project, EDITED)
    assert STATEMENT.findall(without_helpers(text)) == [
        "op.add_column",
        "op.drop_column",
    ]
    assert "Add column note to table customers" in text
    assert (project.root / first).read_bytes() == before
    assert len(project.files()) == 2


def test_nothing_changed(project: Environment) -> None:
    project.generate()
    before = project.files()
    for arguments in ((), ("--check",), ("--dry-run",), ("--sql",), ()):
        up_to_date(project.generate(*arguments))
    assert project.files() == before


def test_a_new_order_and_new_words_change_nothing(project: Environment) -> None:
    project.generate()
    other = SHOP.replace("state: {type: text,", "state: {type:   text, # kept\n       ")
    up_to_date(project.generate(spec=other.replace("Create the shop", "The shop")))


def test_check(project: Environment) -> None:
    done = project.generate("--check")
    assert (done.status, project.files()) == (1, [])
    assert done.stdout.startswith("create table customers\n")
    assert "shop.yaml: the history is behind the spec\n  hint: the same" in done.stderr
    project.generate()
    before = project.files()
    done = project.generate("--check", spec=EDITED)
    assert (done.status, done.stdout) == (1, "add column note to table customers\n")
    done = project.generate("--check", spec=SHOP.replace("type: text", "type: txt"))
    refused(done, "shop.yaml:", 'did you mean "text"?')
    assert project.files() == before


def test_check_says_from_what_to_what(project: Environment) -> None:
    project.generate()
    spec = SHOP.replace("state: {type: text, default: new}", "state: varchar(9)")
    done = project.generate("--check", spec=spec)
    assert (
        "change type of column customers.state from text to varchar(9)\n" in done.stdout
    )
    assert "change default of column customers.state from 'new' to none" in done.stdout
    assert done.status == 1


def test_a_spec_that_has_become_another(project: Environment) -> None:
    """Another name is another spec: its tables are new, and the old ones are not dropped."""
    project.generate()
    text = next_text(project, SHOP.replace("name: shop", "name: store"))
    assert 'op.create_table(\n        "customers"' in text
    assert "drop" not in upgrade(text)


@pytest.mark.parametrize(
    ("edit", "column"),
    [
        ('    op.add_column("orders", sa.Column("extra", sa.Text()))\n', "extra"),
        ('    op.execute("ALTER TABLE orders ADD COLUMN extra text")\n', "extra"),
        (
            "    op.execute(sa.text('ALTER TABLE orders ADD COLUMN extra text'))\n",
            "extra",
        ),
        (
            (
                '    with op.batch_alter_table("orders") as batch:\n'
                '        batch.add_column(sa.Column("extra", sa.Text()))\n'
            ),
            "extra",
        ),
        (
            (
                "    with op.get_context().autocommit_block():\n"
                '        op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS extra text")\n'
            ),
            "extra",
        ),
        (
            (
                '    for name in ("extra",):\n'
                '        op.add_column("orders", sa.Column(name, sa.Text()))\n'
            ),
            "extra",
        ),
    ],
)
def test_hand_written_column_is_seen(
    edit: str, column: str, project: Environment, database: str
) -> None:
    """The spec does not have it, so the next revision drops it; and the database agrees."""
    path = add_to_upgrade(project, edit)
    refused(project.generate(), f"this destroys column {column} of table orders")
    text = next_text(project, SHOP, "--allow-data-loss")
    assert f'op.drop_column("orders", "{column}")' in upgrade(text)
    offline_sql.upgrade(database, path)
    assert [name for name, _ in columns(database, "orders")] == ["customer_id", "id"]


def add_to_upgrade(project: Environment, edit: str) -> Path:
    """Write lines at the end of the first revision's upgrade(); return the directory."""
    path = project.root / written(project.generate())
    project.edit(path, "\n\n\ndef downgrade", f"\n{edit}\n\ndef downgrade")
    return path.parent


@pytest.mark.parametrize(
    ("edit", "follows"),
    [
        (
            '    op.create_index("ix_x", "orders", ["id"])\n',
            'op.drop_index(\n            op.f("ix_x")',
        ),
        (
            '    op.create_index("ix_x", "orders", ["id"], postgresql_concurrently=True)\n',
            'op.drop_index(\n            op.f("ix_x")',
        ),
        (
            '    op.drop_constraint("ck_customers_state", "customers")\n',
            "VALIDATE CONSTRAINT ck_customers_state",
        ),
        (
            '    op.alter_column("customers", "email", nullable=True)\n',
            "ALTER COLUMN email SET NOT NULL",
        ),
        (
            "    op.execute(\"COMMENT ON TABLE orders IS 'x'\")\n",
            'op.drop_table_comment("orders")',
        ),
        (
            '    op.rename_table("orders", "sales")\n',
            'op.create_table(\n            "orders"',
        ),
    ],
)
def test_hand_edit_is_undone_by_the_next(
    edit: str, follows: str, project: Environment
) -> None:
    add_to_upgrade(project, edit)
    assert follows in upgrade(next_text(project, SHOP, "--allow-data-loss"))
    up_to_date(project.generate())


@pytest.mark.parametrize(
    "edit",
    [
        '    op.execute("INSERT INTO orders (customer_id) VALUES (1)")\n',
        "    op.execute(\"UPDATE customers SET state = 'old'\")\n",
        '    op.bulk_insert(sa.table("orders", sa.column("id")), [{"id": 1}])\n',
        (
            '    t = sa.table("orders", sa.column("id"))\n'
            "    op.execute(sa.update(t).where(t.c.id == 1).values(id=2))\n"
        ),
        '    t = sa.table("orders", sa.column("id"))\n    op.execute(t.delete())\n',
        '    op.execute("GRANT SELECT ON orders TO PUBLIC")\n',
        '    op.execute("DO $$ BEGIN PERFORM 1; END $$")\n',
        '    print("said")\n',
    ],
)
def test_what_changes_rows_only_is_ignored(edit: str, project: Environment) -> None:
    add_to_upgrade(project, edit)
    up_to_date(project.generate())


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            "    op.execute(\"DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD x int'; END $$\")\n",
            ("a DO block that changes the schema",),
        ),
        ("    op.get_bind().execute(sa.text('SELECT 1'))\n", ("get_bind",)),
        ("    sa.inspect(op.get_bind()).get_columns('orders')\n", ("get_bind",)),
        ("    from myapp.models import Order\n", ("myapp",)),
        ("    op.execute(open('/nowhere.sql').read())\n", ("the name open",)),
        ('    op.execute("ALTER TABEL orders")\n', ("syntax error",)),
        ('    op.drop_column("orders", "nothing")\n', ("nothing",)),
        ('    op.execute("SELECT 1 AS x INTO other")\n', ("SELECT INTO",)),
        ("    raise ValueError('no')\n", ("ValueError", "no")),
        ("    op.no_such_thing()\n", ("no_such_thing",)),
    ],
)
def test_what_cannot_be_replayed(
    edit: str, words: tuple[str, ...], project: Environment
) -> None:
    directory = add_to_upgrade(project, edit)
    (path,) = directory.glob("*.py")
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(edit.splitlines()[-1])].count("\n") + 1
    before = project.files()
    for arguments in ((), ("--check",), ("--dry-run",)):
        done = project.generate(*arguments, spec=EDITED)
        refused(done, f"{path.name}:{line}: ", "\n  hint: ", *words)
    assert project.files() == before
