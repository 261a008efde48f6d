"""The command line: a module for each command. Nothing else knows click.

Arguments come in; calls of `workflows`, printed text and an exit status go out. `main` is all
of it, for whoever runs it in a process of their own.
"""

from gen_migration.cli.commands import main as main
