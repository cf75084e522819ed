"""Encoder-only: torch's encoder with the same weights, both sides seen, `hide` and `fill`."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from tests.transformer.one_stack import VOCAB, embedded, small, torch_stack
from transformer.encoder_only import EncoderOnly, hide
from transformer.filling import fill, with_hidden
from transformer.tokenizer import EOS, PAD, SPECIALS

BOTH = pytest.mark.parametrize("norm", ["pre", "post"])
IDS = torch.tensor([[5, 6, 7, 8, 9, 3], [5, 6, 3, 0, 0, 0]])
MASK = VOCAB - 1


@BOTH
def test_it_equals_torchs_encoder(norm: str) -> None:
    model = small(EncoderOnly, norm)
    state = torch_stack(model.encoder, norm)(embedded(model, IDS), src_key_padding_mask=IDS == PAD)
    torch.testing.assert_close(model(IDS), state @ model.output.weight.T, atol=1e-5, rtol=0)


@BOTH
def test_every_position_sees_both_sides(norm: str) -> None:
    model = small(EncoderOnly, norm)
    x = torch.randn(1, 6, 12, requires_grad=True)
    state = model.encoder(x, None)
    for place in range(6):
        (gradient,) = torch.autograd.grad(state[:, place, 0].sum(), x, retain_graph=True)
        assert (gradient != 0).any(dim=-1).all()
    logits = model(IDS[:1])
    for place in range(5):
        changed = IDS[:1].clone()
        changed[0, place] = 12
        moved = (model(changed) - logits).abs().amax(dim=-1)[0]
        assert (moved > 1e-4).all()


@BOTH
def test_padding_changes_nothing(norm: str) -> None:
    model = small(EncoderOnly, norm)
    padded = nn.functional.pad(IDS, (0, 5), value=PAD)
    torch.testing.assert_close(model(padded)[:, :6], model(IDS), atol=1e-5, rtol=0)
    torch.testing.assert_close(model(IDS)[1:, :3], model(IDS[1:, :3]), atol=1e-5, rtol=0)


def words(rows: int = 2000, length: int = 40) -> Tensor:
    """(rows, length) words between [SOS] and [EOS], some rows padded."""
    ids = torch.randint(4, 9, (rows, length), generator=torch.Generator().manual_seed(3))
    ids[:, 0], ids[:, -1] = 2, EOS
    ids[::2, 20:] = PAD
    return ids


@pytest.mark.parametrize("share", [0.15, 0.4])
def test_the_shares_that_are_hidden_are_those_asked_for(share: float) -> None:
    ids = words()
    read, labels = hide(ids, 500, 4, share, torch.Generator().manual_seed(0))
    chosen = labels != 0
    assert float(chosen.sum() / (ids >= 4).sum()) == pytest.approx(share, abs=0.01)
    hidden, original = read[chosen], ids[chosen]
    assert float((hidden == 500).float().mean()) == pytest.approx(0.8, abs=0.01)
    # of 496 other pieces one may be drawn that stands there: 1 in 496 of a tenth
    assert float((hidden == original).float().mean()) == pytest.approx(0.1, abs=0.01)
    others = hidden[(hidden != 500) & (hidden != original)]
    assert float(len(others) / len(hidden)) == pytest.approx(0.1, abs=0.01)
    assert int(others.min()) >= 4 and int(others.max()) < 500
    assert int(others.max()) > 480 and int(others.min()) < 20  # drawn from all of them


def test_specials_are_never_hidden_and_labels_stand_only_where_something_is_asked() -> None:
    ids = words()
    read, labels = hide(ids, 500, 4, 0.9, torch.Generator().manual_seed(1))
    specials = ids < len(SPECIALS)
    assert torch.equal(read[specials], ids[specials])
    assert int(labels[specials].count_nonzero()) == 0
    asked = labels != 0
    assert torch.equal(labels[asked], ids[asked])
    assert torch.equal(read[~asked], ids[~asked])


def test_each_row_with_a_word_has_one_hidden_and_a_row_without_has_none() -> None:
    ids = torch.tensor([[2, 7, 3], [2, 3, 0], [0, 0, 0]]).repeat(50, 1)
    _, labels = hide(ids, 500, 4, 0.0, torch.Generator().manual_seed(2))
    assert (labels != 0).sum(dim=1).tolist() == [1, 0, 0] * 50


def test_the_same_seed_hides_the_same_words() -> None:
    ids = words(50)
    first, again, other = (
        hide(ids, 500, 4, 0.2, torch.Generator().manual_seed(s)) for s in (5, 5, 6)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first[1], other[1])


def test_fill_is_the_full_pass_over_the_text_with_mask_in_it() -> None:
    model = small(EncoderOnly)
    ids, hidden = [5, 6, 7, 8, 9], {1, 3}
    found = fill(model, ids, hidden, many=4)
    assert list(found) == [1, 3]
    logits = model(torch.tensor([[5, MASK, 7, MASK, 9, EOS]]))[0]
    for place, guesses in found.items():
        row = logits[place, len(SPECIALS) : MASK].softmax(dim=-1)  # what a text can hold
        best = row.argsort(descending=True)[:4]
        assert [one.piece for one in guesses] == (best + len(SPECIALS)).tolist()
        torch.testing.assert_close(torch.tensor([g.probability for g in guesses]), row[best])


def test_what_is_hidden_does_not_reach_the_model() -> None:
    model = small(EncoderOnly)
    assert fill(model, [5, 6, 7], {1}) == fill(model, [5, 11, 7], {1})
    assert fill(model, [5, 6, 7], {1}) != fill(model, [5, 6, 8], {1})
    assert fill(model, [5, 6], set()) == {}


@pytest.mark.parametrize(
    ("count", "place", "told"), [(3, 3, "no word 4"), (3, -1, "no word 0"), (32, 0, "shorten")]
)
def test_what_cannot_be_hidden_is_told(count: int, place: int, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        with_hidden(small(EncoderOnly), [5] * count, {place})
