"""Five lines of Python that find a number of the screen again, in a trace of the same pass."""

from __future__ import annotations

from collections.abc import Sequence


def snippet(folder: str, src: str, tgt_ids: Sequence[int], cell: str) -> str:
    """The script that prints one number, run in Dawn's folder.

    folder is the bundle's; src the sentence; tgt_ids what the decoder reads, [SOS] first; cell a
    Python expression for the number, given `trace`, `bundle` and `torch`: see `tap_cell`.
    """
    return f"""\
import pathlib, torch, transformer.bundle, transformer.trace
bundle = transformer.bundle.load_bundle(pathlib.Path({folder!r}))
src, tgt = [*bundle.src_tokenizer.encode({src!r}).ids, 3], {list(tgt_ids)}  # [EOS] 3, [SOS] 2
with transformer.trace.tracing(bundle.model) as trace: bundle.model(torch.tensor([src]), torch.tensor([tgt]))
print(float({cell}))
"""  # noqa: E501


def tap_cell(name: str, *index: int) -> str:
    """The expression for one number of a traced tensor: its name and its index in it."""
    return f'trace["{name}"][{", ".join(str(place) for place in index)}]'
