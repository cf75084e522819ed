"""The scripts about words are run as a person would run them, and print what the page shows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch

from tests.transformer.analysis.scripts import printed
from transformer.analysis.axes import analogy
from transformer.analysis.projections import nearest, nearest_by_distance
from transformer.analysis.word_snippets import near_snippet, state_snippet, sum_snippet
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import EOS, train_bpe

ROOT = Path(__file__).resolve().parents[3]
TEXT = 'the "red" car\'s \\ {house}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(5)
    src, tgt = train_bpe([TEXT] * 9, 300), train_bpe(["la casa rossa"] * 9, 280)
    config = ModelConfig(
        len(src), len(tgt), 2, 1, d_model=16, d_ff=32, heads=2, max_tokens=32, tie_embeddings=False
    )
    save_bundle(tmp_path / "it's", Bundle(Transformer(config).eval(), src, tgt, ("en", "it"), {}))
    return tmp_path / "it's"


def run(script: str) -> list[str]:
    assert len(script.splitlines()) == 5
    return printed(script)


def told(line: str) -> tuple[int, str, float]:
    """A line such as `7 ' the "' 0.25`; the label is written as Python writes it."""
    number, rest = line.split(" ", 1)
    label, value = rest.rsplit(" ", 1)
    return int(number), ast.literal_eval(label), float(value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("side", "measure", "find"),
    [("src", "cosine", nearest), ("tgt", "distance", nearest_by_distance)],
)
def test_the_neighbours_of_a_piece(folder: Path, side: str, measure: str, find) -> None:
    bundle = load_bundle(folder)
    rows = getattr(bundle.model, f"{side}_embedding").weight.detach()
    tokenizer = getattr(bundle, f"{side}_tokenizer")
    numbers, values = find(rows, 7, 12)
    found = [told(line) for line in run(near_snippet(str(folder), side, 7, measure, 12))]
    assert [number for number, _, _ in found] == numbers.tolist()
    assert [label for _, label, _ in found] == [tokenizer.label(n) for n in numbers.tolist()]
    assert [value for _, _, value in found] == pytest.approx(values.tolist(), abs=1e-6)


@pytest.mark.slow
def test_a_sum_of_words(folder: Path) -> None:
    bundle, words = load_bundle(folder), ("car", '"red"', "house's")
    rows = bundle.model.src_embedding.weight.detach()
    cosines = analogy(rows, *[bundle.src_tokenizer.encode(word).ids for word in words])
    found = [told(line) for line in run(sum_snippet(str(folder), "src", words, 10))]
    assert [value for _, _, value in found] == pytest.approx(
        sorted(cosines.tolist(), reverse=True)[:10], abs=1e-6
    )
    assert all(cosines[number] == pytest.approx(value, abs=1e-6) for number, _, value in found)


@pytest.mark.slow
def test_the_vector_of_a_word_after_a_layer(folder: Path) -> None:
    bundle = load_bundle(folder)
    ids, kept = [*bundle.src_tokenizer.encode(TEXT).ids, EOS], []
    bundle.model.encoder.layers[0].register_forward_hook(lambda _m, _i, out: kept.append(out[0]))
    with torch.no_grad():
        bundle.model.encode(torch.tensor([ids]), None)
    (line,) = run(state_snippet(str(folder), TEXT, [2, 3], "2"))  # layer 1 is the third stop
    assert ast.literal_eval(line) == pytest.approx(kept[0][[2, 3]].mean(0).tolist(), abs=1e-5)
