"""Python as ruff's defaults format it, by one process that stays.

To start one takes ten times as long as to format a revision.

It speaks the Language Server Protocol (version 3.17: base protocol, `textDocument/formatting`).
"""

from __future__ import annotations

import ast
import atexit
import itertools
import json
import subprocess
from functools import cache
from typing import Any

from ruff.__main__ import find_ruff_bin

SETTINGS = {"configurationPreference": "editorOnly", "lint": {"enable": False}}
CLIENT = {
    "processId": None,
    "capabilities": {"general": {"positionEncodings": ["utf-32"]}},
    "initializationOptions": {"settings": SETTINGS, "globalSettings": SETTINGS},
}


class Formatter:
    """A server of ruff's, without settings but its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [find_ruff_bin(), "server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.numbers = itertools.count()
        answer = self.ask("initialize", **CLIENT)
        assert answer["capabilities"]["positionEncoding"] == "utf-32"
        self.tell("initialized")

    def formatted(self, text: str) -> str:
        """Return a text formatted. Raises SyntaxError where it is no Python."""
        uri = f"file:///text_{next(self.numbers)}.py"
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=item)
        options = {"tabSize": 4, "insertSpaces": True}
        edits = self.ask(
            "textDocument/formatting", textDocument={"uri": uri}, options=options
        )
        self.tell("textDocument/didClose", textDocument={"uri": uri})
        if edits is None:  # there is nothing to change, or nothing that it can read
            ast.parse(text)
            return text
        return edited(text, edits)

    def ask(self, method: str, **parameters: Any) -> Any:
        """Return the answer to a request; fails with what ruff says."""
        number = next(self.numbers)
        self.send(id=number, method=method, params=parameters)
        while (answer := self.heard()).get("id") != number or "method" in answer:
            pass  # what a server says by itself
        assert "error" not in answer, answer["error"]["message"]
        return answer["result"]

    def tell(self, method: str, **parameters: Any) -> None:
        self.send(method=method, params=parameters)

    def send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def heard(self) -> dict[str, Any]:
        """Return the next message; fails where the server has ended."""
        assert self.process.stdout is not None
        fields = {}
        while (line := self.process.stdout.readline()) != b"\r\n":
            assert line, f"ruff server has ended: {self.process.wait()}"
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value
        found: dict[str, Any] = json.loads(
            self.process.stdout.read(int(fields["content-length"]))
        )
        return found


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """Return a text with the edits of an answer, which do not overlap."""
    starts = [0, *itertools.accumulate(len(one) + 1 for one in text.split("\n"))]

    def place(of: dict[str, int]) -> int:
        return starts[of["line"]] + of["character"]

    for one in sorted(edits, key=lambda one: -place(one["range"]["start"])):
        start, end = place(one["range"]["start"]), place(one["range"]["end"])
        text = f"{text[:start]}{one['newText']}{text[end:]}"
    return text


@cache
def formatter() -> Formatter:
    """Return the server of this process, which ends with it."""
    made = Formatter()
    atexit.register(made.process.communicate)
    return made
