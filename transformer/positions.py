"""Where a token stands (section 3.5)."""

import math
from collections.abc import Callable

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


class Positions(nn.Module):
    """Adds each position's own vector to the embeddings; where the vectors come from is the
    subclass: table (max_tokens, D)."""

    table: Tensor

    def __init__(self, dropout: float, axis: str) -> None:
        super().__init__()
        self.axis = axis
        self.dropout = nn.Dropout(dropout)

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
        encoding = tap(self, "encoding", self.rows(start, end), f"{self.axis} d")
        return tap(self, "sum", self.dropout(x + encoding), f"b {self.axis} d")

    def rows(self, start: int, end: int) -> Tensor:
        """The vectors of positions start .. end-1: (T, D)."""
        return self.table[start:end]

    def at(self, position: Tensor) -> Tensor:
        """The vectors of any positions (N), real numbers -> (N, D): a table has whole positions
        alone, and of these the nearest is taken."""
        return self.table[position.round().long().clamp(0, len(self.table) - 1)]


class SinusoidalPositions(Positions):
    """The paper's: nothing here is learned."""

    def __init__(self, d_model: int, max_tokens: int, dropout: float, axis: str) -> None:
        super().__init__(dropout, axis)
        self.register_buffer("table", sinusoids(max_tokens, d_model), persistent=False)

    def at(self, position: Tensor) -> Tensor:
        """The formula knows every real number: (N) -> (N, D)."""
        return sinusoids_at(position, self.table.size(1))


class LearnedPositions(Positions):
    """A vector for each position, learned as the embeddings are (Gehring et al., 2017); it begins
    at random, as long as a sinusoid's."""

    def __init__(self, d_model: int, max_tokens: int, dropout: float, axis: str) -> None:
        super().__init__(dropout, axis)
        self.table = nn.Parameter(torch.randn(max_tokens, d_model) / math.sqrt(2))

    def rows(self, start: int, end: int) -> Tensor:
        """Looked up as an embedding is: (T, D)."""
        places = torch.arange(start, end, device=self.table.device)
        return nn.functional.embedding(places, self.table)


class NoPositions(Positions):
    """Zeros: the encoder reads a bag of words, the decoder knows order by its mask alone."""

    def __init__(self, d_model: int, max_tokens: int, dropout: float, axis: str) -> None:
        super().__init__(dropout, axis)
        self.register_buffer("table", torch.zeros(max_tokens, d_model), persistent=False)


POSITIONS: dict[str, Callable[[int, int, float, str], Positions]] = {
    "sinusoidal": SinusoidalPositions,
    "learned": LearnedPositions,
    "none": NoPositions,
}
