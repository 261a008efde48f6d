"""The commands without their command line.

Each calls one stage after the other: generate, amend, adopt, compare, import.
"""
