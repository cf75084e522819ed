"""Other positions at inference: what changes nothing, what a shift is, and an independent pass."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from transformer.analysis.edits import Edited
from transformer.analysis.interventions import functions
from transformer.analysis.position_edits import HOWS, SIDES, Moved
from transformer.analysis.positions_edited import BLOCK, TENSORS, moved, places
from transformer.decoding import greedy
from transformer.model import Transformer
from transformer.positions import (
    POSITIONS,
    LearnedPositions,
    NoPositions,
    SinusoidalPositions,
    sinusoids,
)
from transformer.tokenizer import EOS, SOS
from transformer.trace import tracing

MakeModel = Callable[..., Transformer]
COUNT = st.integers(1, 40)
NOTHING = [("shift", 0.0), ("stretch", 1.0), ("scale", 1.0)]


def change(move: Moved, table: Tensor) -> Tensor:
    """A move of a model whose positions are sinusoids."""
    return moved(move, SinusoidalPositions(table.size(1), 4, 0.0, "s"))(table)


def traced(model: Transformer, src: Tensor, tgt: Tensor, edits: list[Edited]) -> dict[str, Tensor]:
    with torch.no_grad(), tracing(model, functions(model, edits)) as trace:
        model(src, tgt)
    return dict(trace)


@settings(deadline=None)
@given(count=COUNT, half=st.integers(2, 9), side=st.sampled_from(SIDES))
@pytest.mark.parametrize(("how", "amount"), NOTHING)
def test_what_changes_nothing_is_exact(
    how: str, amount: float, count: int, half: int, side: str
) -> None:
    table = sinusoids(count, 2 * half)
    assert torch.equal(change(Moved(side, how, amount), table), table)


@settings(deadline=None)
@given(count=COUNT, half=st.integers(2, 9), shift=st.integers(-500, 500))
def test_a_shift_turns_each_pair_of_dimensions(count: int, half: int, shift: int) -> None:
    """(sin, cos) of dimension pair i turned by shift / 10000^(2i/D), whatever the position."""
    table = sinusoids(count, 2 * half)
    found = change(Moved("encoder", "shift", shift), table)
    for pair in range(half):
        angle = shift / math.pow(10_000.0, pair / half)
        turn = torch.tensor(
            [[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]
        )
        columns = slice(2 * pair, 2 * pair + 2)
        torch.testing.assert_close(found[:, columns], table[:, columns] @ turn.T, atol=1e-6, rtol=0)


@settings(deadline=None)
@given(count=COUNT, shift=st.integers(0, 60))
def test_a_shift_reads_further_down_the_table(count: int, shift: int) -> None:
    found = change(Moved("decoder", "shift", shift), sinusoids(count, 12))
    assert torch.equal(found, sinusoids(count + shift, 12)[shift:])


@settings(deadline=None)
@given(count=COUNT, more=st.integers(0, 20), how=st.sampled_from(sorted(HOWS)), seed=COUNT)
def test_the_decoder_never_waits_for_what_is_not_written(
    count: int, more: int, how: str, seed: int
) -> None:
    move = Moved("decoder", how, seed)
    longer = change(move, sinusoids(count + more, 8))
    assert torch.equal(longer[:count], change(move, sinusoids(count, 8)))


@settings(deadline=None)
@given(count=COUNT, seed=st.integers(0, 9999))
def test_a_shuffle_keeps_every_position_once(count: int, seed: int) -> None:
    found = places(Moved("encoder", "shuffle", seed), count).tolist()
    assert sorted(found) == list(range(count))
    assert found == places(Moved("encoder", "shuffle", seed), count).tolist()
    written = places(Moved("decoder", "shuffle", seed), count).tolist()
    assert len(set(written)) == count
    assert all(place // BLOCK == own // BLOCK for own, place in enumerate(written))


def test_another_seed_is_another_order() -> None:
    orders = {tuple(places(Moved("encoder", "shuffle", s), 12).tolist()) for s in range(20)}
    assert len(orders) == 20


def test_order_reversed_all_alike_and_none() -> None:
    table = sinusoids(7, 12)
    assert torch.equal(change(Moved("encoder", "reverse"), table), table.flip(0))
    backwards = change(Moved("decoder", "reverse"), table)
    torch.testing.assert_close(backwards @ backwards.T, table @ table.T)  # distances stay
    assert torch.equal(change(Moved("encoder", "freeze", 3), table), table[3].expand(7, 12))
    assert torch.equal(change(Moved("decoder", "scale", 2.5), table), 2.5 * table)
    assert not change(Moved("encoder", "remove"), table).any()


@pytest.mark.parametrize("side", SIDES)
def test_one_side_leaves_the_positions_of_the_other_alone(
    make_model: MakeModel, src: Tensor, tgt: Tensor, side: str
) -> None:
    model = make_model()
    plain = traced(model, src, tgt, [])
    edited = traced(model, src, tgt, [Moved(side, "remove")])
    other = TENSORS["decoder" if side == "encoder" else "encoder"]
    assert torch.equal(edited[other], plain[other])
    assert not edited[TENSORS[side]].any()
    assert torch.equal(edited["encoder.memory"], plain["encoder.memory"]) == (side == "decoder")


@pytest.mark.parametrize("how", sorted(HOWS))
@pytest.mark.parametrize("side", SIDES)
def test_the_pass_is_that_of_a_model_with_another_table(
    make_model: MakeModel, src: Tensor, tgt: Tensor, how: str, side: str
) -> None:
    model, move = make_model(), Moved(side, how, 2)
    edited = traced(model, src, tgt, [move])["output.logits"]
    other = copy.deepcopy(model)
    positions = other.src_positions if side == "encoder" else other.tgt_positions
    length = (src if side == "encoder" else tgt).size(1)
    if how in ("remove", "scale"):
        positions.table.mul_(0 if how == "remove" else 2)
    else:
        wide = sinusoids(32, 12)
        rows = [int(place) for place in places(move, length)]
        behind = sinusoids(32, 12) * torch.tensor([-1.0, 1.0]).repeat(6)  # PE(-p)
        positions.table[:length] = torch.stack(
            [wide[row] if row >= 0 else behind[-row] for row in rows]
        )
    torch.testing.assert_close(edited, other(src, tgt), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("how", sorted(HOWS))
def test_decoding_piece_by_piece_is_one_pass_over_the_whole(
    make_model: MakeModel, src: Tensor, how: str
) -> None:
    model, source = make_model(), src[:1]
    edits: list[Edited] = [Moved("encoder", how, 2), Moved("decoder", how, 2)]
    found = greedy(model, source, max_tokens=11, edits=functions(model, edits))[0]
    own = traced(model, source, torch.tensor([[SOS, *found.ids]]), edits)["output.logits"][0]
    wanted = torch.tensor([*found.ids, EOS][: len(found.token_log_probs)])
    at = own.log_softmax(-1)[: len(wanted)].gather(1, wanted[:, None])[:, 0]
    torch.testing.assert_close(at, torch.tensor(found.token_log_probs), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("how", sorted(HOWS))
def test_learned_positions_are_read_from_their_table(how: str) -> None:
    """The nearest row that there is; no formula."""
    torch.manual_seed(0)
    positions, move = LearnedPositions(8, 20, 0.0, "s"), Moved("encoder", how, 1.75)
    table = positions.table.detach()
    found = moved(move, positions)(table[:9]).detach()
    if how == "remove":
        assert not found.any()
    elif how == "scale":
        assert torch.equal(found, 1.75 * table[:9])
    else:
        rows = [min(19, round(float(place))) for place in places(move, 9)]
        assert torch.equal(found, table[rows])
    bare = NoPositions(8, 20, 0.0, "s")
    assert not moved(move, bare)(bare.table[:9]).any()


@pytest.mark.parametrize("positions", sorted(POSITIONS))
def test_without_positions_order_says_nothing(
    make_model: MakeModel, src: Tensor, tgt: Tensor, positions: str
) -> None:
    """The encoder of a bag of words gives each piece the same memory wherever it stands."""
    model = make_model(positions=positions)
    memory = traced(model, src, tgt, [])["encoder.memory"]
    turned = traced(model, src.flip(1), tgt, [])["encoder.memory"].flip(1)
    assert torch.allclose(memory, turned, atol=1e-5) == (positions == "none")
