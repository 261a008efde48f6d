"""The name of SQLAlchemy models: a module, and the path of their MetaData."""

from __future__ import annotations

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.postgres import urls

MODELS = "models:"
FORM = f"{MODELS}package.module:Base.metadata"


@dataclass(frozen=True, slots=True)
class Models:
    """A MetaData by the module that it is in and its path there."""

    module: str
    path: str

    def __str__(self) -> str:
        return f"models:{self.module}:{self.path}"

    @classmethod
    def parse(cls, text: str) -> Models:
        """Return what `package.module:Base.metadata` names. Raises Error."""
        module, _, path = text.partition(":")
        words = [*module.split("."), *path.split(".")]
        if not all(word.isidentifier() for word in words):
            shown = urls.masked(text)  # it may be a URL
            raise Error(f'"{MODELS}{shown}" names no models', hint=f"write {FORM}")
        return cls(module, path)
