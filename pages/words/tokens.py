"""Tokens: the sentence in pieces, the integer of each, and the row of the embedding it picks."""

from __future__ import annotations

from pages.ui.beside_panel import beside_panel
from pages.ui.catalogue import find_model, list_models
from pages.ui.cutting_panel import cutting_panel
from pages.ui.errors import plain_errors
from pages.ui.file_panel import file_panel
from pages.ui.layout import notice, page_header, prose, provenance, sentence_box
from pages.ui.models import embedding_matrix, load, tokenize
from pages.ui.panels import panel_choice
from pages.ui.state import read_look
from pages.ui.train_panel import train_panel
from pages.ui.word_views import tokens_view

text = prose("tokens")
look = read_look([info.key for info in list_models()])
page_header(text["title"], text["lead"])
sentence_box(look)

with plain_errors():
    info = find_model(look.model)
    tokens = tokenize(info, look.src)
    matrix, _ = embedding_matrix(info)
    byte_level = load(info).src_tokenizer.is_byte_level

if not look.src:  # spaces are pieces too
    notice("Type a sentence to see its pieces.")
if len(tokens.ids) + 1 > info.max_tokens:
    notice(
        f"These are {len(tokens.ids):,} tokens; with [EOS] the model takes {info.max_tokens:,} at "
        "most. All are shown here, but shorten the sentence to follow it further.",
        "warning",
    )
tokens_view(
    tokens,
    matrix,
    byte_level=byte_level,
    title=text["rows"],
    lead=text["rows-lead"],
    key="tokens",
)
provenance(look, info, "src_embedding.weight", "v d", matrix.shape)

PANELS = {
    "steps": "Step by step",
    "file": "The tokenizer file",
    "beside": "Side by side",
    "train": "Train one here",
}
DRAW = {"steps": cutting_panel, "file": file_panel, "beside": beside_panel, "train": train_panel}
panel = panel_choice(look, PANELS, text["lab"], "tokens.panel")
if panel:
    with plain_errors():
        DRAW[panel](look, info)
