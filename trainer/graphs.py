"""The training step as CUDA graphs: recorded once for each shape of a batch, then played again.

A GPU does an update of a small model faster than Python can ask for its thousands of operations;
played, they are one request. So the batches come in few shapes (`batches.fixed_batches`), and
forward and backward pass are one.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from trainer.batches import Batch
from trainer.compiling import Compiled, Eager
from transformer.model import Transformer


class Recording:
    """A graph with the tensors that it reads and writes.

    batch: what it learns from, copied here. sums (3): loss, NLL and target tokens of it.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = Batch(*(side.clone() for side in batch))
        self.graph = torch.cuda.CUDAGraph()
        self.sums = torch.empty(0)


class Graphs:
    """Adds the gradients of batch after batch to the parameters' own."""

    def __init__(
        self,
        model: Transformer,
        precision: str,
        smoothing: float,
        share: float,
        arithmetic: Eager | Compiled | None = None,
    ) -> None:
        """share: what each batch's summed loss is multiplied with before its gradients."""
        self.model, self.precision, self.smoothing, self.share = model, precision, smoothing, share
        self.arithmetic = arithmetic or Eager()
        self.recorded: dict[tuple[torch.Size, torch.Size], Recording] = {}
        self.pool = torch.cuda.graph_pool_handle()
        self.coming: Recording | None = None

    def take(self, batch: Batch) -> Tensor:
        """Lay a batch ready, recording the graph of its shape at first; where its loss will be."""
        key = (batch.src.shape, batch.tgt.shape)
        if key not in self.recorded:
            self.recorded[key] = self._record(batch)
        self.coming = self.recorded[key]
        for side, new in zip(self.coming.batch, batch, strict=True):
            side.copy_(new, non_blocking=True)
        return self.coming.sums[0]

    def play(self) -> Tensor:
        """Forward and backward pass of the batch that was taken; its `sums` (3)."""
        assert self.coming is not None
        self.coming.graph.replay()
        return self.coming.sums

    def _record(self, batch: Batch) -> Recording:
        """Once for real, so that libraries choose their algorithms, then recorded: neither counts,
        and neither uses up random numbers."""
        random = torch.cuda.get_rng_state()
        recording = Recording(batch)
        parameters = [p for p in self.model.parameters() if p.requires_grad]
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            self._gradients(recording.batch, parameters)
        torch.cuda.current_stream().wait_stream(beside)
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        # thread_local: another thread may lay the next batches into page-locked memory meanwhile
        with torch.cuda.graph(recording.graph, self.pool, capture_error_mode="thread_local"):
            gradients, recording.sums = self._gradients(recording.batch, parameters)
            for parameter, gradient in zip(parameters, gradients, strict=True):
                assert parameter.grad is not None
                parameter.grad.add_(gradient)
            del gradients, gradient
        torch.cuda.set_rng_state(random)
        return recording

    def _gradients(
        self, batch: Batch, parameters: Sequence[nn.Parameter]
    ) -> tuple[tuple[Tensor, ...], Tensor]:
        bf16 = self.precision == "bf16"
        autocast = torch.autocast("cuda", torch.bfloat16, enabled=bf16, cache_enabled=False)
        with autocast, self.arithmetic.step():
            logits = self.model(batch.src, batch.tgt[:, :-1])
            loss, nll, tokens = self.arithmetic.losses(logits, batch.tgt[:, 1:], self.smoothing)
        gradients = torch.autograd.grad(loss * self.share, parameters)
        return gradients, torch.stack([loss.detach(), nll.detach(), tokens])
