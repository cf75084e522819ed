"""Where a token stands (section 3.5)."""

import math

import torch
from torch import Tensor, nn

from transformer.trace import tap


def sinusoids(length: int, d_model: int) -> Tensor:
    """The first `length` positions: (length, D), float32."""
    return sinusoids_at(torch.arange(length), d_model)


def sinusoids_at(position: Tensor, d_model: int) -> Tensor:
    """PE(pos, 2i) = sin(pos / 10000^(2i/D)), PE(pos, 2i+1) = cos(the same): position (N), any real
    numbers -> (N, D), float32.

    The frequency is computed as exp(-2i/D · log 10000): no large power is ever formed.
    Computed in float64 and rounded once, so that far positions keep their digits. An odd D drops
    the last cosine.
    """
    frequency = torch.exp(
        torch.arange(0, d_model, 2, dtype=torch.float64) * (-math.log(10_000.0) / d_model)
    )
    angle = position.double()[:, None] * frequency
    table = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
    return table[:, :d_model].float()


class SinusoidalPositions(nn.Module):
    """Adds each position's own vector to the embeddings; nothing here is learned."""

    table: Tensor

    def __init__(self, d_model: int, max_tokens: int, dropout: float, axis: str) -> None:
        super().__init__()
        self.axis = axis
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("table", sinusoids(max_tokens, d_model), persistent=False)

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """x (B, T, D) at positions start .. start+T-1 -> (B, T, D).

        Raises ValueError past the last position of the table.
        """
        end = start + x.size(1)
        if end > len(self.table):
            raise ValueError(
                f"{end} tokens, but this model has positions for {len(self.table)}: "
                "shorten the text."
            )
        encoding = tap(self, "encoding", self.table[start:end], f"{self.axis} d")
        return tap(self, "sum", self.dropout(x + encoding), f"b {self.axis} d")
