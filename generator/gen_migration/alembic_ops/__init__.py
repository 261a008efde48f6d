"""Directives of Alembic and SQLAlchemy, out and in.

Values of the model become calls of `op.*` and `sa.*` (`write`), such calls become values of the
model (`read`). Nothing of either library is imported.
"""
