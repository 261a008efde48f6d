"""English nouns: one and many, for names of classes and of relationships. Pure.

A few rules and the words that break them; what is wrong has a name of its own in the spec.
"""

from __future__ import annotations

# What is one and many alike, or nothing that is counted.
BOTH = frozenset(
    "access corps data focus has information less media metadata news pass progress series"
    " species success this us was".split()
)
IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "indices": "index",
    "matrices": "matrix",
    "vertices": "vertex",
    "criteria": "criterion",
    "caches": "cache",
    "movies": "movie",
    "cookies": "cookie",
    "ties": "tie",
    "aliases": "alias",
    "buses": "bus",
    "gases": "gas",
    "lenses": "lens",
    "canvases": "canvas",
}
MANY = {one: many for many, one in IRREGULAR.items()}
# Endings of many, and of one: the first that fits.
ENDINGS = (
    ("sses", "ss"),
    ("yses", "ysis"),
    ("eses", "esis"),
    ("ouses", "ouse"),
    ("auses", "ause"),
    ("uses", "us"),
    ("ies", "y"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("zzes", "zz"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
)
HISSES = ("s", "x", "z", "ch", "sh")


def singular(word: str) -> str:
    """Return a lower-case noun as one of what it names; of what is one, itself."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in BOTH or len(word) < 3:
        return word
    for many, one in ENDINGS:
        if word.endswith(many):
            return word.removesuffix(many) + one
    return word


def plural(word: str) -> str:
    """Return a lower-case noun as many of what it names; of what are many, itself."""
    if word in MANY:
        return MANY[word]
    if word in BOTH or singular(word) != word or not word:
        return word
    if word.endswith("sis"):
        return f"{word[:-2]}es"
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(HISSES) else f"{word}s"


def of_last_word(name: str, change: str) -> str:
    """Return a name in snake_case with its last word as one (`singular`) or many (`plural`)."""
    head, mark, last = name.rpartition("_")
    turned = singular(last) if change == "singular" else plural(last)
    return head + mark + turned
