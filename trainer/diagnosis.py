"""Where a number that is none came from: the first parameter or tensor of a pass to hold one."""

import torch
from torch import Tensor, nn

from trainer.shares import all_of
from transformer.trace import tracing


@torch.no_grad()
def first_nonfinite(model: nn.Module, *inputs: Tensor) -> str | None:
    """The first name in the order of the pass whose numbers are not all finite; None where all are.

    inputs: what the model reads, of the moment at which it was noticed. A parameter comes before
    what is made from it; parameters and tensors have their names of `named_parameters` and of the
    trace. Where each rank holds a share of the model, all ask, and look at all of it.
    """
    for name, parameter in model.named_parameters():
        if not torch.isfinite(all_of(parameter)).all():
            return name
    with tracing(model) as trace:
        model(*inputs)
    for name, tensor in trace.items():
        if not torch.isfinite(tensor).all():
            return name
    return None


def diverged(step: int, culprit: str | None) -> str:
    """What to tell a person whose loss is no number any more."""
    first = f"; the first such number was in {culprit}" if culprit else ""
    return (
        f"By step {step} the loss or its gradient was no finite number{first}: lower the rate, "
        "warm up longer or clip the gradient, and start a new run."
    )
