"""Sinusoids equal the paper's formula, and each position has its own vector."""

import math

import pytest
import torch

from transformer.positions import POSITIONS, SinusoidalPositions, sinusoids


@pytest.mark.parametrize("d_model", [4, 7, 12, 256])
def test_sinusoids_equal_the_formula_in_float64(d_model: int) -> None:
    table = sinusoids(300, d_model)
    for pos in (0, 1, 2, 17, 299):
        for column in range(d_model):
            angle = pos / math.pow(10_000.0, 2 * (column // 2) / d_model)
            expected = math.cos(angle) if column % 2 else math.sin(angle)
            assert float(table[pos, column]) == pytest.approx(expected, abs=1e-7)


def test_sinusoids_equal_the_naive_power() -> None:
    pos = torch.arange(10_000, dtype=torch.float64)[:, None]
    angle = pos / 10_000.0 ** (torch.arange(0, 64, 2, dtype=torch.float64) / 64)
    table = sinusoids(10_000, 64).double()
    torch.testing.assert_close(table[:, 0::2], angle.sin(), atol=1e-7, rtol=0)
    torch.testing.assert_close(table[:, 1::2], angle.cos(), atol=1e-7, rtol=0)


@pytest.mark.parametrize("d_model", [64, 256])
def test_sinusoids_are_the_formula_in_float64_rounded_once(d_model: int) -> None:
    """Up to position 10,000 nothing is lost but half of float32's last digit."""
    pos = torch.arange(10_001, dtype=torch.float64)[:, None]
    pair = torch.arange(0, d_model, 2, dtype=torch.float64)
    angle = pos / torch.pow(torch.tensor(10_000.0, dtype=torch.float64), pair / d_model)
    exact = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
    found = sinusoids(10_001, d_model).double()
    half_digit = 2.0**-24 * exact.abs() + 1e-11
    assert ((found - exact).abs() <= half_digit).all()


def test_each_position_has_its_own_vector() -> None:
    distances = torch.cdist(table := sinusoids(512, 64), table).fill_diagonal_(math.inf)
    assert distances.min() > 0.1


def test_each_position_of_a_sentence_gets_its_own_vector() -> None:
    """Not one vector for the whole sentence, and not one for each row of the batch."""
    positions = SinusoidalPositions(12, 32, 0.0, "s")
    added = positions(torch.zeros(3, 9, 12))
    for row in added:
        torch.testing.assert_close(row, sinusoids(9, 12), atol=0, rtol=0)


@pytest.mark.parametrize("kind", sorted(POSITIONS))
def test_each_kind_adds_the_rows_of_its_table(kind: str) -> None:
    torch.manual_seed(0)
    positions = POSITIONS[kind](12, 32, 0.0, "s")
    x = torch.randn(2, 5, 12)
    torch.testing.assert_close(positions(x, start=3), x + positions.table[3:8], atol=0, rtol=0)
    with pytest.raises(ValueError, match="shorten the text"):
        positions(x, start=28)
    learned = [name for name, _ in positions.named_parameters()]
    assert learned == (["table"] if kind == "learned" else [])
    assert positions.state_dict().keys() == set(learned)


def test_learned_positions_are_as_long_as_sinusoids_at_first() -> None:
    torch.manual_seed(0)
    lengths = [POSITIONS[k](256, 64, 0.0, "s").table.norm(dim=1) for k in ("learned", "sinusoidal")]
    torch.testing.assert_close(lengths[0].mean(), lengths[1].mean(), rtol=0.05, atol=0)


def test_learned_positions_learn() -> None:
    positions = POSITIONS["learned"](12, 32, 0.0, "s")
    positions(torch.zeros(1, 5, 12)).sum().backward()
    gradient = positions.table.grad
    assert gradient is not None and gradient[:5].all() and not gradient[5:].any()


def test_a_later_start_continues_the_table() -> None:
    positions = SinusoidalPositions(12, 32, 0.0, "t")
    x = torch.zeros(1, 9, 12)
    torch.testing.assert_close(positions(x[:, 4:], start=4), positions(x)[:, 4:], atol=0, rtol=0)


def test_past_the_last_position_is_refused_in_a_sentence() -> None:
    positions = SinusoidalPositions(12, 8, 0.0, "s")
    with pytest.raises(ValueError, match="9 tokens, but this model has positions for 8"):
        positions(torch.zeros(1, 9, 12))
    with pytest.raises(ValueError, match="shorten the text"):
        positions(torch.zeros(1, 1, 12), start=8)
