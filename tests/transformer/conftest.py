"""Small models with fixed weights; all sizes differ, so that no axis passes for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from transformer.config import ModelConfig
from transformer.model import Transformer

SIZES: dict[str, Any] = {
    "src_vocab": 17,
    "tgt_vocab": 19,
    "encoder_layers": 2,
    "decoder_layers": 3,
    "d_model": 12,
    "d_ff": 20,
    "heads": 3,
    "norm": "pre",
    "tie_embeddings": False,
    "max_tokens": 32,
}


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Tiny tensors gain nothing from more."""
    torch.set_num_threads(1)


@pytest.fixture
def make_model() -> Callable[..., Transformer]:
    """`make_model(norm="post", seed=3, ...)`: in evaluation mode; the norms are random too."""

    def make(seed: int = 0, **changes: Any) -> Transformer:
        torch.manual_seed(seed)
        model = Transformer(ModelConfig(**(SIZES | changes))).eval()
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if ".norm" in name:
                    parameter.add_(0.3 * torch.randn_like(parameter))
            model.output.weight.mul_(3.0)  # unequal choices, so that searches have work to do
        return model

    return make


@pytest.fixture
def src() -> Tensor:
    """(B, S) = (2, 7) ids without padding."""
    return torch.randint(4, 17, (2, 7), generator=torch.Generator().manual_seed(1))


@pytest.fixture
def tgt() -> Tensor:
    """(B, T) = (2, 5) ids without padding."""
    return torch.randint(4, 19, (2, 5), generator=torch.Generator().manual_seed(2))
