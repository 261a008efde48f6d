"""Python models of a spec: its tables as classes, or as `Table` objects.

A spec and a style come in; the text of a module goes out, which ruff has yet to format. Pure.
"""
