"""What is asked of a model of text at each validation."""

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

from trainer.alarms import Alarms
from trainer.events import EventWriter
from trainer.held_out import HeldOut
from trainer.validation import PROBES
from transformer.one_stream import OneStream
from transformer.stack import TextConfig


class TextHeldOut(HeldOut):
    """Scores the held-out lines, and answers the probes: sentences of ours, then held-out lines."""

    def __init__(
        self,
        bundle: OneStream,
        lines: Sequence[str],
        examined: int,
        events: EventWriter,
        every: int,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> None:
        """examined: so many of the lines are looked at closely."""
        super().__init__(events, every, heed, alarms)
        self.bundle, self.lines = bundle, list(lines[:examined])
        self.characters = sum(map(len, lines))
        short = [line for line in lines if 4 <= len(line.split()) <= 12]
        room = cast(TextConfig, bundle.model.config).max_tokens
        assert bundle.tokenizer is not None
        wanted = [*PROBES, *short[:3]]
        ids = bundle.tokenizer.encode_batch(wanted)
        self.probes = [text for text, own in zip(wanted, ids, strict=True) if len(own) < room]

    def likelihood(self, loss: float, nll: float, labels: float) -> dict[str, float]:
        """Per label; the perplexity says between how many pieces it is torn."""
        labels = max(labels, 1.0)
        each = nll / labels
        return {"loss": loss / labels, "nll": each, "perplexity": math.exp(min(each, 700.0))}

    def examine(self, loss: float, nll: float, labels: float) -> tuple[dict[str, float], Any]:
        """The likelihood, what is closer looked at, and the probes."""
        values = self.likelihood(loss, nll, labels) | self.closer(nll)
        return values, {"translations": self.answers()}

    def closer(self, nll: float) -> dict[str, float]:
        """Further scores of the examined lines. nll: summed over all held-out lines."""
        raise NotImplementedError

    def answers(self) -> list[dict[str, str]]:
        """One for each probe."""
        training = self.bundle.model.training
        self.bundle.model.eval()
        told = [self.answer(text) for text in self.probes]
        self.bundle.model.train(training)
        return told

    def answer(self, text: str) -> dict[str, str]:
        """What the model makes of a text."""
        raise NotImplementedError
