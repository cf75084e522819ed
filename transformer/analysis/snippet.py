"""Five lines of Python that find a number of the screen again, by making it anew."""

from __future__ import annotations

from collections.abc import Sequence

EDITING = ", transformer.analysis.edits, transformer.analysis.interventions"


def snippet(folder: str, src: str, tgt_ids: Sequence[int], cell: str, edits: str = "") -> str:
    """The script that prints one number, run in Dawn's folder.

    folder is the bundle's; src the sentence; tgt_ids what the decoder reads, [SOS] first; cell a
    Python expression for the number, given `trace`, `bundle` and `torch`: see `tap_cell`; edits
    those in force, in their text form.
    """
    modules, traced, source = "", "", f"[*bundle.src_tokenizer.encode({src!r}).ids, 3]"
    if edits:
        modules, traced = EDITING, ", edits"
        parsed = f"transformer.analysis.edits.parse_edits({edits!r})[0]"
        source = f"transformer.analysis.interventions.prepare(bundle, {src!r}, {parsed})"
    return f"""\
import pathlib, torch, transformer.bundle, transformer.trace{modules}
bundle = transformer.bundle.load_bundle(pathlib.Path({folder!r}))
{"src, edits" if edits else "src"} = {source}  # [EOS] is 3, [SOS] 2
with transformer.trace.tracing(bundle.model{traced}) as trace: bundle.model(torch.tensor([src]), torch.tensor([{list(tgt_ids)}]))
print(float({cell}))
"""  # noqa: E501


def tap_cell(name: str, *index: int) -> str:
    """The expression for one number of a traced tensor: its name and its index in it."""
    return f'trace["{name}"][{", ".join(str(place) for place in index)}]'


def method_snippet(
    folder: str, src: Sequence[int], tgt: Sequence[int], position: int, method: str, piece: str
) -> str:
    """The script that prints what a method says of a piece.

    src are ids that end in [EOS], tgt ids that begin with [SOS]; tgt[position + 1] is what is
    explained; method its place in METHODS, and piece its place among source and prefix, as text.
    """
    cell = f"torch.cat(transformer.analysis.methods.METHODS[{method}].explain(case))[{piece}]"
    return case_snippet(folder, src, tgt, position, cell, ", transformer.analysis.methods")


def case_snippet(
    folder: str, src: Sequence[int], tgt: Sequence[int], position: int, cell: str, modules: str = ""
) -> str:
    """The script that prints a number about one written piece, as above; cell a Python expression
    for it, given `case`, with what `modules` imports."""
    return f"""\
import pathlib, torch, transformer.bundle, transformer.analysis.case{modules}
bundle = transformer.bundle.load_bundle(pathlib.Path({folder!r}))
src, tgt = torch.tensor([{list(src)}]), torch.tensor([{list(tgt)}])
case = transformer.analysis.case.open_case(bundle.model, src, tgt, {position}, {tgt[position + 1]})
print(float({cell}))
"""


def effect_snippet(folder: str, src: str, tgt_ids: Sequence[int], head: str) -> str:
    """The script that prints by how many nats log P(target) falls without a head.

    tgt_ids begin with [SOS] and end with [EOS] where the target ended; head is the text of
    (kind, layer, head), counted from 1.
    """
    return f"""\
import pathlib, torch, transformer.bundle, transformer.analysis.ablation
bundle = transformer.bundle.load_bundle(pathlib.Path({folder!r}))
src, tgt = [*bundle.src_tokenizer.encode({src!r}).ids, 3], {list(tgt_ids)}  # [EOS] is 3, [SOS] 2
effects = transformer.analysis.ablation.head_effects(bundle.model, torch.tensor([src]), torch.tensor([tgt]))
print(-effects[{head}])
"""  # noqa: E501
