"""A YAML spec of a PostgreSQL schema becomes an Alembic revision."""
