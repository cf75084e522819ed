"""Which word goes with which: the source on the left, the translation on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.ui.theme import ACCENT, CROSS, MUTED, fade, plotly_template

Pair = tuple[int, int]
ROW = 30  # pixels for a word


def alignment(
    src: Sequence[str],
    tgt: Sequence[str],
    weights: np.ndarray,
    pairs: Sequence[Pair],
    crossing: Sequence[Pair],
) -> go.Figure:
    """A line for each pair (target word, source word), the stronger the thicker and the more
    opaque; those that cross in the colour of the sun. weights (target words, source words)."""
    src, tgt = [plain(word) for word in src], [plain(word) for word in tgt]
    lines = []
    for target, source in pairs:
        weight = float(weights[target, source])
        colour = ACCENT if (target, source) in crossing else CROSS
        lines.append(
            go.Scatter(
                x=[0, 0.5, 1],
                y=[source, (source + target) / 2, target],
                mode="lines",
                line={"color": fade(colour, 0.25 + 0.75 * weight), "width": 1 + 4 * weight},
                text=f"{src[source]} → {tgt[target]} {weight:.2f}",
                hovertemplate="%{text}<extra></extra>",
            )
        )
    linked = {source for _, source in pairs}
    words = [_word(word, 0, place, quiet=place not in linked) for place, word in enumerate(src)]
    words += [_word(word, 1, place, quiet=False) for place, word in enumerate(tgt)]
    # All words at once: to add one, plotly copies those that are there, 26 seconds for 400 words.
    layout = {"template": plotly_template(), "annotations": words}
    figure = go.Figure(lines, layout)
    figure.update_layout(
        height=ROW * max(len(src), len(tgt)) + 16, showlegend=False, margin={"t": 4, "b": 4}
    )
    figure.update_xaxes(range=[-0.8, 1.8], visible=False, fixedrange=True)
    longest = max(len(src), len(tgt))
    figure.update_yaxes(range=[longest - 0.4, -0.6], visible=False, fixedrange=True)
    return figure


def plain(word: str) -> str:
    """`word` for plotly, which would read a tag in it."""
    return word.replace("&", "&amp;").replace("<", "&lt;")


def _word(word: str, x: int, y: int, quiet: bool) -> dict[str, Any]:
    """A word beside its end of the lines, quiet where nobody looks at it."""
    return {
        "x": x,
        "y": y,
        "text": word,
        "xanchor": "right" if x == 0 else "left",
        "xshift": -8 if x == 0 else 8,
        "showarrow": False,
        "opacity": 0.55 if quiet else 1,
        "font": {"size": 14, "color": MUTED},
    }
