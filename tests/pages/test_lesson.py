"""The addresses in docs/lesson.md: each opens its page, sentence and panel."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.pages.test_words_pages import open_page

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "lesson.md").read_text("utf-8")
ADDRESSES = list(dict.fromkeys(re.findall(r"`(/\w+\?[^`]+)`", TEXT)))


def test_there_is_a_picture_in_every_row() -> None:
    rows = [line for line in TEXT.splitlines() if re.match(r"\| (?!the lesson|-)", line)]
    assert len(ADDRESSES) > 10
    assert all(re.search(r"`/\w+\?[^`]+` \|$", row) for row in rows)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_of_the_lesson_is_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path))  # and not `runs`, which hides those that ship
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    page = parts.path.removeprefix("/")
    at = open_page(page, **query)  # of the model that ships
    assert not at.exception and not at.error and not at.warning and not at.info
    if panel := query.get("panel"):
        assert at.session_state[f"{page}.panel"] == panel
    if src := query.get("src"):
        assert at.session_state["look"].src == src
