"""A revision on a scratch PostgreSQL, with rows: up, down, and up again.

A change that is not written yet comes in; a verdict goes out, which says what failed, and where.
"""
