"""The command `explain`: what a finding means, by its code."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from gen_migration.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.rules.rule import Rule

WIDTH = 80


@click.command(name="explain", short_help="Say what the code of a finding means.")
@click.argument("code", required=False)
@options.flag("--markdown", help="All rules, as docs/rules.md has them.")
def command(code: str | None, markdown: bool) -> None:
    """Say what CODE (GM201) means and what to do instead; without it, list all codes."""
    from gen_migration.base.errors import Error, nearest
    from gen_migration.rules.registry import every

    rules = every()
    if markdown:
        if code is not None:
            raise click.UsageError("--markdown prints all rules: leave CODE out")
        click.echo(page(), nl=False)
    elif code is None:
        for one in rules.values():
            click.echo(f"{one.code}  {one.severity.value:<7}  {one.title}")
    elif code.upper() in rules:
        click.echo(explanation(rules[code.upper()]))
    else:
        raise Error(
            f'there is no finding "{code}"',
            hint=nearest(code, rules) or "gen-migration explain lists them all",
        )


def facts(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what is always true of what a rule finds, by its name."""
    from gen_migration.rules.rule import BLOCKS

    yield "Severity", rule.severity.value
    if rule.lock is not None:
        yield "Lock", f"{rule.lock.value}, which blocks {BLOCKS[rule.lock]}"
    if rule.work is not None:
        yield "Rows", f"{rule.work.value} of the table"
    if rule.breaks:
        yield "Breaks", "running code of the version before"
    yield "Instead", rule.instead


def explanation(rule: Rule) -> str:
    """Return a rule in full, for a terminal."""
    title, *rest = rule.text.split("\n\n")
    paragraphs = [f"{rule.code}: {title}", *(textwrap.fill(one, WIDTH) for one in rest)]
    listed = [
        textwrap.fill(
            f"{name + ':':<10}{text}", WIDTH, subsequent_indent=" " * len("Severity: ")
        )
        for name, text in facts(rule)
    ]
    return "\n\n".join([*paragraphs, "\n".join(listed)])


def page() -> str:
    """Return the page of all rules, in Markdown."""
    import jinja2

    from gen_migration.rules.registry import of_family

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gen_migration.templates", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Markdown, and all of it is ours
    )
    return environment.get_template("rules.md.j2").render(family=of_family, entry=entry)


def entry(rule: Rule) -> str:
    title, *rest = rule.text.split("\n\n")
    paragraphs = [f"### {rule.code}: {title.removesuffix('.')}"]
    paragraphs += [textwrap.fill(one, 100) for one in rest]
    listed = [
        textwrap.fill(f"- {name}: {text}", 100, subsequent_indent="  ")
        for name, text in facts(rule)
    ]
    return "\n\n".join([*paragraphs, "\n".join(listed)])
