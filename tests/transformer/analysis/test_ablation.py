"""The table of all heads is what switching each of them off alone gives."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from transformer.analysis import ablation
from transformer.analysis.ablation import head_effects, head_names, total_log_probs
from transformer.analysis.edits import Off
from transformer.analysis.interventions import functions
from transformer.model import Transformer
from transformer.trace import tracing


@pytest.mark.parametrize("at_once", [20_000_000, 19 * 5 * 4])
def test_all_heads_at_once_are_each_head_alone(
    make_model: Callable[..., Transformer], src: Tensor, tgt: Tensor, at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(ablation, "LOGITS_AT_ONCE", at_once)
    model = make_model()
    src, tgt = src[:1], tgt[:1]
    effects = head_effects(model, src, tgt)
    assert list(effects) == head_names(model) and len(effects) == (2 + 3 + 3) * 3
    with torch.no_grad():
        before = model(src, tgt[:, :-1]).log_softmax(-1).gather(-1, tgt[:, 1:, None]).sum()
    torch.testing.assert_close(total_log_probs(model, src, tgt)[0], before)
    for name, effect in effects.items():
        with torch.no_grad(), tracing(model, functions(model, [Off(*name)])):
            after = model(src, tgt[:, :-1]).log_softmax(-1).gather(-1, tgt[:, 1:, None]).sum()
        assert effect == pytest.approx(float(after - before), abs=1e-4), name
    assert len(set(effects.values())) > 20  # each head was another one
