"""The styles of models, by the words of the command line; the first is the default."""

STYLES = ("declarative", "tables", "dataclass", "sqlmodel", "pydantic")
