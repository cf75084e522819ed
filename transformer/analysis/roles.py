"""What each head of a model does, measured over many sentences: the file `roles.json` of a bundle.

The habits and their scores are defined in `habits.py`. Reading the file needs no torch.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from transformer.analysis.association import associate
from transformer.analysis.habits import Sentence, allowed, habits

if TYPE_CHECKING:
    from transformer.bundle import Bundle

FILE = "roles.json"
VERSION = 1  # of the definitions: a file of another version is not read
THRESHOLD = 0.4  # of the way from a uniform head to one that follows its habit alone
COVERAGE = 0.5  # of the rows: a habit that most rows cannot follow explains no head
SENTENCES = 300
STATISTICS = 4000  # pairs that the statistics of words are taken from
KINDS = {
    "encoder": ("encoder", "self_attention"),
    "decoder": ("decoder", "self_attention"),
    "cross": ("decoder", "cross_attention"),
}
T = TypeVar("T")
Table = list[list[float]]


@dataclass(frozen=True)
class Role:
    """A habit that explains a head, or "mixed"; the share of its attention that follows it, and
    the share that a uniform head would give."""

    name: str
    score: float
    chance: float


@dataclass(frozen=True)
class KindRoles:
    """The heads of one kind: scores[habit][layer][head], chances[habit] and the share of rows that
    can follow it, coverage[habit], all 0..1; the mean entropy of a row in nats, a uniform head's
    beside it; the share of attention on [SOS] and [EOS]."""

    scores: dict[str, Table]
    chances: dict[str, float]
    coverage: dict[str, float]
    entropy: Table
    uniform_entropy: float
    special: Table

    def role(self, layer: int, head: int) -> Role:
        """The habit that takes the head furthest from uniform (0) towards perfect (1), of those
        that most rows can follow, where that is at least THRESHOLD of the way; else mixed, with the
        score of that best habit."""

        def gain(name: str) -> float:
            chance = self.chances[name]
            return (self.scores[name][layer][head] - chance) / max(1 - chance, 1e-9)

        best = max((name for name in self.scores if self.coverage[name] >= COVERAGE), key=gain)
        name = best if gain(best) >= THRESHOLD else "mixed"
        return Role(name, self.scores[best][layer][head], self.chances[best])


@dataclass(frozen=True)
class Roles:
    """Measured on `sentences` pairs of the text `data`."""

    data: str
    sentences: int
    kinds: dict[str, KindRoles]


class Tally:
    """Sums over sentences of what the heads of one kind (L, H) do."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.hits: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(()))
        self.chances: dict[str, float] = defaultdict(float)
        self.rows: dict[str, int] = defaultdict(int)
        self.entropy, self.special = np.zeros(()), np.zeros(())
        self.uniform, self.free = 0.0, 0

    def add(self, weights: np.ndarray, sentence: Sentence) -> None:
        """One sentence: weights (L, H, R, C)."""
        may = allowed(self.kind, *weights.shape[2:])
        for name, mask in habits(self.kind, sentence).items():
            counted = mask.any(1)
            self.hits[name] = self.hits[name] + np.einsum(
                "lhrc,rc->lh", weights, mask.astype(weights.dtype)
            )
            self.chances[name] += float((mask.sum(1) / may.sum(1)).sum())
            self.rows[name] += int(counted.sum())
        free = may.sum(1) > 1
        choosing = weights[:, :, free]
        logs = np.log(choosing, out=np.zeros_like(choosing), where=choosing > 0)
        self.entropy = self.entropy - (choosing * logs).sum((2, 3))
        self.special = self.special + choosing[..., 0 if self.kind == "decoder" else -1].sum(2)
        self.uniform += float(np.log(may.sum(1)[free]).sum())
        self.free += int(free.sum())

    def roles(self) -> KindRoles:
        """The means over all rows that counted. A habit that no row could follow is left out."""
        names = [name for name, rows in self.rows.items() if rows]
        count = max(self.free, 1)
        return KindRoles(
            {name: _table(self.hits[name] / self.rows[name]) for name in names},
            {name: round(self.chances[name] / self.rows[name], 4) for name in names},
            {name: round(self.rows[name] / count, 4) for name in names},
            _table(self.entropy / count),
            round(self.uniform / count, 4),
            _table(self.special / count),
        )


def measure(
    bundle: "Bundle", pairs: Sequence[tuple[str, str]], data: str, sentences: int = SENTENCES
) -> Roles:
    """Trace `sentences` of the pairs, evenly spaced, each with its own target (teacher forcing).

    Raises ValueError where no pair fits the model.
    """
    import torch

    from transformer.tokenizer import EOS, SOS
    from transformer.trace import tracing

    read = _encoded(bundle, _spaced(pairs, STATISTICS))
    if not read:
        raise ValueError("No pair of this text fits the model: bring shorter ones.")
    statistics = associate(read)
    counts = [Counter(number for pair in read for number in pair[side]) for side in (0, 1)]
    tallies = {kind: Tally(kind) for kind in KINDS}
    chosen = _spaced(read, sentences)
    for src, tgt in chosen:
        given = [*src, EOS], [SOS, *tgt]
        with torch.no_grad(), tracing(bundle.model) as trace:
            bundle.model(*(torch.tensor([ids]) for ids in given))
        sentence = Sentence(*given, counts[0], counts[1], statistics.links(src, tgt))
        for kind, (stack, name) in KINDS.items():
            layers = range(len(getattr(bundle.model, stack).layers))
            names = (f"{stack}.layers.{layer}.{name}.weights" for layer in layers)
            tallies[kind].add(torch.cat([trace[name] for name in names]).numpy(), sentence)
    return Roles(data, len(chosen), {kind: tally.roles() for kind, tally in tallies.items()})


def save_roles(folder: Path, roles: Roles) -> None:
    """Write `roles.json` into a bundle."""
    text = json.dumps({"version": VERSION, **asdict(roles)}, separators=(",", ":"))
    (folder / FILE).write_text(text + "\n", "utf-8")


def load_roles(folder: Path) -> Roles | None:
    """The roles of a bundle's heads, None where it has none that can be read."""
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
        if found.pop("version") != VERSION:
            return None
        kinds = {kind: KindRoles(**found["kinds"][kind]) for kind in KINDS}
        roles = Roles(str(found["data"]), int(found["sentences"]), kinds)
        for kind in roles.kinds.values():  # what does not fit together shows itself here
            for layer, row in enumerate(kind.entropy):
                told = [kind.role(layer, head) for head in range(len(row))]
                if not np.isfinite([(role.score, role.chance) for role in told]).all():
                    return None
        return roles
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _encoded(
    bundle: "Bundle", pairs: Sequence[tuple[str, str]]
) -> list[tuple[list[int], list[int]]]:
    """The ids of the pairs that have some on both sides, and room in the model."""
    most = bundle.model.config.max_tokens - 1
    sources = bundle.src_tokenizer.encode_batch(src for src, _ in pairs)
    targets = bundle.tgt_tokenizer.encode_batch(tgt for _, tgt in pairs)
    both = zip(sources, targets, strict=True)
    return [(src, tgt) for src, tgt in both if 0 < len(src) <= most and 0 < len(tgt) <= most]


def _spaced(items: Sequence[T], most: int) -> Sequence[T]:
    """`most` of the items at even distances, or all."""
    if len(items) <= most:
        return items
    return [items[place * len(items) // most] for place in range(most)]


def _table(numbers: np.ndarray) -> Table:
    return [[round(float(number), 4) for number in row] for row in numbers]
