"""The one value that a schema is, whatever it was read from.

Frozen values, and pure functions from values to values: what a rename takes along, what a
partition has from its parent, which names are chosen where none is given.
"""
