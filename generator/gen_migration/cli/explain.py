"""The command `explain`: what a finding means, by its code."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.rules.rule import Rule

WIDTH = 80


@click.command(name="explain", short_help="Say what the code of a finding means.")
@click.argument("code", required=False)
@click.option("--markdown", is_flag=True, help="All rules, as docs/rules.md has them.")
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


ABOUT_DATA = """\
What an edit destroys, and what code of the version before trips over. They look at the operations
of an edit, and at nothing that is born in it.
"""
ABOUT_LOCKS = """\
What a statement of the upgrade does to those who use its table meanwhile. They look at the
statements that are really written: with `online: true` (the default) most of these hazards are
avoided, and are no findings; with `online: false` they are. A table that is born in the same edit,
or goes with it, is in nobody's use.
"""
ABOUT_DESIGN = """\
What is quickly written and hard to change. They look at what an edit adds or changes, in a new
table too; what is there already is nobody's finding.
"""
# Headings and introductions of the page, by the first digit of a code.
FAMILIES = {
    "1": ("Data and running code", ABOUT_DATA),
    "2": ("Locks, scans and rewrites", ABOUT_LOCKS),
    "3": ("Design", ABOUT_DESIGN),
    "0": ("Ignores", ""),
}
START = """\
# Findings

<!-- gen-migration explain --markdown > docs/rules.md -->

What a reviewer has to know of an edit. `gen-migration explain CODE` prints one of these entries.
`danger` stops production, `warning` may, and a `note` is something that somebody will regret.

A finding is left out by a line beside its object in the spec, with the reason:

```yaml
tables:
  colours:
    ignore: { GM201: the table has 40 rows }
```

It holds for the object and for what stands inside of it: that of a table for its columns and
indexes too. What is dropped stands in the spec no more: a dropped column, constraint or index is
its table's to ignore, anything else the spec's (`ignore` at the top, which is about dropped
objects alone). An `ignore` is a hint: neither the schema nor a revision changes with it.

No finding is needed for a name over 63 bytes, which PostgreSQL would cut so that two of them
collide: the spec is refused. Names that are left out are shortened with a hash.
"""


def page() -> str:
    """Return the page of all rules, in Markdown."""
    from gen_migration.rules.registry import of_family

    parts = [START]
    for digit, (heading, about) in FAMILIES.items():
        parts.append(f"## {heading}\n")
        if about:
            parts.append(about)
        parts += [entry(one) for one in of_family(digit)]
    return "\n".join(parts)


def entry(rule: Rule) -> str:
    title, *rest = rule.text.split("\n\n")
    paragraphs = [f"### {rule.code}: {title.removesuffix('.')}"]
    paragraphs += [textwrap.fill(one, 100) for one in rest]
    listed = [
        textwrap.fill(f"- {name}: {text}", 100, subsequent_indent="  ")
        for name, text in facts(rule)
    ]
    return "\n\n".join([*paragraphs, "\n".join(listed)]) + "\n"
