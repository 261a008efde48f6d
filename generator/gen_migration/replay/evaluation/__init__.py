"""The Python of a revision, evaluated over its syntax tree.

A syntax tree comes in; the directives that it would call go out, with constants for arguments.
Nothing in it is run.
"""
