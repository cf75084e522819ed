"""The held-out text while a run trains: its likelihood, its translations, and the probes."""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from trainer import ranks
from trainer.alarms import Alarms
from trainer.corpora import Pair
from trainer.evaluate import score, sentence_chrf, translate
from trainer.events import EventWriter
from trainer.held_out import HeldOut
from trainer.shares import whole
from transformer.bundle import Bundle

PROBES = (
    "edmund closed his banking account",
    "The red car is in front of the house.",
    "I would like a glass of water.",
    "Click the button to open the file.",
)
PROBE_WORDS = 12  # at most, of a held-out sentence that serves as a probe
EXTREMES = 3  # best and worst translations that are kept of a validation
CHUNK = 64  # sentences translated between two looks at what others want


class Extreme(TypedDict):
    """A held-out sentence, its translation and reference, and how alike they are (chrF, 0..100)."""

    src: str
    out: str
    ref: str
    chrf: float


class Validation(HeldOut):
    """Scores the held-out pairs and translates the probes."""

    def __init__(
        self,
        events: EventWriter,
        bundle: Bundle,
        pairs: Sequence[Pair],
        bleu_pairs: int,
        every: int,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> None:
        """pairs: what the validation batches are made of; the first `bleu_pairs` are translated."""
        super().__init__(events, every, heed, alarms)
        self.bundle = bundle
        self.probes = probes(bundle, pairs)
        self.characters = sum(len(target) for _, target in pairs)
        self.pairs = list(pairs[:bleu_pairs])

    def examine(self, loss: float, nll: float, labels: float) -> tuple[dict[str, float], Any]:
        """The held-out likelihood, BLEU and chrF, and a sample of translations."""
        bits = nll / math.log(2) / max(self.characters, 1)
        values = {"loss": loss / labels, "nll": nll / labels, "bits_per_character": bits}
        with whole(self.bundle.model):
            translations = self._translate([source for source, _ in self.pairs])
            probes = self._probes(translations[:3])
        scores = score(translations, [target for _, target in self.pairs])
        worst, best = self._extremes(translations)
        values |= {"bleu": scores.bleu, "chrf": scores.chrf}
        return values, {"translations": probes, "best": best, "worst": worst}

    def answers(self) -> list[dict[str, str]]:
        """The probes translated."""
        training = self.bundle.model.training
        with whole(self.bundle.model):
            told = self._probes([])
        self.bundle.model.train(training)
        return told

    def _translate(self, texts: Sequence[str]) -> list[str]:
        """Each rank translates its share, in chunks that are as many on all of them."""
        found: list[str] = []
        for start in range(0, len(texts), CHUNK):
            self.heed()
            chunk = texts[start : start + CHUNK]
            mine = translate(self.bundle, chunk[ranks.rank() :: ranks.size()])
            shares = [iter(share) for share in ranks.all_gathered(mine)]
            found += [next(shares[place % len(shares)]) for place in range(len(chunk))]
        return found

    def _probes(self, translations: Sequence[str]) -> list[dict[str, str]]:
        """The probes, then held-out sentences with their references."""
        outs = translate(self.bundle, self.probes)
        probes = [{"src": src, "out": out} for src, out in zip(self.probes, outs, strict=True)]
        held_out = zip(self.pairs, translations, strict=False)
        return probes + [{"src": src, "out": out, "ref": ref} for (src, ref), out in held_out]

    def _extremes(self, translations: Sequence[str]) -> tuple[list[Extreme], list[Extreme]]:
        """The translations furthest from and nearest to their references, the extreme one first."""
        told: list[Extreme] = [
            {"src": src, "out": out, "ref": ref, "chrf": round(sentence_chrf(out, ref), 1)}
            for (src, ref), out in zip(self.pairs, translations, strict=True)
        ]
        told.sort(key=lambda translation: translation["chrf"])
        few = min(EXTREMES, len(told) // 2)
        return told[:few], told[::-1][:few]


def probes(bundle: Bundle, pairs: Sequence[Pair]) -> list[str]:
    """The sentences that a run translates again and again, so that one sees it learn.

    Ours where the source is English; else the first short held-out ones. All fit in the model.
    """
    short = [source for source, _ in pairs if len(source.split()) <= PROBE_WORDS]
    wanted = PROBES if bundle.languages[0] == "en" else short[: len(PROBES)]
    limit = bundle.model.config.max_tokens
    encoded = bundle.src_tokenizer.encode_batch(wanted)
    return [text for text, ids in zip(wanted, encoded, strict=True) if len(ids) < limit]
