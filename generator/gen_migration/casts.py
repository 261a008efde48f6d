"""Stub."""
from dataclasses import dataclass
from gen_migration.sql import quote_name

@dataclass(frozen=True, slots=True)
class Conversion:
    using: str | None
    asked: bool

def conversion(old, new, column):
    if old.kind == "enum" or new.kind == "enum":
        arr = "[]" if new.array else ""
        return Conversion(f"{quote_name(column)}::text{arr}::{new.sql}", False)
    return Conversion(f"{quote_name(column)}::text::{new.sql}", False)

def backward(old, new, column):
    return conversion(old, new, column).using

def narrows(old, new):
    return None
