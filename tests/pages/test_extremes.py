"""Input at its extremes, in each of the four views of the attention page: what can be shown is
drawn, and what cannot is one sentence. Never a traceback, and never an empty panel."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import LookError, find_model
from pages.ui.models import translate
from tests.pages.blobs import sent
from tests.pages.test_attention_page import address, open_page
from transformer.analysis.roles import FILE, load_roles, measure, save_roles
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe, train_words

# A view, and a key of what only that view sends to the browser.
VIEWS = {"": "choice", "walk": "snippet", "edit": "measures", "why": "start"}
SENTENCE = "the red car is in front"
TEXTS = [SENTENCE, "la macchina rossa è davanti", "a small dog reads the news"]

in_each_view = pytest.mark.parametrize("view", VIEWS)


def opened(view: str, **look: str) -> AppTest:
    at = open_page(panel=view, **look) if view else open_page(**look)
    assert not at.exception
    assert not at.error  # `own_up` of app.py
    return at


def sentences(at: AppTest) -> list[str]:
    """What the page says of what it cannot show."""
    return [found.value.replace("\\", "") for found in (*at.info, *at.warning)]


def drawn(at: AppTest, view: str) -> bool:
    """Whether the heads are there, and below them the panel with something in it."""
    return all(sent(at, key)[1] for key in (VIEWS[""], VIEWS[view]))


def one_sentence(at: AppTest, words: str) -> None:
    """That sentence alone stands where the heads and the panel would."""
    assert [words in told for told in sentences(at)] == [True]
    assert not [
        found for found in at.get("bidi_component") if b'"choice"' in (found.proto.bytes or b"")
    ]


def exported(
    runs: Path,
    change: Callable[[Transformer], object] = lambda model: None,
    words: bool = False,
    **sizes: int | str | bool,
) -> None:
    """The model "toy", of other sizes or with changed weights."""
    src = train_words(TEXTS * 2, 2) if words else train_bpe(TEXTS, 290)
    torch.manual_seed(5)
    plain: dict[str, int | str | bool] = {
        "encoder_layers": 2, "decoder_layers": 2, "d_model": 24, "d_ff": 32, "heads": 3,
        "tie_embeddings": False, "max_tokens": 32,
    }  # fmt: skip
    config = ModelConfig(src_vocab=len(src), tgt_vocab=len(src), **(plain | sizes))  # type: ignore[arg-type]
    model = Transformer(config).eval()
    with torch.no_grad():
        change(model)
    folder = runs / "toy" / "export"
    save_bundle(folder, Bundle(model, src, src, ("en", "it"), {"title": "Toy"}), half=False)


def overflowing(model: Transformer) -> None:
    """Weights that are numbers, and whose products are none."""
    for layer in model.encoder.layers:
        for name in ("w_q", "w_k"):
            layer.get_parameter(f"self_attention.{name}.weight").fill_(1e25)


@in_each_view
@pytest.mark.parametrize("src", ["", "  \t\n"])
def test_nothing_typed(dawn_runs: Path, view: str, src: str) -> None:
    at = opened(view, src=src, tgt="la", edits="hide:2")
    one_sentence(at, "Type a sentence")
    assert at.info  # nothing is wrong
    assert address(at, "edits") == "hide:2"  # and nothing made is lost


@in_each_view
@pytest.mark.parametrize("src", ["a", "\u202e👩‍👧[EOS]:red[x]<b>$"])
def test_one_word_of_any_kind(dawn_runs: Path, view: str, src: str) -> None:
    at = opened(view, src=src, tgt="b")
    assert drawn(at, view) and not sentences(at)


@in_each_view
def test_300_tokens_for_a_model_that_takes_fewer(dawn_runs: Path, view: str) -> None:
    one_sentence(opened(view, src="x" * 300), "This sentence is 302 tokens long, but the model")


@in_each_view
def test_300_tokens_for_a_model_that_takes_them(dawn_runs: Path, view: str) -> None:
    exported(dawn_runs, encoder_layers=1, decoder_layers=1, d_model=4, heads=1, max_tokens=400)
    at = opened(view, src="x" * 300, tgt="la")
    if view == "why":  # six methods on so many pieces would take minutes
        assert ["up to 64 pieces a side" in told for told in sentences(at)] == [True]
        assert any(found.value.startswith("Pairs") for found in at.markdown)
    else:
        assert drawn(at, view) and not sentences(at)


@in_each_view
def test_a_target_longer_than_the_model_allows(dawn_runs: Path, view: str) -> None:
    at = opened(view, tgt="y" * 40)
    one_sentence(at, "This translation is 42 tokens long, but the model takes 32: shorten it.")
    assert at.text_input[0].value == "y" * 40  # it is there to be shortened


@in_each_view
def test_a_blank_target_is_the_models_own(dawn_runs: Path, view: str) -> None:
    at = opened(view, tgt="")
    assert drawn(at, view) and not sentences(at)
    assert sent(at, "choice")[0]["tgt"] == sent(opened(""), "choice")[0]["tgt"]


MISFITS = {
    "hide:9": "the source has no such piece 9",
    "swap:9=blue": "the source has no such piece 9",
    "row:encoder.1.1.9=1,0": "the source has no such piece 9",
    "row:cross.1.1.1=1,0,0,0,0": "it has 5 weights where row 1 now has 2",
    "off:decoder.7.1": "this model has no layer 7",
    "off:encoder.1.12": "this model has no head 12",
    "hide:2": "one piece of the source has to stay in sight",
    "row:encoder.1.1.1=0,0": "“row:encoder.1.1.1=0,0” is no edit",
    "row:encoder.1.1.1=nan,1": "“row:encoder.1.1.1=nan,1” is no edit",
    "%00<b>:red[x]": "“%00<b>:\u2060red[x]” is no edit",
}


@in_each_view
def test_edits_that_no_longer_fit(dawn_runs: Path, view: str) -> None:
    exported(dawn_runs, words=True)  # of the sentence "red" it makes two pieces
    at = opened(view, src="red", edits=";".join(["hide:1", *MISFITS]))
    assert drawn(at, view)
    told = "\n".join(sentences(at))
    assert [words for words in MISFITS.values() if words not in told] == []
    assert all(edit in str(address(at, "edits")) for edit in MISFITS)  # they may fit again


@pytest.mark.parametrize(("view", "kind"), [("", "cross"), ("edit", "decoder")])
def test_a_row_that_the_translation_does_not_reach(dawn_runs: Path, view: str, kind: str) -> None:
    exported(dawn_runs, words=True)
    for row, idle in ((4, True), (3, False)):
        weights = ",".join("1" * (row if kind == "decoder" else 2))
        edits = f"row:{kind}.1.1.{row}={weights}"
        at = opened(view, src="red", tgt="la macchina", edits=edits)
        assert drawn(at, view)
        told = [told for told in sentences(at) if "only 3 rows, so that changes nothing" in told]
        assert [f"Row {row} of " in one for one in told] == [True] * idle


@pytest.mark.parametrize(
    ("view", "value"), [*((view, math.nan) for view in VIEWS), ("", math.inf), ("", -math.inf)]
)
def test_weights_that_are_no_numbers(dawn_runs: Path, view: str, value: float) -> None:
    exported(dawn_runs, lambda model: model.output.weight[0, 0].fill_(value))
    one_sentence(opened(view), "hold values that are no finite numbers")


@pytest.mark.parametrize(("view", "target"), [*((view, {}) for view in VIEWS), ("", {"tgt": "la"})])
def test_numbers_that_overflow(dawn_runs: Path, view: str, target: dict[str, str]) -> None:
    exported(dawn_runs, overflowing)
    at = opened(view, **target)
    one_sentence(at, "The model's numbers overflow on this sentence")
    assert "UNK" not in " ".join(found.proto.body for found in at.get("html"))


@pytest.mark.parametrize("method", ["greedy", "beam", "sample"])
def test_no_decoding_makes_words_of_numbers_that_overflow(dawn_runs: Path, method: str) -> None:
    exported(dawn_runs, overflowing)
    with pytest.raises(LookError, match="overflow"):
        translate(find_model("toy"), SENTENCE, method)


@in_each_view
@pytest.mark.parametrize(
    "sizes",
    [
        {"encoder_layers": 1, "decoder_layers": 3, "heads": 1, "norm": "post"},
        {"encoder_layers": 3, "decoder_layers": 1, "d_model": 4, "heads": 4, "max_tokens": 30},
    ],
)
def test_models_of_any_shape(dawn_runs: Path, view: str, sizes: dict[str, Any]) -> None:
    exported(dawn_runs, **sizes)
    layers = {"kind": "cross", "layer": str(sizes["decoder_layers"])}
    at = opened(view, **layers, edits="off:encoder.1;mean:decoder.1;off:cross.1.1")
    assert drawn(at, view)


@in_each_view
def test_words_that_a_model_does_not_know(dawn_runs: Path, view: str) -> None:
    exported(dawn_runs, words=True)
    at = opened(view, src="zebra 😀", tgt="giraffa")
    assert drawn(at, view) and not sentences(at)
    shown = sent(at, "choice")[0]["src"]
    assert [piece[0][0] for piece in shown] == ["[UNK]", "[UNK]", "[EOS]"]


@in_each_view
def test_every_head_off_and_every_piece_hidden(dawn_runs: Path, view: str) -> None:
    layers = [f"off:{kind}.{layer}" for kind in ("encoder", "decoder", "cross") for layer in (1, 2)]
    at = opened(view, edits=";".join([*layers, *(f"hide:{place}" for place in range(1, 30))]))
    assert drawn(at, view)
    assert any("has to stay in sight" in told for told in sentences(at))


@pytest.mark.parametrize("number", ["NaN", "1e999", '"x"'])
def test_roles_that_are_no_numbers_are_none(dawn_runs: Path, number: str) -> None:
    folder = dawn_runs / "toy" / "export"
    save_roles(folder, measure(load_bundle(folder), [(SENTENCE, "la macchina rossa")] * 3, "pairs"))
    assert load_roles(folder)
    before, after = (folder / FILE).read_text("utf-8").split('"scores":{', 1)
    first = after[after.index("[[") + 2 :].split(",", 1)[0]
    (folder / FILE).write_text(f'{before}"scores":{{{after.replace(first, number, 1)}', "utf-8")
    assert load_roles(folder) is None
    assert sent(opened(""), "choice")[0]["roles"] == {}


def test_a_replacement_is_no_markdown(dawn_runs: Path) -> None:
    at = opened("edit", src="red", edits="swap:1=:red[x]<b>*")
    assert drawn(at, "edit")
    plain = "\\:\u2060red\\[x\\]\\<b\\>\\*"
    assert [plain in found.value for found in at.info] == [True]
    assert any(plain in found.value for found in at.markdown)
