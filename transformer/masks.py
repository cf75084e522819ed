"""Who may look at whom. Masks are boolean, True = may look, and broadcast over heads."""

import torch
from torch import Tensor


def padding_mask(ids: Tensor, pad: int = 0) -> Tensor:
    """True where there is a token: ids (B, S) -> (B, 1, 1, S)."""
    return (ids != pad)[:, None, None, :]


def causal_mask(length: int, device: torch.device | None = None) -> Tensor:
    """Position t may look at 0..t (section 3.2.3): length T -> (1, 1, T, T)."""
    return torch.ones(length, length, dtype=torch.bool, device=device).tril()[None, None]
