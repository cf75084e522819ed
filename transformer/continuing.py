"""What a decoder-only model goes on with: one piece after the other, each read before the next."""

from collections.abc import Sequence

import torch

from transformer.cache import GrowingCache
from transformer.decoder_only import DecoderOnly
from transformer.decoding import nucleus
from transformer.masks import causal_mask
from transformer.steps import Hypothesis, choosable, hypothesis
from transformer.tokenizer import EOS, SOS


@torch.no_grad()
def continued(
    model: DecoderOnly,
    ids: Sequence[int],
    max_tokens: int = 30,
    temperature: float = 0.0,
    seed: int = 0,
    top_p: float = 1.0,
) -> Hypothesis:
    """The pieces after `ids`, which may be none, until `[EOS]` or `max_tokens` of them.

    temperature 0 takes the likeliest piece; above 0 pieces are drawn, flatter the higher, of these
    the fewest that hold `top_p` of the probability. Log-probabilities are the model's own. Keys and
    values of the past are kept. Raises ValueError for a text that leaves no room.
    """
    room = model.config.max_tokens - 1 - len(ids)
    if room < 1 or max_tokens < 1:
        raise ValueError(
            f"{len(ids)} tokens leave no room for more: this model takes "
            f"{model.config.max_tokens - 1}, so shorten the text."
        )
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    caches = [GrowingCache() for _ in model.decoder.layers]
    new, start = torch.tensor([[SOS, *ids]], device=device), 0
    found: list[int] = []
    log_probs: list[float] = []
    while len(found) < min(room, max_tokens) and EOS not in found:
        mask = causal_mask(new.size(1), device) if start == 0 else None
        distribution = model.decode(new, mask, caches, start)[:, -1].log_softmax(dim=-1)
        scores = choosable(distribution)
        if temperature:
            probs = nucleus((scores / temperature).softmax(dim=-1), 0, top_p)
            piece = torch.multinomial(probs[0], 1, generator=generator)
        else:
            piece = scores.argmax(dim=-1)
        found.append(int(piece))
        log_probs.append(float(distribution[0, found[-1]]))
        new, start = piece[None], start + new.size(1)
    return hypothesis(found, log_probs)
