"""From a trained model to a sentence: greedy, sampling, and beam search from its own file."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from transformer.beam import beam_search
from transformer.model import Transformer
from transformer.steps import Hypothesis, choosable, hypothesis, longest, steps
from transformer.tokenizer import EOS, SOS
from transformer.trace import Edit

__all__ = ["Hypothesis", "beam_search", "greedy", "nucleus", "sample"]


@torch.no_grad()
def greedy(
    model: Transformer,
    src: Tensor,
    max_tokens: int | None = None,
    edits: Mapping[str, Edit] | None = None,
) -> list[Hypothesis]:
    """The likeliest piece at each step: src (B, S), padded with 0 -> one hypothesis a row."""
    return _one_by_one(model, src, max_tokens, edits, lambda log_probs, _: log_probs.argmax(dim=-1))


@torch.no_grad()
def sample(
    model: Transformer,
    src: Tensor,
    seeds: list[int],
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    max_tokens: int | None = None,
    edits: Mapping[str, Edit] | None = None,
) -> list[Hypothesis]:
    """Pieces drawn by their probability: src (B, S), a seed a row -> one hypothesis a row.

    temperature, from 0.01 to 100, flattens (above 1) or sharpens (below 1); only the `top_k`
    likeliest pieces are drawn from (0: all), and of these the fewest that hold `top_p` of the
    probability (nucleus sampling, Holtzman et al., 2020). The log-probabilities reported are the
    model's own.
    """
    if not 0.01 <= temperature <= 100 or top_k < 0 or not 0 < top_p <= 1:
        raise ValueError(
            "Sampling needs a temperature from 0.01 to 100, top_k >= 0 and 0 < top_p <= 1."
        )
    generators = [torch.Generator(src.device).manual_seed(seed) for seed in seeds]

    def choose(log_probs: Tensor, rows: list[int]) -> Tensor:
        probs = nucleus((log_probs / temperature).softmax(dim=-1), top_k, top_p)
        drawn = [
            torch.multinomial(of_row, 1, generator=generators[row])
            for of_row, row in zip(probs, rows, strict=True)
        ]
        return torch.cat(drawn)

    return _one_by_one(model, src, max_tokens, edits, choose)


def nucleus(probs: Tensor, top_k: int, top_p: float) -> Tensor:
    """probs (B, V) with all but the `top_k` and the nucleus of mass `top_p` at 0, not rescaled."""
    ordered, order = probs.sort(dim=-1, descending=True)
    keep = ordered.cumsum(dim=-1) - ordered < top_p  # the mass before this piece
    if top_k:
        keep[:, top_k:] = False
    return torch.zeros_like(probs).scatter(-1, order, ordered * keep)


def _one_by_one(
    model: Transformer,
    src: Tensor,
    max_tokens: int | None,
    edits: Mapping[str, Edit] | None,
    choose: Callable[[Tensor, list[int]], Tensor],
) -> list[Hypothesis]:
    """One hypothesis a row of `src`, its next piece by `choose` (log_probs (B', V) of so many of
    the rows, which rows -> ids (B',)). A row that has ended is left out from there."""
    limits = longest(model, src, max_tokens)
    stepper = steps(model, src, edits)
    going = list(range(src.size(0)))
    found: list[tuple[list[int], list[float]]] = [([], []) for _ in going]
    prefixes = torch.full((len(going), 1), SOS, device=src.device)
    while going:
        log_probs = stepper.log_probs(prefixes)
        pieces = choose(choosable(log_probs), going)
        values = log_probs.gather(-1, pieces[:, None])[:, 0]
        for row, piece, value in zip(going, pieces.tolist(), values.tolist(), strict=True):
            found[row][0].append(piece)
            found[row][1].append(value)
        prefixes = torch.cat([prefixes, pieces[:, None]], dim=1)
        kept = [place for place, row in enumerate(going) if _goes_on(found[row][0], limits[row])]
        if len(kept) < len(going):
            places = torch.tensor(kept, dtype=torch.long, device=src.device)
            prefixes = prefixes[places]
            stepper.select(places)
        going = [going[place] for place in kept]
    return [hypothesis(ids, log_probs_taken) for ids, log_probs_taken in found]


def _goes_on(ids: list[int], limit: int) -> bool:
    return ids[-1] != EOS and len(ids) < limit
