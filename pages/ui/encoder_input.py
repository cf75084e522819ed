"""What goes into the first encoder layer, traced from the model: embedding plus position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.ui.catalogue import ModelInfo
from pages.ui.models import check_text, load


@dataclass(frozen=True)
class EncoderInput:
    """labels and ids (S) end in [EOS]; rows of the embedding, the same times sqrt(D), positions and
    their sum are (S, D) in float32. kind is what the model's positions are."""

    kind: str
    labels: list[str]
    ids: list[int]
    rows: np.ndarray
    scaled: np.ndarray
    encoding: np.ndarray
    total: np.ndarray

    def is_exact(self) -> bool:
        """Whether adding the first two gives the third to the last bit of float32."""
        return bool(np.array_equal(self.scaled + self.encoding, self.total))


def encoder_input(info: ModelInfo, text: str) -> EncoderInput:
    """Trace the embedding and the positions over `text`. Raises `LookError` and `BundleError`."""
    check_text(info, text)
    import torch

    from transformer.tokenizer import EOS
    from transformer.trace import tracing

    bundle = load(info)
    ids = [*bundle.src_tokenizer.encode(text).ids, EOS]
    model = bundle.model
    with torch.no_grad(), tracing(model) as trace:
        model.src_positions(model.src_embedding(torch.tensor([ids])))
    return EncoderInput(
        model.config.positions,
        [bundle.src_tokenizer.label(number) for number in ids],
        ids,
        trace["src_embedding.rows"][0].numpy(),
        trace["src_embedding.scaled"][0].numpy(),
        trace["src_positions.encoding"].numpy(),
        trace["src_positions.sum"][0].numpy(),
    )


def position_table(info: ModelInfo) -> tuple[str, np.ndarray]:
    """What the model's positions are ("sinusoidal", "learned" or "none"), and its encoder's table
    of them: (max_tokens, D) in float32. Do not change it."""
    model = load(info).model
    return model.config.positions, model.src_positions.table.detach().numpy()
