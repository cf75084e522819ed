"""Capitals for text that was written without them: each word as it is mostly written elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+")
OFTEN = 3  # a word seen less inside sentences stays as it is
APOSTROPHES = (  # such text was also cut apart: "tomorrow' s", "dell' accordo", "e' questo"
    (re.compile(r"' s\b"), "'s"),
    (re.compile(r"(?<=[ldncmtv])' (?=[^\W\d_])"), "'"),
    (re.compile(r"\be'(?= )"), "è"),
)


class Casing:
    """What the words of some texts look like inside sentences, where a capital means something."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(WORD.findall(text)[1:])
        forms: dict[str, Counter[str]] = {}
        for word, count in seen.items():
            forms.setdefault(word.lower(), Counter())[word] += count
        self.usual = {
            low: form.most_common(1)[0][0] for low, form in forms.items() if form.total() >= OFTEN
        }

    def restore(self, text: str) -> str:
        """`text` with the usual form of its words, and a capital at its beginning."""
        cased = WORD.sub(lambda found: self.usual.get(found[0], found[0]), text)
        for apart, whole in APOSTROPHES:
            cased = apart.sub(whole, cased)
        first = WORD.search(cased)
        if first is None:
            return cased
        start = first.start()
        return cased[:start] + cased[start].upper() + cased[start + 1 :]
