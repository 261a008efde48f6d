"""SQL out and parse trees in.

Values of the model become SQL (`ddl`), trees of PostgreSQL's own parser become values of the model
(`tree`); one is the inverse of the other, so they live side by side.
"""
