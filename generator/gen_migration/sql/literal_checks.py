"""The input texts of types, each checked by what its type reads.

Source: the PostgreSQL manual, chapter 8 (Data Types), the input syntax of each type.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from gen_migration.postgres.names import MAX_NAME_BYTES
from gen_migration.sql.literal_forms import FORMS
from gen_migration.sql.literal_ranges import check_range
from gen_migration.sql.literal_times import (
    check_date,
    check_interval,
    check_time,
    check_timestamp,
)
from gen_migration.sql.literal_words import EXPRESSION

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type
    from gen_migration.sql.literal_forms import Check

# Each returns what is wrong with a text, as a hint, or nothing.


def check_name(value: str, _: Type) -> str:
    fits = len(value.encode()) <= MAX_NAME_BYTES
    return "" if fits else f"at most {MAX_NAME_BYTES} bytes"


def check_one_byte(value: str, _: Type) -> str:
    return "one byte" if len(value.encode()) > 1 else ""


DIGITS = r"([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}"
UUID = re.compile(rf"{DIGITS}|\{{{DIGITS}\}}", re.ASCII)


def check_uuid(value: str, _: Type) -> str:
    return "" if UUID.fullmatch(value) else "write 32 hexadecimal digits in five groups"


def check_bits(value: str, column_type: Type) -> str:
    if value[:1] in {"x", "X"} and not set(value[1:].lower()) - set("0123456789abcdef"):
        value = "0000" * (len(value) - 1)  # a hexadecimal digit is four bits
    value = value[1:] if value[:1] in {"b", "B"} else value
    if set(value) - {"0", "1"}:
        return "write zeros and ones"
    if not column_type.arguments:
        return ""
    length, fixed = int(column_type.arguments[0]), column_type.name == "bit"
    if len(value) > length or (fixed and len(value) != length):
        return f"{'exactly' if fixed else 'at most'} {length} digits"
    return ""


def check_address(value: str, column_type: Type) -> str:
    address, slash, bits = value.partition("/")
    wrong = f"write 192.168.0.0/24 or 2001:db8::/32, {EXPRESSION}"
    if "%" in value or (slash and not bits.isdecimal()):
        return wrong
    octets, is_network = address.split("."), column_type.name == "cidr"
    if is_network and len(octets) < 4 and slash and ":" not in address:
        address = ".".join([*octets, "0", "0", "0"][:4])  # PostgreSQL fills the rest
    read = ipaddress.ip_network if is_network else ipaddress.ip_interface
    try:
        read(address + slash + bits)
    except ValueError:
        return wrong
    return ""


CHECKS: dict[str, Check] = {
    **FORMS,
    "name": check_name,
    '"char"': check_one_byte,
    "uuid": check_uuid,
    "date": check_date,
    **dict.fromkeys(("time", "timetz"), check_time),
    **dict.fromkeys(("timestamp", "timestamptz"), check_timestamp),
    "interval": check_interval,
    **dict.fromkeys(("bit", "varbit"), check_bits),
    **dict.fromkeys(("inet", "cidr"), check_address),
    **dict.fromkeys(
        (
            f"{base}{kind}"
            for base in ("int4", "int8", "num", "ts", "tstz", "date")
            for kind in ("range", "multirange")
        ),
        check_range,
    ),
}
