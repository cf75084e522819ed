"""What came of a tokenizer that was trained here: measures by size, the sentence, and its use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui import vocabulary_jobs as jobs
from pages.ui.beside import Cutter, cutters
from pages.ui.beside_panel import beside_blob
from pages.ui.catalogue import ModelInfo
from pages.ui.components import mount
from pages.ui.errors import plain_errors
from pages.ui.prose import escape_markdown
from pages.ui.state import Look
from pages.ui.take_away import camera, csv_button
from transformer.tokenizer import SMALLEST_BPE, UNK

if TYPE_CHECKING:
    from trainer.vocabularies import VocabularySpec
    from transformer.tokenizer import Tokenizer

KINDS = {"bpe": "BPE", "wordpiece": "WordPiece", "unigram": "Unigram", "words": "Whole words"}
MEASURES = (
    ("per_word", "Tokens per word", ".2f"),
    ("unknown", "Unknown tokens", ".1%"),
    ("per_line", "Tokens per line", ".1f"),
)


def trained_view(
    look: Look,
    info: ModelInfo,
    spec: VocabularySpec,
    found: Mapping[str, Any],
    called: str,
    text: Mapping[str, str],
) -> None:
    """Curves, the sentence cut beside the model's own pieces, and the file."""
    tokenizer = _tokenizer(str(jobs.folder_of(spec) / jobs.FILE), spec.name)
    origin = (
        f"{KINDS[spec.kind]} · {called} · {found['learned']:,} lines to learn from, measured on "
        f"{found['held']:,} {'others' if found['held'] != found['learned'] else 'of them'}"
    )
    if len(tokenizer) < spec.size:
        st.caption(text["fewer"].format(size=f"{len(tokenizer):,}", asked=f"{spec.size:,}"))
    _curves(found, text, origin)
    if look.src.strip():
        with plain_errors(stop=False):
            mine = Cutter("The new one", origin, lambda side: len(tokenizer), _cut(tokenizer), UNK)
            ways = [mine, cutters(info)[0]]
            mount("beside")(data=beside_blob(look, info, ways), key="trained.beside")
    _take(spec, tokenizer, text)


def _curves(found: Mapping[str, Any], text: Mapping[str, str], origin: str) -> None:
    from pages.figures.vocabulary_sizes import by_size  # plotly comes after the first paint

    sizes = [one["size"] for one in found["sizes"]]
    for column, (name, title, unit) in zip(st.columns(3), MEASURES, strict=True):
        figure = by_size(sizes, [one[name] for one in found["sizes"]], title, unit)
        with column:
            st.plotly_chart(figure, theme=None, key=f"train.{name}", config=camera(title))
    st.caption(f"{escape_markdown(origin)}. {text['curves']}")
    csv_button(text["csv"], "vocabulary-sizes", origin, measures(found))


def measures(found: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    """The measures of all sizes, below the names of their columns."""
    yield "pieces", *(title for _, title, _ in MEASURES)
    for one in found["sizes"]:
        yield one["size"], *(one[name] for name, _, _ in MEASURES)


def _cut(tokenizer: Tokenizer) -> Any:
    def cut(text: str, side: int) -> list[tuple[str, int]]:
        ids = tokenizer.encode(text).ids
        return [(tokenizer.label(number), number) for number in ids]

    return cut


def _take(spec: VocabularySpec, tokenizer: Tokenizer, text: Mapping[str, str]) -> None:
    """The file, and the form of a run that takes it."""
    if st.button(
        text["use"], help=text["use about"], icon=":material/wb_twilight:", key="train.use"
    ):
        from pages.ui.run_form import fill_form  # it brings all that the training page needs

        path = str(jobs.folder_of(spec) / jobs.FILE)
        size = max(len(tokenizer), SMALLEST_BPE)  # the plan reckons with it
        fill_form("nano", {"tokenizer_file": path, "vocab_size": size})
        st.switch_page("pages/train/training.py")
    st.download_button(
        text["save"],
        data=tokenizer.to_json,
        file_name=f"tokenizer-{spec.kind}-{len(tokenizer)}.json",
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        key="train.json",
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _tokenizer(path: str, name: str) -> Tokenizer:
    from transformer.tokenizer import Tokenizer

    return Tokenizer.load(Path(path))
