"""The positions page of models with sinusoids, learned positions and none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import find_model
from pages.ui.encoder_input import encoder_input, position_table
from tests.pages.blobs import sent
from tests.pages.test_lab_panel import SENTENCE, open_panel
from transformer.analysis.position_edits import HOWS
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.model import Transformer

EVERY = ("sinusoidal", "learned", "none")


@pytest.fixture(params=EVERY)
def kind(request: pytest.FixtureRequest, dawn_runs: Path) -> str:
    """A kind of positions; the model "toy" has been given them."""
    folder = dawn_runs / "toy" / "export"
    old = load_bundle(folder)
    torch.manual_seed(5)
    model = Transformer(replace(old.model.config, positions=request.param)).eval()
    save_bundle(
        folder, Bundle(model, old.src_tokenizer, old.tgt_tokenizer, ("en", "it"), old.about)
    )
    return str(request.param)


def notices(at: AppTest) -> str:
    return " ".join(found.value for found in at.info)


def test_the_page_shows_the_models_own_table(kind: str, dawn_runs: Path) -> None:
    at = open_panel(panel="")
    assert not at.exception
    info = find_model("toy")
    model = load_bundle(dawn_runs / "toy" / "export").model
    told, table = position_table(info)
    assert told == kind
    np.testing.assert_array_equal(table, model.src_positions.table.detach())
    given = encoder_input(info, SENTENCE)
    np.testing.assert_array_equal(given.encoding, table[: len(given.ids)])
    assert bool(table.any()) == (kind != "none")
    assert ("learned its positions" in notices(at)) == (kind == "learned")
    assert ("has no positions" in notices(at)) == (kind == "none")
    formula = {"sinusoidal": "sin(1 / 10000^", "learned": "row 1 of the learned positions"}
    header, _ = sent(at, "names")
    told_of = header["pieces"][1]["rows"][2][0][1]  # position 1, its vector, first dimension
    assert told_of.startswith(formula.get(kind, "no positions = +0.0000"))
    charts = {"sinusoidal": 4, "learned": 3, "none": 0}  # of zeros there is nothing to see
    assert len(at.get("plotly_chart")) == charts[kind]
    assert len(at.latex) == (kind == "sinusoidal")  # what is no sinusoid does not turn


@pytest.mark.parametrize("how", sorted(HOWS))
def test_other_positions_can_be_tried_on_any_model(kind: str, how: str) -> None:
    at = open_panel(edits=f"pos:encoder.{how}" + ("=2" if HOWS[how] else ""))
    assert not at.exception
    told = next(found.value for found in at.markdown if found.value.startswith("Now the"))
    assert ("nothing changes" in told) == (kind == "none")
