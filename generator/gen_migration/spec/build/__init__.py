"""The shapes of a spec to its value.

Shapes that were read come in; a `Spec` goes out, or every mistake as a `Problem`.
"""
