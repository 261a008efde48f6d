"""The command line: a module for each command. Nothing else knows click.

Arguments come in; calls of `workflows`, printed text and an exit status go out.
"""
