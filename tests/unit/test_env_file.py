"""How `env.py` connects: what has to change is told, with its line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from environment import SHOP, Environment, environment
from gen_migration.history.env_file import begun

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Environment:
    project = environment(tmp_path / "project")
    env = project.root / "migrations" / "env.py"
    project.edit(env, "with connectable.connect() as", "with connectable.begin() as")
    return project


def line_of(project: Environment) -> int:
    text = (project.root / "migrations" / "env.py").read_text("utf-8")
    return text[: text.index("connectable.begin()")].count("\n") + 1


@pytest.mark.parametrize("options", [(), ("--verify",)])
def test_generate_says_what_to_change(
    options: tuple[str, ...], shop: Environment
) -> None:
    done = shop.generate(*options)
    assert done.status == 0, done
    said = f"note: migrations/env.py:{line_of(shop)}: connectable.begin() holds all"
    assert said in done.stderr
    assert "hint: write connectable.connect() in its place" in done.stderr
    assert "env.py" not in shop.generate().stderr


def test_verify_and_adopt_say_it_too(shop: Environment) -> None:
    assert shop.generate().status == 0
    said = f"note: migrations/env.py:{line_of(shop)}: connectable.begin()"
    name = shop.spec(SHOP)
    assert said in shop.run("verify", name).stderr
    (path,) = shop.versions.glob("*.py")
    text = path.read_text("utf-8")
    lines = [one for one in text.splitlines() if not one.startswith("# gen-migration:")]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    adopted = shop.run(name, "--adopt")
    assert adopted.status == 0, adopted
    assert said in adopted.stderr


@pytest.mark.parametrize(
    "template", ["generic", "async", "pyproject", "pyproject_async"]
)
def test_the_templates_of_alembic_connect_well(template: str, tmp_path: Path) -> None:
    project = environment(tmp_path / "project", template)
    assert "env.py" not in project.generate().stderr


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("with e.begin() as c:\n    context.configure(connection=c)", [(1, "e")]),
        (
            (
                "def go(c): context.run_migrations()\n"
                "def other(c): go(c)\n"
                "async def f():\n"
                "    async with get().begin() as c:\n        await c.run_sync(other)"
            ),
            [(4, "get()")],
        ),
        ("with e.begin() as c:\n    c.execute('CREATE SCHEMA s')", []),
        ("with e.connect() as c:\n    context.configure(connection=c)", []),
        (
            (
                "def f():\n    c = e.connect()\n    context.configure(connection=c)\n"
                "    if c:\n        t = c.begin()\n    context.run_migrations()\n    t.commit()"
            ),
            [(5, "c")],
        ),
        (
            "with e.connect() as c, c.begin():\n    context.configure(connection=c)",
            [(1, "c")],
        ),
        (
            (
                "with e.connect() as c:\n    context.configure(connection=c)\n"
                "    with context.begin_transaction():\n        context.run_migrations()"
            ),
            [],
        ),
    ],
)
def test_what_is_looked_for(text: str, found: list[tuple[int, str]]) -> None:
    assert [(line, name) for line, name, _ in begun(ast.parse(text))] == found
