"""The figures of the two machines of text, from their bundles: cards and metrics, never prose."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pages.ui.catalogue import LookError, OneStreamInfo
from pages.ui.held_out import scores

_SHARE = re.compile(r"\bhidden_share ([0-9.]+)")


def figures(encoder: OneStreamInfo, decoder: OneStreamInfo) -> dict[str, str]:
    """What the paragraphs of assets/text/machines.md are filled with. Raises `LookError` where a
    bundle does not tell all of it."""
    try:
        told = {
            **_learned("encoder", encoder.folder),
            **_learned("decoder", decoder.folder),
            "encoder_share": f"{hidden_share(encoder.folder):.0%}",
            "decoder_share": "100%",
        }
        hidden, following = scores(encoder.folder), scores(decoder.folder)
        return {
            **told,
            "encoder_accuracy": f"{hidden['val/accuracy']:.1%}",
            "encoder_five": f"{hidden['val/among_five']:.1%}",
            "decoder_accuracy": f"{following['val/accuracy']:.1%}",
            "decoder_perplexity": f"{following['val/perplexity']:.1f}",
            "decoder_bits": f"{following['val/bits_per_character']:.3f}",
        }
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise LookError(
            "The cards and metrics of the two models do not tell how they learned, so their "
            "numbers cannot be given here: restore assets/models."
        ) from error


def hidden_share(folder: Path) -> float:
    """The share of pieces that the model was asked for while it learned. Raises `LookupError`."""
    found = _SHARE.search((folder / "card.md").read_text("utf-8"))
    if not found:
        raise LookupError("hidden_share")
    return float(found[1])


def _learned(name: str, folder: Path) -> dict[str, str]:
    """Labels that a model learned from, and the seconds that it took, at its last logged step."""
    lines = (folder / "metrics.jsonl").read_text("utf-8").splitlines()
    last = [row for row in map(json.loads, lines) if "tokens" in row][-1]
    return {
        f"{name}_labels": f"{last['tokens'] / 1e6:,.0f} million",
        f"{name}_seconds": f"{last['seconds']:,.0f}",
    }
