"""How weights lie in `model.safetensors`: float32, float16, or eight bits with a scale a row.

In eight bits a matrix is int8, and beside it `<name>.scale`, float32, one number for each row: the
largest of the row's numbers over 127 (symmetric, round to nearest). Vectors stay float16. Whatever
is stored, a model computes in float32.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

SCALE = ".scale"
KINDS = {"float32": torch.float32, "float16": torch.float16, "int8": torch.float16}
LARGEST = 127


def stored(model: nn.Module, kind: str) -> dict[str, Tensor]:
    """The weights by name, a tied matrix once, on the CPU and contiguous; kind: one of `KINDS`."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        weight = parameter.detach().cpu()
        if kind == "int8" and weight.dim() > 1:
            tensors[name], tensors[f"{name}{SCALE}"] = in_eight_bits(weight.float())
        else:
            tensors[name] = weight.to(KINDS[kind]).contiguous()
    return tensors


def in_eight_bits(weight: Tensor) -> tuple[Tensor, Tensor]:
    """weight (N, ...) -> int8 of the same shape, and the scale of each row (N)."""
    scale = weight.flatten(1).abs().amax(dim=1) / LARGEST
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))
    return (weight / over_rows(scale, weight)).round().to(torch.int8), scale


def restored(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `stored` made, in float32. Raises `ValueError` for int8 without a scale that fits."""
    weights: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if name.endswith(SCALE):
            continue
        weights[name] = tensor.float()
        if tensor.dtype == torch.int8:
            scale = tensors.get(f"{name}{SCALE}")
            if scale is None or scale.shape != tensor.shape[:1]:
                raise ValueError(f"'{name}' has eight bits and no scale for each of its rows.")
            weights[name] *= over_rows(scale.float(), tensor)
    return weights


def over_rows(scale: Tensor, weight: Tensor) -> Tensor:
    """scale (N) as it multiplies the rows of weight (N, ...)."""
    return scale.view(-1, *(1,) * (weight.dim() - 1))
