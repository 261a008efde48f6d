"""Which revisions there are, and what they amount to.

A directory or an Alembic configuration comes in; revisions in their order go out, the state that
they have built, and the drafts of the next ones.
"""
