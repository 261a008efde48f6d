"""The Jinja templates of gen-migration, installed as package data."""
