"""How long the vectors are that attention mixes: the norm of a value after W_O, head by head.

"Attention is Not Only a Weight: Analyzing Transformers with Vector Norms" (Kobayashi et al., 2020),
section 3: the output of a head at t is the sum over s of alpha[t, s] f(x_s), f(x) = (x W_V + b_V)
W_O. A large weight on a short vector brings little home, so |alpha f(x)| is what a head takes.
"""

import torch
from torch import Tensor

from transformer.attention import MultiHeadAttention
from transformer.trace import Trace


def value_norms(attention: MultiHeadAttention, v: Tensor) -> Tensor:
    """|f(x_s)| of each head: traced values v (B, H, S, K) -> (B, H, S), in the model's units.

    W_O is cut into the K columns that each head's values meet; its bias belongs to no head.
    """
    w_o = attention.w_o.weight.unflatten(1, (attention.heads, attention.d_k))  # (D, H, K)
    return torch.einsum("bhsk,dhk->bhsd", v, w_o).norm(dim=-1)


def all_value_norms(model: torch.nn.Module, trace: Trace) -> dict[str, Tensor]:
    """`value_norms` of every attention in a trace of `model`, by the module's name."""
    return {
        name: value_norms(module, trace[f"{name}.v"])
        for name, module in model.named_modules()
        if isinstance(module, MultiHeadAttention)
    }
