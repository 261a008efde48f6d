"""What a revision does, read from its text without a database.

The text of a revision and a schema come in; operations and the schema after them go out. Nothing of
the revision is run.
"""
