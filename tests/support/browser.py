"""A headless Chromium, spoken to through its own pipe (the Chrome DevTools Protocol).

Source: https://chromedevtools.github.io/devtools-protocol/, and `--remote-debugging-pipe`.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60  # seconds
# Chromium reads from 3 and writes to 4.
AS_3_AND_4 = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4);"
    "os.execvp(sys.argv[3], sys.argv[3:])"
)


def program() -> str | None:
    """Return the Chromium of this machine."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """A page in the browser."""

    def __init__(self, reads: int, writes: int) -> None:
        self.reads, self.writes = reads, writes
        self.numbers = itertools.count(1)
        self.left = b""
        self.session: str | None = None
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **parameters: Any) -> Any:
        """Return the result of a method of the protocol."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def message(self) -> dict[str, Any]:
        while b"\0" not in self.left:
            assert select.select([self.reads], [], [], PATIENCE)[0], "no answer"
            more = os.read(self.reads, 1 << 20)
            assert more, "Chromium has ended"
            self.left += more
        first, _, self.left = self.left.partition(b"\0")
        found: dict[str, Any] = json.loads(first)
        return found

    def value(self, script: str) -> Any:
        """Return the value of an expression of JavaScript."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, script: str) -> None:
        """Wait for an expression to become true."""
        end = time.monotonic() + PATIENCE
        while not self.value(script):
            assert time.monotonic() < end, f"never true: {script}"
            time.sleep(0.05)

    def press(self, key: str, modifiers: int = 0) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, modifiers=modifiers)

    def write(self, text: str) -> None:
        self.call("Input.insertText", text=text)


@contextlib.contextmanager
def opened(path: Path, directory: Path) -> Iterator[Page]:
    """Yield a page that shows a file; Chromium keeps its things in `directory`."""
    browser = program()
    assert browser is not None
    theirs, ours = os.pipe(), os.pipe()
    given = [fcntl.fcntl(one, fcntl.F_DUPFD, 10) for one in (theirs[0], ours[1])]
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", AS_3_AND_4, *map(str, given)),
            *(browser, "--headless", "--no-sandbox", "--disable-gpu"),
            *("--window-size=1200,800", f"--user-data-dir={directory}"),
            "--remote-debugging-pipe",
        ],
        pass_fds=given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for one in (*given, theirs[0], ours[1]):
        os.close(one)
    page = Page(ours[0], theirs[1])
    try:
        target = page.call("Target.createTarget", url="about:blank")["targetId"]
        page.session = page.call(
            "Target.attachToTarget", targetId=target, flatten=True
        )["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.call("Page.navigate", url=path.as_uri())
        page.until(f"location.protocol === 'file:' && document.readyState === '{DONE}'")
        yield page
        page.session = None
        page.call("Browser.close")
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        os.close(ours[0])
        os.close(theirs[1])


DONE = "complete"
