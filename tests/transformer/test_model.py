"""The whole model: no look into the future, padding that changes nothing, tied weights."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from transformer.config import ModelConfig
from transformer.decoding import greedy
from transformer.masks import causal_mask, padding_mask
from transformer.model import Transformer
from transformer.tokenizer import EOS, PAD, SOS

MakeModel = Callable[..., Transformer]
BOTH = pytest.mark.parametrize("norm", ["pre", "post"])


@BOTH
def test_no_gradient_comes_from_the_future(make_model: MakeModel, norm: str, src: Tensor) -> None:
    model = make_model(norm=norm)
    memory = model.encode(src, None).detach()
    x = torch.randn(2, 5, 12, requires_grad=True)
    logits = model.output(model.decoder(x, memory, causal_mask(5), None))
    for t in range(5):
        (gradient,) = torch.autograd.grad(logits[:, t].square().sum(), x, retain_graph=True)
        assert gradient[:, t + 1 :].count_nonzero() == 0
        assert (gradient[:, : t + 1] != 0).any(dim=-1).all()


@BOTH
def test_later_ids_change_nothing_earlier(
    make_model: MakeModel, norm: str, src: Tensor, tgt: Tensor
) -> None:
    model = make_model(norm=norm)
    logits = model(src, tgt)
    for t in range(1, 5):
        changed = tgt.clone()
        changed[:, t:] = 4 + (changed[:, t:] - 3) % 15
        other = model(src, changed)
        torch.testing.assert_close(other[:, :t], logits[:, :t], atol=0, rtol=0)
        assert not torch.allclose(other[:, t], logits[:, t], atol=1e-3)


@BOTH
def test_padding_of_the_source_changes_nothing(
    make_model: MakeModel, norm: str, src: Tensor, tgt: Tensor
) -> None:
    model = make_model(norm=norm)
    padded = nn.functional.pad(src, (0, 6), value=PAD)
    torch.testing.assert_close(model(padded, tgt), model(src, tgt), atol=1e-5, rtol=0)
    memory = model.encode(padded, padding_mask(padded))[:, :7]
    torch.testing.assert_close(memory, model.encode(src, None), atol=1e-5, rtol=0)


@BOTH
def test_padding_of_the_target_changes_nothing(
    make_model: MakeModel, norm: str, src: Tensor, tgt: Tensor
) -> None:
    model = make_model(norm=norm)
    padded = nn.functional.pad(tgt, (0, 4), value=PAD)
    torch.testing.assert_close(model(src, padded)[:, :5], model(src, tgt), atol=1e-5, rtol=0)


@BOTH
def test_a_batch_equals_its_rows(make_model: MakeModel, norm: str) -> None:
    model = make_model(norm=norm)
    src = torch.tensor([[5, 6, 7, 8, 9, 10, 3], [11, 12, 3, 0, 0, 0, 0]])
    tgt = torch.tensor([[2, 5, 6, 0, 0], [2, 7, 8, 9, 10]])
    logits = model(src, tgt)
    torch.testing.assert_close(logits[:1, :3], model(src[:1], tgt[:1, :3]), atol=1e-5, rtol=0)
    torch.testing.assert_close(logits[1:], model(src[1:, :3], tgt[1:]), atol=1e-5, rtol=0)


def test_the_order_of_words_matters(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model()
    assert not torch.allclose(model(src.flip(1), tgt), model(src, tgt), atol=1e-3)


def test_tied_embeddings_are_one_matrix_with_three_gradients(make_model: MakeModel) -> None:
    tied = make_model(tie_embeddings=True, src_vocab=19)
    matrix = tied.output.weight
    assert tied.src_embedding.weight is matrix and tied.tgt_embedding.weight is matrix
    assert sum(p is matrix for p in tied.parameters()) == 1
    untied = make_model(tie_embeddings=False, src_vocab=19)
    untied.load_state_dict(tied.state_dict())
    for model in (tied, untied):
        model(torch.tensor([[5, 6]]), torch.tensor([[2, 7]])).square().sum().backward()
    parts = (untied.src_embedding.weight, untied.tgt_embedding.weight, untied.output.weight)
    shares = [part.grad for part in parts if part.grad is not None]
    rows = [set((share != 0).any(dim=1).nonzero()[:, 0].tolist()) for share in shares]
    assert rows == [{5, 6}, {2, 7}, set(range(19))]
    torch.testing.assert_close(matrix.grad, sum(shares), atol=1e-4, rtol=1e-5)


def test_untied_embeddings_are_three_matrices(make_model: MakeModel) -> None:
    model = make_model()
    three = {id(part.weight) for part in (model.src_embedding, model.tgt_embedding, model.output)}
    assert len(three) == 3
    assert model.src_embedding.weight.shape == (17, 12) and model.output.weight.shape == (19, 12)


def test_weights_survive_the_state_dict(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model, other = make_model(seed=0), make_model(seed=1)
    assert not torch.equal(model(src, tgt), other(src, tgt))
    other.load_state_dict(model.state_dict())
    assert torch.equal(model(src, tgt), other(src, tgt))


def random_sentences(count: int, generator: torch.Generator) -> Tensor:
    """(count, 5) ids: four random words and [EOS]."""
    words = torch.randint(4, 14, (count, 4), generator=generator)
    return torch.cat([words, torch.full((count, 1), EOS)], dim=1)


@BOTH
def test_it_learns_to_copy(norm: str) -> None:
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    sizes: dict[str, Any] = {"encoder_layers": 1, "decoder_layers": 1, "heads": 2, "d_ff": 64}
    model = Transformer(ModelConfig(14, 14, d_model=32, norm=norm, dropout=0.0, **sizes))
    steps = 300
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, total_iters=steps)
    for _ in range(steps):
        src = random_sentences(32, generator)
        tgt = torch.cat([torch.full((32, 1), SOS), src[:, :-1]], dim=1)
        loss = nn.functional.cross_entropy(model(src, tgt).flatten(0, 1), src.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        decay.step()
    unseen = random_sentences(50, generator)
    copied = [hypothesis.ids for hypothesis in greedy(model.eval(), unseen)]
    assert copied == unseen[:, :-1].tolist()
