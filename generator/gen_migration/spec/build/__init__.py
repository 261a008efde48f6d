"""The shapes of a spec to its value.

Shapes that Pydantic has read come in; a `Spec` goes out, or every mistake as a `Problem`.
"""
