"""Embeddings: the map of the whole vocabulary, and who is nearest to whom."""

from __future__ import annotations

from pages.ui.axes_panel import axes_panel
from pages.ui.catalogue import find_model, list_models
from pages.ui.context_panel import context_panel
from pages.ui.errors import plain_errors
from pages.ui.kinds_panel import kinds_panel
from pages.ui.layout import page_header, prose, sentence_box
from pages.ui.panels import panel_choice
from pages.ui.state import read_look
from pages.ui.vocabulary_map import vocabulary_map

text = prose("embeddings")
look = read_look([info.key for info in list_models()])
page_header(text["title"], text["lead"])
sentence_box(look)

with plain_errors():
    info = find_model(look.model)
    vocabulary_map(look, info, text)

PANELS = {
    "context": "Contextless, then context",
    "axes": "Arithmetic and axes",
    "kinds": "Three kinds beside each other",
}
DRAW = {"context": context_panel, "axes": axes_panel, "kinds": kinds_panel}
panel = panel_choice(look, PANELS, text["lab"], "embeddings.panel")
if panel:
    with plain_errors():
        DRAW[panel](look, info)
