"""A case: one piece that the model wrote, and what every method of explaining it may ask about.

A method is a function from a `Case` to `Scores`, one number a piece of source and target prefix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from transformer.model import Transformer
from transformer.trace import tracing

Kind = Literal["encoder", "decoder", "cross"]
_NAMES = {
    "encoder": "encoder.layers.{}.self_attention.weights",
    "decoder": "decoder.layers.{}.self_attention.weights",
    "cross": "decoder.layers.{}.cross_attention.weights",
}
_ROWS = ("src_embedding.rows", "tgt_embedding.rows")


class Scores(NamedTuple):
    """How much each piece counts, float32: src (S,), prefix (T,). NaN where nothing can be said."""

    src: Tensor
    prefix: Tensor


@dataclass(frozen=True)
class Case:
    """Why `piece`? src (1, S) are ids that end in [EOS], prefix (1, T) ids that begin with [SOS].

    tensors holds the weights of attention and the embedding rows of one traced pass, by their names
    in the trace and without their graph; gradients holds d logit / d each of them, where logit is
    the score of `piece` after the last position of the prefix. log_prob is its log-probability.
    """

    model: Transformer
    src: Tensor
    prefix: Tensor
    piece: int
    tensors: Mapping[str, Tensor]
    gradients: Mapping[str, Tensor]
    log_prob: float

    def weights(self, kind: Kind) -> list[Tensor]:
        """Attention of each layer, (H, queries, keys)."""
        return [self.tensors[name][0] for name in self._names(kind)]

    def weight_gradients(self, kind: Kind) -> list[Tensor]:
        """d logit / d attention of each layer, (H, queries, keys)."""
        return [self.gradients[name][0] for name in self._names(kind)]

    def _names(self, kind: Kind) -> list[str]:
        stack = self.model.encoder if kind == "encoder" else self.model.decoder
        return [_NAMES[kind].format(layer) for layer in range(len(stack.layers))]


def open_case(model: Transformer, src: Tensor, tgt: Tensor, position: int, piece: int) -> Case:
    """The case of `piece` written at output position `position`: after tgt[:, : position + 1].

    src (1, S) and tgt (1, T) are ids, tgt begins with [SOS]. One forward and one backward pass. The
    model may be shared: the gradient is taken with respect to traced tensors that belong to this
    case alone, so no parameter is asked for a gradient or given one.
    """
    prefix = tgt[:, : position + 1]
    own = {name: lambda rows: rows.detach().requires_grad_() for name in _ROWS}
    with torch.enable_grad(), tracing(model, own) as trace:
        scores = model(src, prefix)[0, -1]
        logit = scores[piece]
    asked = {name: t for name, t in trace.items() if name.endswith((".weights", ".rows"))}
    found = torch.autograd.grad(logit, list(asked.values()))
    return Case(
        model,
        src,
        prefix,
        piece,
        {name: tensor.detach() for name, tensor in asked.items()},
        dict(zip(asked, found, strict=True)),
        scores.log_softmax(-1)[piece].item(),
    )
