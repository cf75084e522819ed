"""Five lines of Python that find numbers of words again: neighbours, a - b + c, a word in context.

folder is the bundle's; side is "src" or "tgt", whose embedding and tokenizer are meant.
"""

from __future__ import annotations

from collections.abc import Sequence


def near_snippet(folder: str, side: str, row: int, measure: str, count: int) -> str:
    """The script that prints the pieces nearest to a row, by "cosine" or by "distance"."""
    find = "nearest" if measure == "cosine" else "nearest_by_distance"
    return f"""\
{_opening(folder, side, "projections")}
near, values = transformer.analysis.projections.{find}(rows, {row}, {count})
for n, value in zip(near.tolist(), values.tolist()): print(n, repr(tokenizer.label(n)), value)
"""


def sum_snippet(folder: str, side: str, words: Sequence[str], count: int) -> str:
    """The script that prints the pieces nearest to a - b + c, those of a, b and c among them."""
    return f"""\
{_opening(folder, side, "axes")}
cosines = transformer.analysis.axes.analogy(rows, *[tokenizer.encode(word).ids for word in {list(words)!r}])
for n in cosines.argsort(descending=True)[:{count}].tolist(): print(n, repr(tokenizer.label(n)), float(cosines[n]))
"""  # noqa: E501


def state_snippet(folder: str, text: str, places: Sequence[int], stop: str) -> str:
    """The script that prints the vector of pieces of a text, their mean, at a stop of the encoder.

    stop is a Python expression for its place: 0 the embedding, 1 with the position, then the
    layers.
    """
    return f"""\
import pathlib, transformer.bundle, transformer.analysis.contextual
bundle = transformer.bundle.load_bundle(pathlib.Path({folder!r}))
ids = [*bundle.src_tokenizer.encode({text!r}).ids, 3]  # [EOS] is 3
states = transformer.analysis.contextual.encoder_states(bundle.model, ids)  # stops, pieces, width
print(states[{stop}, {list(places)}].mean(0).tolist())
"""


def _opening(folder: str, side: str, module: str) -> str:
    return f"""\
import pathlib, transformer.bundle, transformer.analysis.{module}
bundle = transformer.bundle.load_bundle(pathlib.Path({folder!r}))
rows, tokenizer = bundle.model.{side}_embedding.weight.detach(), bundle.{side}_tokenizer"""
