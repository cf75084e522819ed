"""What edits do to a sentence, in a line: the words that change, and what the old ones cost now."""

from __future__ import annotations

import math

import numpy as np

from pages.ui.catalogue import ModelInfo
from pages.ui.models import explain, translate
from pages.ui.pieces import EOS
from pages.ui.results import Translation
from transformer.analysis.comparison import softmax


def outcome(info: ModelInfo, src: str, edits: str, edited: Translation) -> str:
    """Plain text. The likelihood is that of the unedited model's translation in both passes, so the
    two can be compared whatever the edited model writes. Raises `LookError` as `explain` does."""
    own = translate(info, src)[0]
    now = forced_log_prob(info, src, own, edits)
    cost = f"{less_likely(own.log_prob, now)}, log P {nats(own.log_prob)} → {nats(now)}"
    if own.ids == edited.ids:
        return f"The same words as without the edits, {cost}."
    return f"Without the edits it writes: {own.text or '–'} Those words are now {cost}."


def forced_log_prob(info: ModelInfo, src: str, target: Translation, edits: str) -> float:
    """log P of the pieces of a translation, and of [EOS] where it ended, in the edited pass."""
    wanted = [*target.ids, EOS] if target.finished else target.ids
    logits = explain(info, src, target.ids, edits).tensors["output.logits"][0]
    probs = softmax(logits)[np.arange(len(wanted)), wanted]
    with np.errstate(divide="ignore"):
        return float(np.log(probs).sum())


def less_likely(was: float, now: float) -> str:
    """By how much words became less likely, or more."""
    if not math.isfinite(now):
        return "impossible"
    lost = was - now
    if abs(lost) < 0.0005:
        return "as likely"
    word = "less" if lost > 0 else "more"
    share = 1 - math.exp(-lost) if lost > 0 else math.exp(-lost) - 1
    if share > 0.9999 and lost > 0:
        return f"almost impossible: {lost:.2g} nats less likely"
    digits = 0 if 0.01 <= share <= 0.99 else 2
    return f"{100 * share:.{digits}f} % {word} likely: {abs(lost):.2g} nats"


def nats(value: float) -> str:
    """A number with a true minus sign and two digits after the point."""
    return f"{value:.2f}".replace("-", "−")
