"""What a model made of a text: pieces, translations, every number of a pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KINDS = {
    "encoder": "encoder.layers.{layer}.self_attention",
    "decoder": "decoder.layers.{layer}.self_attention",
    "cross": "decoder.layers.{layer}.cross_attention",
}


@dataclass(frozen=True)
class Tokens:
    """A text in pieces. text[i] is the piece's characters, start[i]:end[i] its span in `source`."""

    source: str
    ids: list[int]
    text: list[str]
    labels: list[str]  # the vocabulary's own form, with leading spaces and bare bytes
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class Translation:
    """A decoded target: log_prob is the sum of its pieces' log-probabilities, [EOS] included."""

    text: str
    ids: list[int]
    token_log_probs: list[float]
    log_prob: float
    score: float
    finished: bool


@dataclass(frozen=True)
class Explained:
    """One teacher-forced pass: what went in, in labels, and every tensor that was traced.

    src_pieces end in [EOS]; tgt_pieces begin with [SOS]. tensors[name] has a batch of one.
    value_norms maps the name of an attention to |v W_O| of each head and key, (H, keys).
    """

    src_pieces: list[str]
    tgt_pieces: list[str]
    tgt_ids: list[int]
    tensors: dict[str, np.ndarray]
    dims: dict[str, str]
    value_norms: dict[str, np.ndarray]

    def attention(self) -> dict[str, np.ndarray]:
        """Weights of all layers by kind: encoder (L, H, S, S), decoder (L, H, T, T), cross
        (L, H, T, S)."""
        return {
            kind: np.stack([self.tensors[f"{name}.weights"][0] for name in self._layers(kind)])
            for kind in KINDS
        }

    def norms(self) -> dict[str, np.ndarray]:
        """|v W_O| of all layers by kind: encoder (L, H, S), decoder (L, H, T), cross (L, H, S)."""
        return {
            kind: np.stack([self.value_norms[name] for name in self._layers(kind)])
            for kind in KINDS
        }

    def _layers(self, kind: str) -> list[str]:
        """The names of a kind's attention, layer by layer."""
        names = (KINDS[kind].format(layer=layer) for layer in range(len(self.value_norms)))
        return [name for name in names if name in self.value_norms]
