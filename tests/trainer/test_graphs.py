"""CUDA graphs beside the same steps one by one: only on a machine with a GPU."""

from copy import deepcopy

import pytest
import torch

from trainer.batches import fixed_collate
from trainer.graphs import Graphs
from trainer.learning import token_losses
from transformer.config import ModelConfig
from transformer.model import Transformer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
SIZES = ModelConfig(
    src_vocab=50, tgt_vocab=50, d_model=32, d_ff=64, heads=4, encoder_layers=2, decoder_layers=2,
    dropout=0.0, max_tokens=64,
)  # fmt: skip


def batches(count: int) -> list:
    draw = torch.Generator().manual_seed(0)

    def ids() -> list[int]:
        length = int(torch.randint(1, 20, (), generator=draw))
        return torch.randint(4, 50, (length,), generator=draw).tolist()

    return [fixed_collate(128, 1, 64, [(ids(), ids()) for _ in range(3)]) for _ in range(count)]


def test_the_gradients_are_those_of_the_steps_one_by_one() -> None:
    torch.manual_seed(0)
    model = Transformer(SIZES).cuda()
    plain = deepcopy(model)
    graphs = Graphs(model, "fp32", 0.1, 0.5)
    for batch in batches(12):
        src, tgt = batch.src.cuda(), batch.tgt.cuda()
        loss, nll, tokens = token_losses(plain(src, tgt[:, :-1]), tgt[:, 1:], 0.1)
        (loss * 0.5).backward()
        graphs.take(type(batch)(src, tgt))
        sums = graphs.play()
        assert sums.tolist() == pytest.approx([float(loss), float(nll), float(tokens)], rel=1e-4)
    assert 1 < len(graphs.recorded) < 12
    for one, other in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-4)


def test_dropout_is_drawn_anew_each_time() -> None:
    torch.manual_seed(0)
    model = Transformer(SIZES).cuda()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.5
    graphs = Graphs(model, "bf16", 0.0, 1.0)
    batch = type(batches(1)[0])(*(side.cuda() for side in batches(1)[0]))
    losses = set()
    for _ in range(5):
        graphs.take(batch)
        losses.add(float(graphs.play()[0]))
    assert len(losses) == 5
