"""The loss and the rank of each piece of a target that the model was given, below its text."""

from __future__ import annotations

import html
import math

import streamlit as st

from pages.ui.pieces import EOS, readable
from pages.ui.results import Explained
from transformer.analysis.losses import piece_losses

_STYLE = """<style>
.dawn-losses {
  display: flex; flex-wrap: wrap; gap: 6px 3px; margin: 0 0 0 -7px !important;
  padding: 0 !important; list-style: none; max-height: 12rem; overflow-y: auto;
}
.dawn-losses li {
  margin: 0 !important; padding: 2px 7px 3px !important; border-radius: 6px; text-align: center;
  background: color-mix(in srgb, currentcolor calc(var(--loss) * 1%), transparent);
}
.dawn-losses b { display: block; font: 400 1.05rem/1.4 Newsreader, Georgia, serif; }
.dawn-losses small {
  display: block; font-size: 0.72rem; opacity: 0.75; font-variant-numeric: tabular-nums;
}
</style>"""


def target_losses(explained: Explained, sentence: str) -> None:
    """Each piece of the target with its loss in nats and its rank among the whole vocabulary.

    `sentence` tells of them in words, with {loss}, {perplexity}, {size} and {blind} to be filled.
    """
    logits = explained.tensors["output.logits"][0]
    losses, ranks = piece_losses(logits, [*explained.tgt_ids[1:], EOS])
    size = logits.shape[1]
    labels = [readable(label) for label in [*explained.tgt_pieces[1:], "[EOS]"]]
    told = zip(labels, losses, ranks, strict=True)
    items = (_item(label, float(loss), int(rank), size) for label, loss, rank in told)
    st.html(f'{_STYLE}<ol class="dawn-losses" tabindex="0">{"".join(items)}</ol>')
    mean = float(losses.mean())
    words = {"loss": f"{mean:.2f}", "perplexity": f"{math.exp(min(mean, 700)):,.1f}"}
    st.caption(sentence.format(**words, size=f"{size:,}", blind=f"{math.log(size):.2f}"))


def _item(label: str, loss: float, rank: int, size: int) -> str:
    """A piece, darker the more it surprised: a blind guess, ln V, is 30 % of the ink."""
    shade = min(30.0, 30 * loss / math.log(size)) if math.isfinite(loss) else 0.0
    place = f"no. {rank:,} of {size:,}"
    return (
        f'<li style="--loss:{shade:.1f}" title="{place}"><b dir="auto">{html.escape(label)}</b>'
        f"<small>{loss:.2f} · #{rank:,}</small></li>"
    )
