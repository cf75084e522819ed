"""Heads built to have one role are found to have it; a model of random weights has none."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.transformer.analysis.test_example import TEXT, small_bundle
from trainer.corpora import load_corpus
from transformer.analysis.association import associate
from transformer.analysis.habits import Sentence, allowed, habits
from transformer.analysis.roles import KINDS, THRESHOLD, Tally, load_roles, measure, save_roles
from transformer.bundle import load_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer

SHIPPED = Path(__file__).resolve().parents[3] / "assets" / "models"
SRC, TGT = [10, 11, 12, 13, 14, 10, 15, 16, 3], [2, 10, 21, 22, 23, 10, 24, 25]
# Each target piece after [SOS] comes from one source piece, in another order.
ORDER = [1, 0, 2, 4, 3, 6, 7]
LINKS = np.eye(8)[ORDER]
SENTENCE = Sentence(
    SRC,
    TGT,
    Counter({number: 1 if number == 14 else 5 for number in SRC}),
    Counter({number: 1 if number == 23 else 5 for number in TGT}),
    LINKS,
)


def weights_of(kind: str, wanted: np.ndarray | None = None) -> np.ndarray:
    """One head (1, 1, R, C) that follows `wanted` where it can, and is uniform elsewhere."""
    rows, cols = (SRC if kind == "encoder" else TGT), (TGT if kind == "decoder" else SRC)
    chosen = allowed(kind, len(rows), len(cols))
    if wanted is not None:
        chosen = np.where(wanted.any(1, keepdims=True), wanted, chosen)
    return (chosen / chosen.sum(1, keepdims=True))[None, None]


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name in habits(kind, SENTENCE)]
)
def test_a_head_of_one_habit_scores_1_for_it_and_little_for_the_others(
    kind: str, name: str
) -> None:
    wanted = habits(kind, SENTENCE)
    tally = Tally(kind)
    tally.add(weights_of(kind, wanted[name]), SENTENCE)
    found = tally.roles()
    assert found.scores[name][0][0] == pytest.approx(1, abs=1e-4)
    for other, mask in wanted.items():
        if not (mask & wanted[name]).any():  # in one sentence two habits can meet in a cell
            assert found.scores[other][0][0] < 0.2, other
    if found.coverage[name] >= 0.5:
        assert found.role(0, 0).name == name
        assert found.role(0, 0).chance < 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_a_uniform_head_scores_the_chance_of_each_habit_and_is_mixed(kind: str) -> None:
    tally = Tally(kind)
    tally.add(weights_of(kind), SENTENCE)
    found = tally.roles()
    for name, chance in found.chances.items():
        assert found.scores[name][0][0] == pytest.approx(chance, abs=1e-4)
    assert found.role(0, 0).name == "mixed"
    assert found.entropy[0][0] == pytest.approx(found.uniform_entropy, abs=1e-4)


def test_the_definitions_by_hand() -> None:
    encoder, decoder = habits("encoder", SENTENCE), habits("decoder", SENTENCE)
    cross = habits("cross", SENTENCE)
    assert np.argwhere(encoder["same"])[:3].tolist() == [[0, 0], [0, 5], [1, 1]]
    assert np.argwhere(decoder["previous"])[0].tolist() == [1, 0]
    assert encoder["last"].any(1).tolist() == [True] * 7 + [False] * 2
    assert np.argwhere(encoder["rare"])[:, 1].tolist() == [4] * 9
    assert np.argwhere(decoder["rare"][4:])[:, 1].tolist() == [4] * 4  # before, it is unseen
    assert np.argwhere(cross["same"]).tolist() == [[1, 0], [1, 5], [5, 0], [5, 5]]
    assert np.argwhere(cross["alignment"]).tolist() == [[t, s] for t, s in enumerate(ORDER)]
    assert np.argwhere(cross["reading"]).tolist() == [[t + 1, s] for t, s in enumerate(ORDER)]
    assert not decoder["previous"][0].any()
    for mask in decoder.values():
        assert not (mask & ~allowed("decoder", 8, 8)).any()


def test_statistics_find_what_goes_with_what() -> None:
    """Each source id n always comes with n + 100, among others and in another order."""
    draw = np.random.default_rng(0)
    pairs = []
    for _ in range(60):
        src = draw.choice(np.arange(4, 24), 5, replace=False)
        pairs.append((src.tolist(), draw.permutation(src + 100).tolist()))
    found = associate(pairs)
    src, tgt = pairs[0]
    links = found.links(src, tgt)
    assert [src[place] + 100 for place in links.argmax(1)] == tgt
    assert links.max(1).min() > 0.9
    assert (links.sum(1) <= 1 + 1e-9).all()
    assert not found.links([999], [104, 5000]).any()  # never seen: no guess


def test_random_weights_have_no_roles_and_any_text_is_measured() -> None:
    draw = np.random.default_rng(1)
    texts = [" ".join(draw.choice(["hello", "red", "world"], 12)) for _ in range(40)]
    pairs = [*zip(texts[:20], texts[20:], strict=True), ("", "x"), ("long " * 40, "x")]
    bundle = small_bundle()
    size = len(bundle.src_tokenizer)
    config = ModelConfig(size, size, 2, 2, d_model=64, d_ff=64, heads=4, norm="pre", max_tokens=32)
    found = measure(replace(bundle, model=Transformer(config).eval()), pairs, "test", 8)
    assert (found.sentences, found.data) == (8, "test")
    for kind in found.kinds.values():
        roles = {
            kind.role(layer, head).name
            for layer, row in enumerate(kind.entropy)
            for head in range(len(row))
        }
        assert roles == {"mixed"}
    with pytest.raises(ValueError, match="No pair"):
        measure(small_bundle(), [("", "")], "test")


def test_roles_read_back_as_they_were_written(tmp_path: Path) -> None:
    made = measure(small_bundle(), [(TEXT, TEXT)] * 3, "test")
    save_roles(tmp_path, made)
    assert load_roles(tmp_path) == made


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.update(version=0),
        lambda found: found.pop("kinds"),
        lambda found: found["kinds"]["cross"]["scores"].update(rare=[[0.5]]),
        lambda found: found["kinds"]["encoder"].update(scores={}),
        lambda found: found["kinds"]["encoder"]["coverage"].update(rare="much"),
    ],
)
def test_a_file_that_is_not_whole_is_none(tmp_path: Path, change) -> None:
    save_roles(tmp_path, measure(small_bundle(), [(TEXT, TEXT)], "test"))
    found = json.loads((tmp_path / "roles.json").read_text())
    change(found)
    (tmp_path / "roles.json").write_text(json.dumps(found))
    assert load_roles(tmp_path) is None
    (tmp_path / "roles.json").write_text("[1")
    assert load_roles(tmp_path) is None
    (tmp_path / "roles.json").unlink()
    assert load_roles(tmp_path) is None


def test_the_model_that_ships_has_its_roles() -> None:
    found = load_roles(SHIPPED / "tiny")
    assert found is not None and found.sentences >= 200
    names = {found.kinds["cross"].role(layer, head).name for layer in range(4) for head in range(4)}
    assert {"alignment", "reading"} <= names
    assert 0 < THRESHOLD < 1


@pytest.mark.slow
def test_the_roles_that_ship_are_what_the_model_does() -> None:
    torch.set_num_threads(1)
    for folder in (path.parent for path in SHIPPED.glob("*/roles.json")):
        found = load_roles(folder)
        assert found is not None, folder.name
        made = measure(load_bundle(folder), load_corpus(found.data).pairs, found.data)
        for kind in KINDS:
            was, now = found.kinds[kind], made.kinds[kind]
            for name, scores in now.scores.items():
                np.testing.assert_allclose(was.scores[name], scores, atol=2e-3, err_msg=name)
            np.testing.assert_allclose(was.entropy, now.entropy, atol=2e-3)
            np.testing.assert_allclose(was.special, now.special, atol=2e-3)
