"""How every number gets out of the model, and how an edit gets in.

A line of the model that makes something worth seeing passes it through `tap`. Nobody tracing: the
tensor goes through untouched. Inside `tracing(model)`: it is recorded under the module's name.

    with tracing(model) as trace:
        model(src, tgt)
    trace["encoder.layers.0.self_attention.weights"]   # a tensor, still on its graph
    trace.dims["encoder.layers.0.self_attention.weights"]   # "b h s s"
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor, nn

Edit = Callable[[Tensor], Tensor]


class TraceError(RuntimeError):
    """A trace that would be wrong: a name made twice, an edit of nothing, or a changed shape."""


class Trace(Mapping[str, Tensor]):
    """What one forward pass made: tensors by name, in the order in which they were made.

    `dims[name]` gives the letters of a tensor's shape, e.g. "b h t s".
    """

    def __init__(self, model: nn.Module, edits: Mapping[str, Edit]) -> None:
        self._names = {module: name for name, module in model.named_modules()}
        self._edits = dict(edits)
        self._tensors: dict[str, Tensor] = {}
        self.dims: dict[str, str] = {}

    def __getitem__(self, name: str) -> Tensor:
        return self._tensors[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def record(self, module: nn.Module, name: str, tensor: Tensor, dims: str) -> Tensor:
        """Record `tensor`, edited if an edit asks for it; returns what the model goes on with."""
        if module not in self._names:  # another model at work inside this trace
            return tensor
        full = f"{self._names[module]}.{name}".lstrip(".")
        if full in self._tensors:
            raise TraceError(f"'{full}' was made twice: a trace holds one forward pass.")
        if full in self._edits:
            shape = tensor.shape
            tensor = self._edits[full](tensor)
            if not isinstance(tensor, Tensor) or tensor.shape != shape:
                raise TraceError(f"The edit of '{full}' must return a tensor of {list(shape)}.")
        self._tensors[full], self.dims[full] = tensor, dims
        return tensor

    def check_edits(self) -> None:
        """Raise `TraceError` for an edit whose tensor never came by."""
        if missing := self._edits.keys() - self._tensors.keys():
            raise TraceError(f"Nothing to edit: the model made no tensor '{min(missing)}'.")


_active: ContextVar[Trace | None] = ContextVar("active_trace", default=None)


def tap(module: nn.Module, name: str, tensor: Tensor, dims: str) -> Tensor:
    """Show `tensor` to whoever traces `module`; returns it unchanged unless somebody edits.

    dims: one letter of the alphabet of shapes for each axis, e.g. "b h t s".
    A compiled model records nothing: trace the eager module.
    """
    if torch.compiler.is_compiling():
        return tensor
    trace = _active.get()
    return tensor if trace is None else trace.record(module, name, tensor, dims)


@contextmanager
def tracing(model: nn.Module, edits: Mapping[str, Edit] | None = None) -> Iterator[Trace]:
    """Record one forward pass of `model` in this thread or task alone, editing on the way through.

    edits: tensor name -> function from the tensor to one of the same shape. Head ablation is
    `{"decoder.layers.1.cross_attention.heads": lambda x: x.index_fill(1, head, 0)}`.
    Raises `TraceError` when a name is made twice, an edit changes a shape or meets no tensor.
    """
    trace = Trace(model, edits or {})
    token = _active.set(trace)
    try:
        yield trace
    finally:
        _active.reset(token)
    trace.check_edits()
