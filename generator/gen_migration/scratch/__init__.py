"""Throw-away servers and databases, and what is built on them.

A major version or a URL comes in; the URL of an empty database goes out, which is dropped at the
end, however that comes.
"""
