"""Facts of PostgreSQL: names, types, expressions, settings, URLs.

Text comes in and goes out; no module here knows the model, and none asks a server.
"""
