"""The app's own text, from assets/text/, and a person's text made safe to show."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_TEXT = Path(__file__).resolve().parents[2] / "assets" / "text"
_REPLACED = re.compile(
    r"(?<=:)(?=[\w+-]+:|[a-z][\w-]*\[|material/|//)"  # :smile: :red[x] :material/home: https://
    r"|(?<=www)(?=\.)|(?<=[\w.+-]@)(?=[\w-])"
    r"|(?<![^ ][<>~-])(?<=[<>~-])(?=(?:>|=|-|->)(?: |$))",  # an arrow that stands alone
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@lru_cache(maxsize=64)
def prose(name: str) -> dict[str, str]:
    """The sections of assets/text/<name>.md: what stands under each `## key`, by key."""
    parts = re.split(r"^## +(.+)$", (_TEXT / f"{name}.md").read_text(encoding="utf-8"), flags=re.M)
    return {key.strip(): body.strip() for key, body in zip(parts[1::2], parts[2::2], strict=True)}


def escape_markdown(text: str) -> str:
    """Text as Markdown that shows its characters and nothing else: no HTML, link, colour, formula.

    Streamlit replaces `:name:`, a lone `->` and `a@b.c` after Markdown has dropped its backslashes,
    so a word joiner, which has no width, parts them; only them, for whoever copies the text copies
    it too, and no id or command may hold one.
    """
    flat = " ".join(text.split())
    parted = _REPLACED.sub("\u2060", flat)
    return _PUNCTUATION.sub(r"\\\1", parted)
