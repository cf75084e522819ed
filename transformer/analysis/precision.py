"""Sinusoids in few bits: the power of the paper's formula against exp of a logarithm, and where the
error of either comes from.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

DTYPES = {"float16": torch.float16, "bfloat16": torch.bfloat16, "float32": torch.float32}


def naive(position: Tensor, d_model: int, dtype: torch.dtype) -> Tensor:
    """The formula as the paper prints it (section 3.5), each step in `dtype`: (N) -> (N, D)."""
    exponent = torch.arange(0, d_model, 2).to(dtype) / d_model
    return waves(position.to(dtype)[:, None] / 10_000.0**exponent)


def stable(position: Tensor, d_model: int, dtype: torch.dtype) -> Tensor:
    """The frequency as exp of a logarithm, each step in `dtype`: (N) -> (N, D)."""
    exponent = torch.arange(0, d_model, 2).to(dtype) * (-math.log(10_000.0) / d_model)
    return waves(position.to(dtype)[:, None] * exponent.exp())


def waves(angle: Tensor) -> Tensor:
    """angle (N, D/2) -> sines in the even columns, cosines in the odd ones: (N, D)."""
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


FORMS: dict[str, Callable[[Tensor, int, torch.dtype], Tensor]] = {
    "power": naive,
    "log/exp": stable,
}


def errors(position: Tensor, d_model: int, dtype: torch.dtype) -> dict[str, Tensor]:
    """By form, the largest error over all dimensions at each position: (N), float64."""
    exact = stable(position, d_model, torch.float64)
    return {name: _worst(form(position, d_model, dtype), exact) for name, form in FORMS.items()}


def parts(position: Tensor, d_model: int, dtype: torch.dtype) -> dict[str, Tensor]:
    """What the error would be if one step alone were rounded to `dtype` and all others were done in
    float64: (N) each."""
    wide = torch.float64
    place = position.to(wide)[:, None]
    exponent = torch.arange(0, d_model, 2, dtype=wide) * (-math.log(10_000.0) / d_model)
    frequency = exponent.exp()
    narrow = exponent.to(dtype).exp().to(wide)
    exact = waves(place * frequency)
    angles = {
        "the position": place.to(dtype).to(wide) * frequency,
        "the frequency": place * narrow,
        "the angle": (place * frequency).to(dtype).to(wide),
    }
    found = {name: _worst(waves(angle), exact) for name, angle in angles.items()}
    return found | {"the value": _worst(exact.to(dtype), exact)}


def _worst(found: Tensor, exact: Tensor) -> Tensor:
    return (found.double() - exact).abs().amax(dim=1)


def sampled(last: int = 10_000, dense: int = 256, more: int = 600) -> Tensor:
    """Every position from 1 to `dense`, then ever fewer of those up to `last`: (N)."""
    further = torch.logspace(math.log10(dense), math.log10(last), more, dtype=torch.float64)
    return torch.cat([torch.arange(1, dense + 1), further.round().long()]).unique()
