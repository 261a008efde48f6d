"""A spec's value to its text, and the one layout of such a text.

A `Spec` comes in and YAML goes out; the printer keeps the comments of a text that is there.
"""
