"""The YAML of a spec, in and out.

A path comes in, and a `Spec` or all of its mistakes with their places go out (`load`); `build`
makes the value, `write` the text.
"""
