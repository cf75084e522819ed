"""Grouped convolution: which channel reaches which, and what that leaves to learn and to compute.

A convolution into `outputs` channels has a kernel for each pair of an output and an input. With
`groups` the channels of either side are cut into as many runs, and only pairs of the same run keep
theirs: the weight matrix is block-diagonal. The cut is AlexNet's (Krizhevsky et al., 2012, section
3.5: two graphics cards, a half of the channels each); at its end, a group for each input channel,
the convolution is depthwise ("Xception", Chollet, 2017).
"""

import torch
from torch import Tensor, nn


def reaches(inputs: int, outputs: int, groups: int) -> Tensor:
    """Whether each output channel reads each input channel: bool (outputs, inputs)."""
    reader = torch.arange(outputs) // (outputs // groups)
    read = torch.arange(inputs) // (inputs // groups)
    return reader[:, None] == read


def possible_groups(inputs: int, outputs: int) -> list[int]:
    """1, 2, 4 ... up to depthwise: the doublings that divide the channels of both sides."""
    doublings = (2**power for power in range(inputs.bit_length()))
    return [groups for groups in doublings if inputs % groups == 0 and outputs % groups == 0]


def untrained(inputs: int, outputs: int, kernel: int, seed: int = 0) -> nn.Conv2d:
    """A convolution as PyTorch draws it, that keeps the size of its picture; the same each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)


def cut(whole: nn.Conv2d, groups: int) -> nn.Conv2d:
    """`whole` with the kernels inside its blocks alone, as they are, and all of its biases."""
    outputs, inputs, kernel, _ = whole.weight.shape
    grouped = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, groups=groups)
    kept = whole.weight[reaches(inputs, outputs, groups)].view_as(grouped.weight)
    grouped.load_state_dict({**whole.state_dict(), "weight": kept})
    return grouped


def apart(grouped: nn.Conv2d) -> list[nn.Conv2d]:
    """The same as separate convolutions, one for each group, that know nothing of each other."""
    found = []
    rows, inputs, kernel = grouped.out_channels // grouped.groups, *grouped.weight.shape[1:3]
    for start in range(0, grouped.out_channels, rows):
        one = nn.Conv2d(inputs, rows, kernel, padding=kernel // 2)
        state = {name: part[start : start + rows] for name, part in grouped.state_dict().items()}
        one.load_state_dict(state)
        found.append(one)
    return found


def parameters(*modules: nn.Module) -> int:
    """How many numbers are learned."""
    return sum(p.numel() for module in modules for p in module.parameters())


def multiplications(conv: nn.Conv2d, height: int, width: int) -> int:
    """Of one picture that keeps its size: each number of each output channel takes one for each
    number of each kernel that it reads. What lies beyond the border, zeros, is counted too."""
    return conv.weight.numel() * height * width
