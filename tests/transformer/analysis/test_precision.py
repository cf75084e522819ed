"""Sinusoids in few bits: held against Python's own mathematics, and each cause on its own."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from transformer.analysis.precision import DTYPES, FORMS, errors, naive, parts, sampled, stable

DIMS = 12
POSITIONS = torch.tensor([1, 7, 256, 257, 1000, 2048, 2049, 9999])
HALF_DIGIT = {"float16": 2.0**-12, "bfloat16": 2.0**-9, "float32": 2.0**-25}
WHOLE = {"float16": 2048, "bfloat16": 256, "float32": 2**24}  # up to here all whole numbers exist


def formula(position: int, column: int) -> float:
    angle = position / math.pow(10_000.0, (column - column % 2) / DIMS)
    return math.cos(angle) if column % 2 else math.sin(angle)


EXACT = torch.tensor(
    [[formula(int(p), d) for d in range(DIMS)] for p in POSITIONS], dtype=torch.float64
)


@pytest.mark.parametrize("form", FORMS.values())
def test_in_float64_both_forms_are_the_formula(form) -> None:
    torch.testing.assert_close(form(POSITIONS, DIMS, torch.float64), EXACT, atol=1e-11, rtol=0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_errors_are_the_distance_to_the_formula(dtype: str) -> None:
    kind = DTYPES[dtype]
    found = errors(POSITIONS, DIMS, kind)
    for name, form in (("power", naive), ("log/exp", stable)):
        narrow = form(POSITIONS, DIMS, kind)
        assert narrow.dtype == kind
        own = (narrow.double() - EXACT).abs().amax(1)
        torch.testing.assert_close(found[name], own, atol=1e-10, rtol=0)


def test_the_naive_power_is_that_of_numpy_in_the_same_type() -> None:
    place = POSITIONS.numpy()[:, None].astype(np.float32)
    power = np.float32(10_000) ** (np.arange(0, DIMS, 2).astype(np.float32) / np.float32(DIMS))
    own = np.sin(place / power)
    found = naive(POSITIONS, DIMS, torch.float32)[:, 0::2].numpy()
    np.testing.assert_allclose(found, own, atol=2e-3)  # a last digit of the power, 10,000 times
    assert np.abs(found[:3] - own[:3]).max() < 1e-4


@pytest.mark.parametrize("dtype", DTYPES)
def test_each_cause_alone(dtype: str) -> None:
    found = parts(POSITIONS, DIMS, DTYPES[dtype])
    missing = (POSITIONS.to(DTYPES[dtype]).double() != POSITIONS).tolist()
    assert [bool(error) for error in found["the position"] > 0] == missing
    assert not any(missing[: sum(place <= WHOLE[dtype] for place in POSITIONS.tolist())])
    assert float(found["the value"].max()) <= HALF_DIGIT[dtype] * 1.0001
    for name in ("the frequency", "the angle"):
        assert 0 < found[name][0] < found[name][2]


def test_no_cause_is_left_in_float64() -> None:
    found = parts(POSITIONS, DIMS, torch.float64)
    assert all(not error.any() for error in found.values())


def test_positions_are_sampled_up_to_the_last() -> None:
    found = sampled().tolist()
    assert found[:256] == list(range(1, 257)) and found[-1] == 10_000
    assert found == sorted(set(found))
