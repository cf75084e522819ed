"""Step by step: what the panel sends to the browser is the model's own, for the look's head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.prose import prose
from pages.ui.script import portable
from pages.ui.theme import ACCENT, KEY, KIND_COLOURS, QUERY, VALUE
from pages.ui.walk_view import slim, told
from tests.pages.blobs import sent
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS
from transformer.trace import tracing

ROOT = Path(__file__).resolve().parents[2]
SENTENCE, TARGET = "the red car is in front", "la macchina rossa"
SHOWN = {"model": "toy", "src": SENTENCE, "tgt": TARGET, "panel": "walk"}


def open_panel(**look: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/model/attention.py"), default_timeout=20)
    for name, value in (SHOWN | look).items():
        at.query_params[name] = value
    return at.run()


@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_the_numbers_are_those_of_an_independent_trace(dawn_runs: Path, kind: str) -> None:
    at = open_panel(kind=kind, layer="2", head="3")
    assert not at.exception
    header, arrays = sent(at, "snippet")
    assert (header["kind"], header["layer"], header["head"]) == (kind, 1, 2)

    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = [*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]
    tgt = [SOS, *bundle.tgt_tokenizer.encode(TARGET).ids]
    with torch.no_grad(), tracing(bundle.model) as trace:
        bundle.model(torch.tensor([src]), torch.tensor([tgt]))
    stack = "encoder" if kind == "encoder" else "decoder"
    attention = f"{stack}.layers.1.{'cross' if kind == 'cross' else 'self'}_attention"
    for name in ("q", "k", "v", "scores", "weights"):
        own = trace[f"{attention}.{name}"][0, 2].numpy()
        np.testing.assert_array_equal(arrays[name], own)
    matrix = bundle.model.get_parameter(f"{attention}.w_q.weight").detach().numpy()
    np.testing.assert_array_equal(arrays["w_q"], matrix.T[:, 16:24])
    assert arrays["w_q"].dtype == np.float16  # an exported weight loses nothing as a half
    queries, keys = (src, tgt)[kind != "encoder"], (tgt, src)[kind != "decoder"]
    assert len(header["pieces"]["query"]) == len(queries)
    assert len(header["pieces"]["key"]) == len(keys)


def test_each_step_has_its_sentence_and_names_only_tensors_that_exist(dawn_runs: Path) -> None:
    for look in ({"kind": "encoder"}, {"kind": "cross"}):
        header, _ = sent(open_panel(**look), "snippet")
        for step in header["steps"]:
            named = [names for _, names in step["text"] if names]
            assert step["title"] and named, step["name"]
            for names in named:
                there = {*header["tensors"], "head"} & set(names)
                assert there or step["name"] == "input", (step["name"], names)


def test_another_head_is_walked_in_the_same_run(dawn_runs: Path) -> None:
    at = open_panel()
    at.session_state["attention"] = {"choice": {"kind": "cross", "layer": 1, "head": 1, "n": 1}}
    at.run()
    header, _ = sent(at, "snippet")
    assert (header["kind"], header["layer"], header["head"]) == ("cross", 1, 1)


def test_the_code_is_that_of_the_functions_that_ran(dawn_runs: Path) -> None:
    shown = [block.value for block in open_panel(kind="decoder").code]
    assert "T  target positions" in shown[0]
    assert any("scores.softmax(dim=-1)" in block for block in shown)
    assert any("normed = self.norm_1(x)" in block for block in shown)  # toy is a pre-norm model


def test_without_a_choice_there_is_no_panel(dawn_runs: Path) -> None:
    at = open_panel()
    assert sent(at, "snippet")
    at.segmented_control(key="attention.panel").set_value(None).run()
    assert not at.exception
    with pytest.raises(AssertionError):
        sent(at, "snippet")


def test_prose_names_tensors() -> None:
    found = told("Queries\n\nThe [piece](normed|x) asks\nwith [q](q).")
    assert found["title"] == "Queries"
    assert found["text"] == [
        ("The ", []),
        ("piece", ["normed", "x"]),
        (" asks with ", []),
        ("q", ["q"]),
        (".", []),
    ]
    assert {"queries", "softmax", "residual"} <= prose("attention-walk").keys()


def test_halves_are_sent_only_where_they_lose_nothing() -> None:
    exact, not_exact = np.array([[0.5, -np.inf]], np.float32), np.array([[0.1, 1e6]], np.float32)
    assert slim(exact).dtype == np.float16
    assert slim(not_exact) is not_exact
    assert slim(np.array([True, False])).dtype == np.uint8


def test_a_script_names_a_shipped_model_relative_to_the_checkout(tmp_path: Path) -> None:
    assert portable(ROOT / "assets" / "models" / "tiny") == str(Path("assets/models/tiny"))
    assert portable(tmp_path) == str(tmp_path)


def test_queries_keys_values_and_kinds_wear_their_hues() -> None:
    style = (ROOT / "assets/components/walk/style.css").read_text("utf-8")
    for name, hue in (("query", QUERY), ("key", KEY), ("value", VALUE), ("sun", ACCENT)):
        assert f"--{name}: {hue};" in style
    for kind, hue in KIND_COLOURS.items():
        assert f'[data-kind="{kind}"] {{ --kind: {hue}; }}' in style
