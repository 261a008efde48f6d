"""The codes of all findings, which the `ignore` of a spec may name.

A spec is read before there are rules: `rules` has one for each of these.
"""

from __future__ import annotations

import re

STALE = "GM001"  # the code of an `ignore` that does nothing
CODES = (
    STALE,
    *"""
    GM101 GM102 GM103 GM104 GM105 GM106 GM107 GM108 GM109 GM111 GM112 GM113 GM114 GM115 GM116 GM117
    GM121 GM122 GM123 GM124 GM125 GM126 GM127 GM128 GM129 GM131 GM141 GM142 GM143
    GM151 GM152 GM161
    GM201 GM202 GM203 GM204 GM205 GM206 GM207 GM208
    GM209 GM210 GM211 GM212 GM213 GM214 GM215 GM216 GM217 GM218 GM219 GM220 GM221 GM222
    GM223 GM224 GM225 GM226 GM301 GM302 GM303 GM304 GM305 GM306 GM307 GM308 GM309 GM310 GM311 GM312
    GM313 GM314 GM315 GM316 GM331 GM332 GM341 GM401 GM402 GM403 GM501
    """.split(),
)

OWN = "a word in capitals and a number, such as ACME001"


def is_own(code: str) -> bool:
    """Tell whether a code can be that of a project's own rule: `GM…` are this tool's."""
    return re.fullmatch(r"(?!GM\d)[A-Z][A-Z_]{1,15}[0-9]{1,5}", code) is not None
