"""Texts that match a regular expression or a pattern of LIKE, as far as it is simple. Pure.

Source: the PostgreSQL manual, chapter 9.7 (Pattern Matching). What is not understood gives a
text that does not match; the database tells.
"""

from __future__ import annotations

from dataclasses import dataclass

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-. @#"
DIGITS = "0123456789"
CLASSES = {
    "d": DIGITS,
    "w": ALPHABET[:62] + "_",
    "s": " ",
    "digit": DIGITS,
    "alpha": ALPHABET[:26],
    "lower": ALPHABET[:26],
    "upper": ALPHABET[36:62],
    "alnum": ALPHABET[:62],
    "xdigit": DIGITS + "abcdef",
    "space": " ",
    "punct": "-_.",
}
MOST = 1_000  # repetitions; more are not written


def like(pattern: str, number: int) -> str:
    """Return a text that a pattern of LIKE matches; `number` chooses among several."""
    text, escaped = "", False
    for character in pattern:
        if escaped:
            text, escaped = text + character, False
        elif character == "\\":
            escaped = True
        elif character == "%":
            text += str(number + 1)
        else:
            text += ALPHABET[number % 26] if character == "_" else character
    return text


def matching(pattern: str, number: int) -> str:
    """Return a text that a regular expression matches; `number` chooses among several."""
    return Reader(pattern.removeprefix("(?i)"), number).alternatives()


@dataclass(slots=True)
class Reader:
    """Reads a regular expression from left to right, and writes what it matches."""

    pattern: str
    number: int
    position: int = 0
    depth: int = 0

    def peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def take(self) -> str:
        character = self.peek()
        self.position += 1
        return character

    def taken(self, text: str) -> bool:
        """Tell whether this text comes next, and pass over it."""
        found = self.pattern.startswith(text, self.position)
        self.position += len(text) if found else 0
        return found

    def alternatives(self) -> str:
        """Return a text for what stands between two brackets: one of its branches."""
        branches = [self.branch()]
        while self.taken("|"):
            branches.append(self.branch())
        return branches[self.number % len(branches)]

    def branch(self) -> str:
        text = ""
        while self.peek() not in {"", "|"} and not (self.depth and self.peek() == ")"):
            characters = self.atom()
            text += self.repeated(characters)
        return text

    def atom(self) -> tuple[str, ...]:
        """Return the texts that may stand for the next atom, each time it is repeated."""
        character = self.take()
        if character in "^$":
            return ("",)
        if character == "(":
            return self.group()
        if character == "[":
            return self.bracket()
        if character == ".":
            return tuple(ALPHABET[:26])
        if character == "\\":
            escape = self.take()
            if escape in "AZmMyYbB":
                return ("",)
            return tuple(CLASSES.get(escape, escape))
        return (character,)

    def group(self) -> tuple[str, ...]:
        self.taken("?:")
        ahead = self.taken("?!") or self.taken("?=")
        self.depth += 1
        text = self.alternatives()
        self.depth -= 1
        self.taken(")")
        return ("",) if ahead else (text,)

    def bracket(self) -> tuple[str, ...]:
        """Return the characters of `[…]`."""
        negative = self.taken("^")
        found: list[str] = []
        first = True
        while self.peek() and (first or self.peek() != "]"):
            first = False
            if self.taken("[:"):
                end = self.pattern.find(":]", self.position)
                found += CLASSES.get(self.pattern[self.position : end], "a")
                self.position = end + 2 if end >= 0 else len(self.pattern)
                continue
            character = self.take()
            if character == "\\":
                escape = self.take()
                found += CLASSES.get(escape, escape)
            elif self.peek() == "-" and self.pattern[self.position + 1 :][:1] not in {
                "]",
                "",
            }:
                self.take()
                found += map(chr, range(ord(character), ord(self.take()) + 1))
            else:
                found.append(character)
        self.take()
        if negative:
            found = [one for one in ALPHABET if one not in found]
        return tuple(found or ["a"])

    def repeated(self, characters: tuple[str, ...]) -> str:
        """Return an atom as often as the quantifier behind it wants it."""
        count = 1
        if self.peek() in {"*", "+", "?"}:
            self.take()
            self.taken("?")
        elif self.taken("{"):
            end = self.pattern.find("}", self.position)
            least, comma, most = self.pattern[self.position : end].partition(",")
            self.position = end + 1 if end >= 0 else len(self.pattern)
            self.taken("?")
            count = min(int(least), MOST) if least.isdecimal() else 1
            if not count and comma and most != "0":
                count = 1
        # The last repetition tells one number from the next.
        size = len(characters)
        texts = [
            characters[(self.number // size ** (count - 1 - i)) % size]
            if count - 1 - i < 8
            else characters[0]
            for i in range(count)
        ]
        return "".join(texts)
