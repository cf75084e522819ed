"""Encoder-only: each position sees all words, and the model says which word was hidden.

Devlin et al., "BERT" (2019), section 3.1, task 1. Read `model.py` first: this is its left half with
an output of its own. No annotation is asked for: the text that was hidden is the label.
"""

import torch
from torch import Tensor, nn

from transformer.masks import padding_mask
from transformer.model import Embedding, Output, embedding_matrix
from transformer.positions import POSITIONS
from transformer.stack import Stack, TextConfig


class EncoderOnly(nn.Module):
    """Ids with some of them hidden in, a score for each piece at each position out.

    The vocabulary is the tokenizer's, and one piece more, the last: `[MASK]`, which stands where a
    word is hidden. It belongs to the model and to no text, so no tokenizer knows it.
    """

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        matrix = embedding_matrix(config.vocab, config.d_model)
        self.embedding = Embedding(matrix, "s")
        sizes = (config.d_model, config.max_tokens, config.dropout)
        self.positions = POSITIONS[config.positions](*sizes, "s")
        self.encoder = Stack(config, config.layers, "s")
        self.output = Output(matrix, "s")

    @property
    def mask(self) -> int:
        """The id of `[MASK]`."""
        return self.config.vocab - 1

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, S), padded with 0 -> logits (B, S, V) for the piece at each position itself."""
        x = self.positions(self.embedding(ids))
        return self.output(self.encoder(x, padding_mask(ids)))


def hide(
    ids: Tensor, mask: int, specials: int, share: float, generator: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Hide a share of the words at random: ids (B, S) -> what the model reads, and the labels, both
    (B, S); a label is 0 where nothing is asked.

    Of the chosen, 8 in 10 become `[MASK]`, 1 another piece, and 1 stays what it is, so that a
    word that is seen may still be wrong (Devlin et al., 2019, section 3.1). Ids below `specials`
    are never chosen. Each row with a word has at least one hidden.
    """
    draw = torch.rand(ids.shape, generator=generator, device=ids.device)
    words = ids >= specials
    draw = draw.masked_fill(~words, 2.0)
    first = draw == draw.amin(dim=1, keepdim=True)
    chosen = ((draw < share) | first) & words
    how = torch.rand(ids.shape, generator=generator, device=ids.device)
    others = torch.randint(specials, mask, ids.shape, generator=generator, device=ids.device)
    read = torch.where(chosen & (how < 0.8), mask, ids)
    read = torch.where(chosen & (how >= 0.9), others, read)
    return read, ids * chosen
