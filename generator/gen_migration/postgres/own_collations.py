"""Collations that each PostgreSQL has, which come before all others of their names.

What a server has of its operating system or of ICU besides differs from one to the next. Source:
the PostgreSQL manual, 23.2.2.1 (Standard Collations), of 14 to 18.
"""

from __future__ import annotations

OWN = frozenset("default C POSIX ucs_basic unicode pg_c_utf8 pg_unicode_fast".split())
