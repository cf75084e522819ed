"""Decoder-only: each position sees all the words till now, and the model says which comes next.

Radford et al., "Improving Language Understanding by Generative Pre-Training" (2018), section 3.1.
Read `model.py` first: this is its right half without the attention to a source. No annotation is
asked for: the next word of the text is the label.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from transformer.cache import GrowingCache
from transformer.masks import causal_mask
from transformer.model import Embedding, Output, embedding_matrix
from transformer.positions import POSITIONS
from transformer.stack import Stack, TextConfig


class DecoderOnly(nn.Module):
    """Ids in, a score for the piece after each of them out."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        matrix = embedding_matrix(config.vocab, config.d_model)
        self.embedding = Embedding(matrix, "t")
        sizes = (config.d_model, config.max_tokens, config.dropout)
        self.positions = POSITIONS[config.positions](*sizes, "t")
        self.decoder = Stack(config, config.layers, "t")
        self.output = Output(matrix, "t")

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, T), padded with 0 at the end -> logits (B, T, V) for the piece after each.

        Padding needs no mask: it stands where no real position may look.
        """
        return self.decode(ids, causal_mask(ids.size(1), ids.device))

    def decode(
        self,
        ids: Tensor,
        mask: Tensor | None,
        caches: Sequence[GrowingCache] | None = None,
        start: int = 0,
    ) -> Tensor:
        """ids (B, T) at positions start .. start+T-1 -> logits (B, T, V); with caches, what came
        before is not computed again, and of one position no mask is needed."""
        x = self.positions(self.embedding(ids), start)
        return self.output(self.decoder(x, mask, caches))
