"""The Python that finds a number of the screen again, for views that know which number it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pages.ui.catalogue import ModelInfo
from transformer.analysis.snippet import case_snippet, effect_snippet, method_snippet, snippet
from transformer.analysis.word_snippets import near_snippet, state_snippet, sum_snippet

CELL, METHOD = "CELL", "METHOD"
"""What the browser replaces, in a script, by the number in focus and by the method that gave it."""

_ROOT = Path(__file__).resolve().parents[2]


def script_of(info: ModelInfo, src: str, tgt_ids: Sequence[int], edits: str = "") -> str:
    """Five lines that trace this pass and print `CELL`; tgt_ids are what the decoder reads."""
    return snippet(portable(info.folder), src, tgt_ids, CELL, edits)


def hearing_script(info: ModelInfo, src: Sequence[int], tgt: Sequence[int], position: int) -> str:
    """Five lines that print what `METHOD` of the explanations says of piece `CELL`."""
    return method_snippet(portable(info.folder), src, tgt, position, METHOD, CELL)


def bridge_script(info: ModelInfo, src: Sequence[int], tgt: Sequence[int], position: int) -> str:
    """Five lines that print `CELL`, an expression of the weights and their derivatives."""
    return case_snippet(portable(info.folder), src, tgt, position, CELL)


def effect_script(info: ModelInfo, src: str, tgt_ids: Sequence[int]) -> str:
    """Five lines that print what is lost of log P(tgt) without head `CELL`."""
    return effect_snippet(portable(info.folder), src, tgt_ids, CELL)


def near_script(info: ModelInfo, side: str, row: int, measure: str, count: int) -> str:
    """Five lines that print the pieces nearest to a row of the embedding."""
    return near_snippet(portable(info.folder), side, row, measure, count)


def sum_script(info: ModelInfo, side: str, words: Sequence[str], count: int) -> str:
    """Five lines that print the pieces nearest to a - b + c."""
    return sum_snippet(portable(info.folder), side, [word.strip() for word in words], count)


def state_script(info: ModelInfo, text: str, places: Sequence[int]) -> str:
    """Five lines that print the vector of these pieces of a text at stop `CELL` of the encoder."""
    return state_snippet(portable(info.folder), text, places, CELL)


def portable(folder: Path) -> str:
    """The folder as a script in Dawn's own folder names it."""
    return str(folder.relative_to(_ROOT)) if folder.is_relative_to(_ROOT) else str(folder)
