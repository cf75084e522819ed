"""The component of one sentence and three machines: what each may see, learns from and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pages.ui.asked import Asked, commit
from pages.ui.components import mount, pack
from pages.ui.machine_columns import Column
from pages.ui.pieces import spelled
from pages.ui.results import Tokens
from pages.ui.state import Look
from pages.ui.words import word_spans

KEY = "machines"


def machines_view(
    look: Look, tokens: Tokens, asked: Asked, columns: Mapping[str, Column], text: Mapping[str, str]
) -> None:
    """The component; what is asked in it becomes the look's."""
    header, arrays = header_of(look, tokens, asked, columns, text)
    mount("machines")(data=pack(header, arrays), key=KEY, on_asked_change=lambda: commit(KEY))


def header_of(
    look: Look, tokens: Tokens, asked: Asked, columns: Mapping[str, Column], text: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """All of it as it is sent."""
    arrays = {
        f"{name}.{number}": mask.allowed.astype(np.uint8)
        for name, column in columns.items()
        for number, mask in enumerate(column.masks)
    }
    header = {
        "pieces": [spelled(label) for label in tokens.labels],
        "words": word_spans(tokens.labels),
        "asked": asked.sent(),
        "machines": {name: _sent(name, column, text) for name, column in columns.items()},
        "text": look.src.strip(),
    }
    return header, arrays


def _sent(name: str, column: Column, text: Mapping[str, str]) -> dict[str, Any]:
    told = {part: text[f"{name} {part}"] for part in ("about", "predicts", "label")}
    return {
        "name": text[name],
        **{part: sentence.replace("`", "") for part, sentence in told.items()},
        "stand": column.stand,
        "sides": {side: [spelled(one) for one in labels] for side, labels in column.sides.items()},
        "places": list(column.places),
        "masks": [
            {"title": m.title, "rows": m.rows, "cols": m.cols, "hue": m.hue, "dims": m.dims}
            for m in column.masks
        ],
        "answer": dict(column.answer),
        "sorry": column.sorry,
    }
