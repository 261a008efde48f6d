"""A live database to the one model.

A connection comes in; a `Catalog` goes out, with what a spec cannot hold named beside the schema.
"""
