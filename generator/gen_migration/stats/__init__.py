"""Sizes of a database's tables and indexes, and how busy they are, for reviews.

A connection comes in (`read`), or the file that was made of one (`load`); a `Stats` goes out, and
its text (`write`).
"""
