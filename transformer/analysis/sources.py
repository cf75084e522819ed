"""The source of the functions that ran, read from the running program."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from transformer.attention import MultiHeadAttention
from transformer.model import Transformer


def functions_of(model: Transformer, kind: str, layer: int) -> list[tuple[str, str]]:
    """Name and source of what ran in one layer for one kind of attention: the layer's own forward
    (post-norm or pre-norm), then the attention's, in the order in which they are called."""
    stack = model.encoder if kind == "encoder" else model.decoder
    owner = type(stack.layers[layer])
    attention = MultiHeadAttention
    functions: list[Callable[..., Any]] = [owner.forward, attention.forward, attention.split]
    functions += [attention.keys_values, attention.attention]
    return [source_of(each) for each in functions]


def source_of(function: Callable[..., Any]) -> tuple[str, str]:
    """Its name and its source."""
    return function.__qualname__, textwrap.dedent(inspect.getsource(function))
