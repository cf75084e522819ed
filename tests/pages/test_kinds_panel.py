"""The panel "Three kinds": each kind is what it says, and the counting child is followed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from pages.ui import background, kinds
from pages.ui.catalogue import find_model
from pages.ui.kept import to_text
from pages.ui.kinds_panel import share_done
from tests.pages.test_axes_panel import charts, decoded
from trainer.statistical import main
from transformer.analysis.pairs import hits, pair_ranks
from transformer.analysis.ppmi import pair_counts, ppmi, vectors
from transformer.analysis.projections import nearest
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_words

ROOT = Path(__file__).resolve().parents[2]
TEXT = [("the red car", "la macchina rossa"), ("the house", "la casa"), ("red house", "casa rossa")]


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small text in the place of those that ship."""
    file = tmp_path / "pairs.tsv"
    file.write_text("".join(f"{a}\t{b}\n" for a, b in TEXT), "utf-8")
    monkeypatch.setattr(kinds, "TEXTS", (str(file),))
    monkeypatch.setattr(kinds, "_texts_hash", lambda: "text")
    return file


def open_panel(words: str = "the, ca, red") -> AppTest:
    at = AppTest.from_file(str(ROOT / "pages/words/embeddings.py"), default_timeout=60)
    for name, value in {"model": "toy", "src": "the red car", "panel": "kinds"}.items():
        at.query_params[name] = value
    at.query_params["kinds"] = to_text({"words": words})
    return at.run()


def count(text: Path, out: Path, folder: Path) -> int:
    return main([str(folder), "--out", str(out), "--data", str(text), "--window", "5"])


def test_the_child_counts_both_languages_of_a_joint_vocabulary(dawn_runs: Path, text: Path) -> None:
    info = find_model("toy")
    out = kinds.counted_file(info)
    assert kinds.kind_rows(info, "statistical", "src") is None
    assert count(text, out, info.folder) == 0
    tokenizer = load_bundle(info.folder).src_tokenizer
    lines = [tokenizer.encode(line).ids for line in [p[0] for p in TEXT] + [p[1] for p in TEXT]]
    wanted = vectors(ppmi(pair_counts(lines, len(tokenizer), 5)), info.d_model)
    found = kinds.kind_rows(info, "statistical", "src")
    assert found is not None
    np.testing.assert_allclose(found @ found.T, wanted @ wanted.T, atol=1e-4)


def test_two_vocabularies_are_counted_each_in_its_language(dawn_runs: Path, text: Path) -> None:
    src, tgt = (train_words([pair[side] for pair in TEXT] * 2, 1, 100) for side in (0, 1))
    config = ModelConfig(
        src_vocab=len(src), tgt_vocab=len(tgt), encoder_layers=1, decoder_layers=1,
        d_model=12, d_ff=8, heads=2, max_tokens=16, tie_embeddings=False,
    )  # fmt: skip
    folder, out = dawn_runs / "words" / "export", dawn_runs / "out.npz"
    save_bundle(folder, Bundle(Transformer(config).eval(), src, tgt, ("en", "it"), {}))
    assert count(text, out, folder) == 0
    with np.load(out) as file:
        assert file["src"].shape == (len(src), 12) and file["tgt"].shape == (len(tgt), 12)


def test_what_the_child_cannot_read_is_one_sentence(
    dawn_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert count(tmp_path / "none.tsv", tmp_path / "out.npz", find_model("toy").folder) == 1
    assert "was not found" in capsys.readouterr().err.strip().splitlines()[-1]
    assert not (tmp_path / "out.npz").exists()


def test_every_kind_shows_its_own_neighbours(dawn_runs: Path, text: Path) -> None:
    info = find_model("toy")
    at = open_panel()
    assert any("Count the text" in button.label for button in at.button)
    assert len(charts(at)) == 4  # maps and neighbours of two kinds; no pair is of single pieces
    count(text, kinds.counted_file(info), info.folder)
    at.run()
    assert not at.exception and any("Left out" in told.value for told in at.caption)
    chosen = load_bundle(info.folder).src_tokenizer.encode("the").ids[0]
    shown = [decoded(chart["data"][0]["x"]) for chart in charts(at)][1:6:2]
    learned = load_bundle(info.folder).model
    torch.manual_seed(kinds.SEED)
    fresh = Transformer(learned.config)
    with np.load(kinds.counted_file(info)) as file:
        counted = torch.from_numpy(file["src"])
    wanted = [fresh.src_embedding.weight, counted, learned.src_embedding.weight]
    for rows, cosines in zip(wanted, shown, strict=True):
        own = nearest(rows.detach(), chosen, 8)[1]
        assert cosines == pytest.approx(own.tolist(), abs=1e-5)


def test_scores_are_those_of_the_library(dawn_runs: Path) -> None:
    info = find_model("tiny")
    lists = kinds.pair_lists(info, "src")
    tokenizer = load_bundle(info.folder).src_tokenizer
    man, woman = (tokenizer.encode(word).ids for word in ("man", "woman"))
    assert (man[0], woman[0]) in lists["People"]
    # Every shipped pair is of single pieces of the shipped vocabulary.
    assert {n: len(p) for n, p in lists.items()} == {
        n: len(p) for n, p in kinds._shipped_pairs().items()
    }
    matrix = load_bundle(info.folder).model.src_embedding.weight.detach()
    for score in kinds.score_kind(info, "learned", "src"):
        assert score.hits == pytest.approx(hits(pair_ranks(matrix, lists[score.name])))
    assert kinds.score_kind(info, "statistical", "src") == []


@pytest.mark.parametrize("words", ["", "zzzzqq", "<b>, $x$"])
def test_words_that_are_no_single_piece_are_told_in_one_sentence(
    words: str, dawn_runs: Path
) -> None:
    at = open_panel(words)
    assert not at.exception
    assert any("single piece" in found.value for found in at.warning)


def test_a_broken_file_is_one_sentence(dawn_runs: Path, text: Path) -> None:
    out = kinds.counted_file(find_model("toy"))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(b"PK\x03\x04 cut short")
    at = open_panel()
    assert not at.exception
    assert any("delete" in found.value for found in at.warning)


def test_counting_is_started_followed_and_stopped(
    dawn_runs: Path, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = "import time; print('Step 1 of 4: line 5 of 10', flush=True); time.sleep(30)"
    monkeypatch.setattr(kinds, "command", lambda *_: [sys.executable, "-c", sleeper])
    at = open_panel()
    next(button for button in at.button if "Count" in button.label).click().run()
    out = kinds.counted_file(find_model("toy"))
    assert background.progress(out) is not None
    next(button for button in at.button if button.label == "Stop").click().run()
    assert background.progress(out) is None and background.problem(out) is None


@pytest.mark.parametrize(
    ("words", "share"),
    [("Starting", 0), ("Step 1 of 4: line 4,000 of 8,000", 0.15), ("Step 4 of 4: taking", 0.45)],
)
def test_the_bar_follows_the_childs_words(words: str, share: float) -> None:
    assert share_done(words) == pytest.approx(share)
