"""From a difference to revisions, each of which runs in one way.

The operations of a difference come in; a chain of planned revisions goes out, in an order that
PostgreSQL accepts, and in forms that let others work meanwhile.
"""
