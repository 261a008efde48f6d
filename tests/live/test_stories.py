"""What README and the pages of `docs/` show is what happens; `pages` says how they are read."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from pages import EPOCH, PAGES, ROOT, Story, blocks

if TYPE_CHECKING:
    from pathlib import Path

# Pages without a block make no promise.
STORIES = [page for page in PAGES if [*blocks(page.read_text(encoding="utf-8"))]]


@pytest.mark.parametrize("page", STORIES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_happens(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    with contextlib.ExitStack() as close:
        story = Story(page, close)
        try:
            story.take()
        finally:
            if request.config.option.update:
                page.write_text(story.updated(), encoding="utf-8")
    assert story.page == story.updated(), "pytest tests/live/test_stories.py --update"
