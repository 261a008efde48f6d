"""What every stage stands on, and what knows nothing of schemas.

Errors with their place and the way out, files that are written whole or not at all, signals, and
the cache between runs.
"""
