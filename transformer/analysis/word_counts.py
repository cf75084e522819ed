"""The lesson's vocabulary before it is cut: every word of a text with its count, sorted.

A threshold X then keeps the words seen at least X times, in this order: their integers are 4, 5, 6
and so on, behind the specials, just as `train_words` gives them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from transformer.analysis.counts import words
from transformer.analysis.merges import pre_tokens
from transformer.tokenizer import Tokenizer, train_words

MOST = 30_000  # pieces, as train_words has it


@cache
def _cutter() -> Tokenizer:
    """A word tokenizer whose vocabulary does not matter: it cuts as every other one does."""
    return train_words(["word"], 1)


def count_words(texts: Iterable[str]) -> Counter[str]:
    """All words of `texts`, and how often each occurs."""
    return words(_cutter(), texts)


def by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The most frequent first, those of one count by alphabet."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def cut_words(text: str) -> list[str]:
    """`text` as words, whether a vocabulary knows them or not."""
    return pre_tokens(_cutter(), text)
