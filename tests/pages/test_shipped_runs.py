"""Runs that ship, on the training page: curves, translations, and two laid over each other."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from pages.ui.task_words import words_of
from tests.pages.blobs import sent
from tests.pages.training_page import open_page, says
from trainer.folder import shipped_folder
from trainer.notes import read_notes
from trainer.runs import load_run
from trainer.validation import PROBES

RUNS = sorted(path.parent for path in shipped_folder().glob("*/spec.json"))
ASKED = {  # what is shown first of those that do not translate
    "see": "image 1",
    "fill": "edmund closed his [MASK] account",
    "continue": "edmund closed",
}


@pytest.mark.parametrize("folder", RUNS, ids=lambda folder: folder.name)
def test_it_opens_with_its_note_curves_and_translations(folder: Path) -> None:
    run = load_run(folder)
    at = open_page(run=run.id)
    assert not at.exception
    header, _ = sent(at, "panels")
    curves = {panel["title"]: panel["curves"] for panel in header["panels"]}
    speed = f"{words_of(run).labels} a second"
    assert {"Loss", "Learning rate", "Gradient norm", speed, "Scores"} <= set(curves)
    assert all(curves.values())
    shown = says(at)
    assert html.escape(read_notes(run).note) in shown
    assert "comes with Dawn, to look at only" in shown
    chosen = str(at.selectbox(key="sample-sentence").value)
    of_its_own_world = {"libreoffice-help": PROBES[-1], "bible-web-diodati": "God said,"}
    begins = ASKED.get(run.config.get("task", "translate"))
    assert chosen.startswith(begins or of_its_own_world.get(run.config["data"], PROBES[0]))
    assert ("data:image/png" in shown) == (begins == ASKED["see"])


def test_two_of_them_are_compared() -> None:
    assert len(RUNS) > 1
    names = [folder.name for folder in RUNS[:2]]
    at = open_page(runs=",".join(names))
    assert not at.exception
    header, _ = sent(at, "panels")
    shown = [curve["label"] for curve in header["panels"][0]["curves"]]
    assert shown == [read_notes(load_run(folder)).name for folder in RUNS[:2]]
