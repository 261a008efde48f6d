"""Where a database is in a history, what of it is half done, and what the next command does.

Revisions and the answers of a database come in, a `Status` goes out; nothing is written.
"""
