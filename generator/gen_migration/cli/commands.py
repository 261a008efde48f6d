"""The command line. It parses, calls and prints; what it imports, it imports where it is used."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gen_migration import api
from gen_migration.base import progress, signals
from gen_migration.base.errors import Error, nearest
from gen_migration.cli import options, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

FAILED = 2


# Commands that live in a module of their own, imported when one is called; each module has it
# as `command`.
ELSEWHERE = {
    "completion": "completion",
    "diagram": "diagram",
    "diff": "diff",
    "docs": "docs",
    "doctor": "doctor",
    "explain": "explain",
    "format": "format",
    "generate": "generate",
    "import": "import_",
    "init": "init",
    "models": "models",
    "stats": "stats",
    "status": "status",
    "verify": "verify",
}

# Commands of Alembic's, which runs what this tool writes.
ALEMBICS = frozenset(
    "branches current downgrade edit ensure_version heads history list_templates merge revision"
    " show stamp upgrade".split()
)
# Options of `generate` with which it writes no revision.
WRITES_NOTHING = frozenset(("--check", "--dry-run", "--sql"))


class Commands(click.Group):
    """`gen-migration SPEC` is `gen-migration generate SPEC`, and an Error is no traceback.

    `writes` says that the command may write a revision.
    """

    writes = False

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name before a spec."""
        if ctx.resilient_parsing and not args:  # a shell asks what may follow
            return super().parse_args(ctx, args)
        own = {"--help", "-h", "--version", *self.commands, *ELSEWHERE}
        if args and args[0] not in own:
            if not ctx.resilient_parsing:
                self.refuse_misspelt(ctx, args[0])
            args = ["generate", *args]
        elif not args:
            args = ["generate"] if has_specs() else ["--help"]
        self.writes = args[:1] == ["generate"] and WRITES_NOTHING.isdisjoint(args)
        return super().parse_args(ctx, args)

    def refuse_misspelt(self, ctx: click.Context, word: str) -> None:
        """Raise Error where what stands in the place of a spec is no spec, and what is meant."""
        path = Path(word)
        if (
            word.startswith("-")
            or path.suffix
            or path.name != word
            or os.path.exists(path)  # noqa: PTH110 - a path that is too long is no file
        ):
            return
        commands = sorted({*self.commands, *ELSEWHERE})
        begun = [one for one in commands if one.startswith(word)]
        generate = self.get_command(ctx, "generate")
        options = generate.params if generate is not None else ()
        if word in ALEMBICS:
            near = f"it is one of Alembic's, which runs revisions: alembic {word}"
        elif any(f"--{word}" in one.opts for one in options):
            near = f"it is an option: gen-migration SPEC --{word}"
        elif len(begun) == 1:
            near = f'did you mean "{begun[0]}"?'
        else:
            near = nearest(word, commands)
        if near:
            raise Error(f'no such command or file: "{word}"', hint=near)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported where it lives elsewhere."""
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        from importlib import import_module

        module = import_module(f"gen_migration.cli.{ELSEWHERE[cmd_name]}")
        found: click.Command = module.command
        return found

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Return what may stand first: commands, specs, and options of `generate`."""
        from gen_migration.cli import completions

        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            command = self.get_command(ctx, "generate")
            assert command is not None  # noqa: S101 - it is listed
            with command.make_context(
                "generate", [], parent=ctx, resilient_parsing=True
            ) as own:
                return [*found, *command.shell_complete(own, incomplete)]
        return [*found, *completions.specs(incomplete)]

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run, and leave the process with 0, 2 for an error, or 130 after Ctrl-C (SIGTERM: 143)."""
        extra["standalone_mode"] = False
        try:
            with signals.raised(), progress.heard_by(talk.progress):
                status = super().main(args=args, **extra)
        except Error as error:
            talk.say_error(error)
            status = FAILED
        except click.ClickException as error:
            talk.say_refusal(error)
            status = FAILED
        except (click.Abort, KeyboardInterrupt) as error:
            interrupt = error.__cause__ or error  # click raises Abort from it
            message = "interrupted"
            if self.writes:
                message += "; a revision is written whole or not at all"
            talk.say("\n".join([message, *talk.notes(interrupt)]))
            status = signals.status(interrupt)
        except OSError as error:
            talk.say(f"error: {error.filename or 'output'}: {error.strerror}")
            status = FAILED
        sys.exit(status if isinstance(status, int) else 0)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the two ways to call it."""
        formatter.write_usage(ctx.command_path, "SPEC [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")


def has_specs() -> bool:
    """Tell whether the project's configuration says which specs there are."""
    return bool(api.configuration().specs)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="gen-migration", prog_name="gen-migration")
def main() -> None:
    """Write the Alembic revision that a YAML spec of a PostgreSQL schema asks for.

    The options of "gen-migration SPEC" are those of the command "generate".

    \b
    Example:
      gen-migration spec/app.yaml
    """  # noqa: D301 - a backspace is what click asks for


@main.command()
@options.flag("--stats", help="That of the file which gen-migration stats writes.")
def schema(stats: bool) -> None:
    """Print the JSON Schema of a spec, for editors.

    \b
    Example:
      gen-migration schema > spec/schema.json
    """  # noqa: D301 - a backspace is what click asks for
    talk.echo(api.json_schema(stats=stats), nl=False)
