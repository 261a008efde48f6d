"""The command `explain`: what a finding means, by its code."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from gen_migration import api
from gen_migration.base.errors import Error, nearest
from gen_migration.cli import options, talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.api import Rule, Rules

WIDTH = 80


@click.command(name="explain", short_help="Say what the code of a finding means.")
@click.argument("code", required=False, shell_complete=options.codes)
@options.flag("--markdown", help="All rules, as docs/rules.md has them.")
def command(code: str | None, markdown: bool) -> None:
    """Say what CODE (GM201) means and what to do instead; without it, list all codes.

    Rules and levels of [tool.gen-migration] in pyproject.toml are among them; its modules are
    run.

    \b
    Example:
      gen-migration explain GM201
    """  # noqa: D301 - a backspace is what click asks for
    if markdown:
        if code is not None:
            raise click.UsageError("--markdown prints all rules: leave CODE out")
        talk.echo(page(), nl=False)
        return
    with api.rules(api.configuration()) as rules:
        by_code = rules.by_code
        if code is None:
            width = max(map(len, by_code))
            for one in by_code.values():
                level = level_of(rules, one)
                talk.say(f"{one.code:<{width}}  {level:<7}  {one.title}", err=False)
        elif code.upper() in by_code:
            talk.echo(explanation(by_code[code.upper()], rules))
        else:
            raise Error(
                f'there is no finding "{code}"',
                hint=nearest(code, by_code) or "gen-migration explain lists them all",
            )


def level_of(rules: Rules, rule: Rule) -> str:
    """Return the level that a rule has here, which may be that it is off."""
    here = rules.here(rule)
    return "off" if here is None else here.severity.value


def facts(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield what is always true of what a rule finds, by its name."""
    yield "Severity", rule.severity.value
    if rule.lock is not None:
        yield "Lock", f"{rule.lock.value}, which blocks {rule.blocks}"
    if rule.work is not None:
        yield "Rows", rule.work.text
    if rule.breaks:
        yield "Breaks", "running code of the version before"
    yield "Instead", rule.instead


def explanation(rule: Rule, rules: Rules) -> str:
    """Return a rule in full, for a terminal; with the level that it has here."""
    title, *rest = rule.text.split("\n\n")
    paragraphs = [f"{rule.code}: {title}", *(textwrap.fill(one, WIDTH) for one in rest)]
    listed = [
        textwrap.fill(
            f"{name + ':':<10}{text}", WIDTH, subsequent_indent=" " * len("Severity: ")
        )
        for name, text in [*facts(rule), *here(rule, rules)]
    ]
    return "\n\n".join([*paragraphs, "\n".join(listed)])


def here(rule: Rule, rules: Rules) -> Iterator[tuple[str, str]]:
    """Yield the level of `pyproject.toml` and its reason, where it has one."""
    if rule.code in rules.levels:
        reason = rules.levels[rule.code].reason
        level = level_of(rules, rule)
        yield "Here", f"{level}: {reason}" if reason else level


def page() -> str:
    """Return the page of all rules, in Markdown."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gen_migration.templates", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Markdown, and all of it is ours
    )
    return environment.get_template("rules.md.j2").render(
        family=api.Rules().of_family, entry=entry
    )


def entry(rule: Rule) -> str:
    title, *rest = rule.text.split("\n\n")
    paragraphs = [f"### {rule.code}: {title.removesuffix('.')}"]
    paragraphs += [textwrap.fill(one, 100) for one in rest]
    listed = [
        textwrap.fill(f"- {name}: {text}", 100, subsequent_indent="  ")
        for name, text in facts(rule)
    ]
    return "\n\n".join([*paragraphs, "\n".join(listed)])
