"""Decoder-only: torch's encoder under a causal mask, no look ahead, the cache, `continued`."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.transformer.one_stack import VOCAB, embedded, small, torch_stack
from transformer.cache import GrowingCache
from transformer.continuing import continued
from transformer.decoder_only import DecoderOnly
from transformer.masks import causal_mask
from transformer.tokenizer import EOS, PAD, SOS

BOTH = pytest.mark.parametrize("norm", ["pre", "post"])
IDS = torch.tensor([[2, 5, 6, 7, 8, 9], [2, 10, 11, 0, 0, 0]])


@BOTH
def test_it_equals_torchs_encoder_under_a_causal_mask(norm: str) -> None:
    model = small(DecoderOnly, norm)
    ids = IDS[:1]
    state = torch_stack(model.decoder, norm)(embedded(model, ids), mask=~causal_mask(6)[0, 0])
    torch.testing.assert_close(model(ids), state @ model.output.weight.T, atol=1e-5, rtol=0)


@BOTH
def test_no_gradient_comes_from_the_future(norm: str) -> None:
    model = small(DecoderOnly, norm)
    x = torch.randn(1, 6, 12, requires_grad=True)
    state = model.decoder(x, causal_mask(6))
    for place in range(6):
        (gradient,) = torch.autograd.grad(state[:, place, 0].sum(), x, retain_graph=True)
        assert gradient[:, place + 1 :].count_nonzero() == 0
        assert (gradient[:, : place + 1] != 0).any(dim=-1).all()


@BOTH
def test_later_pieces_change_nothing_earlier(norm: str) -> None:
    model = small(DecoderOnly, norm)
    logits = model(IDS[:1])
    for place in range(1, 6):
        changed = IDS[:1].clone()
        changed[:, place:] = 4 + (changed[:, place:] - 3) % 12
        other = model(changed)
        torch.testing.assert_close(other[:, :place], logits[:, :place], atol=0, rtol=0)
        assert not torch.allclose(other[:, place], logits[:, place], atol=1e-3)


@BOTH
def test_padding_changes_nothing(norm: str) -> None:
    model = small(DecoderOnly, norm)
    padded = nn.functional.pad(IDS, (0, 4), value=PAD)
    torch.testing.assert_close(model(padded)[:, :6], model(IDS), atol=1e-5, rtol=0)
    torch.testing.assert_close(model(IDS)[1:, :3], model(IDS[1:, :3]), atol=1e-5, rtol=0)


@BOTH
@pytest.mark.parametrize("first", [1, 3])
def test_with_a_cache_it_equals_the_full_pass(norm: str, first: int) -> None:
    model = small(DecoderOnly, norm)
    ids, caches = IDS[:1], [GrowingCache() for _ in model.decoder.layers]
    parts = [model.decode(ids[:, :first], causal_mask(first), caches)]
    for place in range(first, 6):
        parts.append(model.decode(ids[:, place : place + 1], None, caches, place))
    torch.testing.assert_close(torch.cat(parts, dim=1), model(ids), atol=1e-5, rtol=0)


@pytest.mark.parametrize("ids", [[], [5], [5, 6, 7, 8]])
def test_continued_takes_the_likeliest_piece_of_each_full_pass(ids: list[int]) -> None:
    model = small(DecoderOnly, seed=4)
    found = continued(model, ids, max_tokens=8)
    expected: list[int] = []
    log_probs: list[float] = []
    while len(expected) < 8 and EOS not in expected:
        row = model(torch.tensor([[SOS, *ids, *expected]])).detach()[0, -1].log_softmax(dim=-1)
        allowed = row.clone()
        allowed[[PAD, SOS]] = -torch.inf
        expected.append(int(allowed.argmax()))
        log_probs.append(float(row[expected[-1]]))
    assert found.ids == [piece for piece in expected if piece != EOS]
    assert found.finished == (EOS in expected)
    assert found.token_log_probs == pytest.approx(log_probs, abs=1e-4)
    assert found.log_prob == pytest.approx(sum(log_probs), abs=1e-3)


def test_drawn_pieces_follow_the_models_distribution() -> None:
    model = small(DecoderOnly, seed=1)
    row = model(torch.tensor([[SOS, 5, 6]])).detach()[0, -1] / 1.5
    row[[PAD, SOS]] = -torch.inf
    expected = row.softmax(dim=-1)
    counts = torch.zeros(VOCAB)
    for seed in range(1500):
        drawn = continued(model, [5, 6], max_tokens=1, temperature=1.5, seed=seed)
        counts[drawn.ids[0] if drawn.ids else EOS] += 1
    assert float((counts / 1500 - expected).abs().max()) < 0.04


def test_a_seed_draws_the_same_text_and_another_seed_another() -> None:
    model = small(DecoderOnly)
    texts = [continued(model, [5], 12, temperature=2.0, seed=seed).ids for seed in (1, 1, 2, 3)]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2] or texts[0] != texts[3]


def test_it_ends_where_the_model_has_no_room() -> None:
    model = small(DecoderOnly, max_tokens=8)
    assert len(continued(model, [5, 6, 7], max_tokens=99).ids) <= 4
    with pytest.raises(ValueError, match="shorten the text"):
        continued(model, [5] * 7)
