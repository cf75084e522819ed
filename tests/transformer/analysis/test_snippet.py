"""A snippet is run as a person would run it, and prints the number that the screen shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.transformer.analysis.scripts import printed
from transformer.analysis.ablation import head_effects
from transformer.analysis.case import open_case
from transformer.analysis.edits import parse_edits
from transformer.analysis.interventions import prepare
from transformer.analysis.methods import METHODS
from transformer.analysis.snippet import effect_snippet, method_snippet, snippet, tap_cell
from transformer.analysis.walk import walk
from transformer.bundle import Bundle, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import EOS, SOS, train_bpe
from transformer.trace import tracing

ROOT = Path(__file__).resolve().parents[3]
SRC = 'the "red" car\'s \\ {house}'


def bundle_in(folder: Path, norm: str) -> Bundle:
    torch.manual_seed(5)
    tokenizer = train_bpe([SRC] * 9, 300)
    count = len(tokenizer)
    config = ModelConfig(count, count, 2, 2, d_model=16, d_ff=32, heads=2, norm=norm, max_tokens=32)
    model = Transformer(config).eval()
    save_bundle(folder, Bundle(model, tokenizer, tokenizer, ("en", "it"), {}))
    return load_bundle(folder)


def run(scripts: list[str]) -> list[float]:
    """One process for all of them: importing torch takes its time."""
    return [float(line) for line in printed("".join(scripts))]


@pytest.mark.slow
@pytest.mark.parametrize("norm", ["pre", "post"])
def test_a_snippet_prints_the_number_of_any_cell(tmp_path: Path, norm: str) -> None:
    bundle = bundle_in(tmp_path / "model", norm)
    src = [*bundle.src_tokenizer.encode(SRC).ids, EOS]
    tgt = [SOS, *src[2:7]]
    with torch.no_grad(), tracing(bundle.model) as trace:
        bundle.model(torch.tensor([src]), torch.tensor([tgt]))
    tensors = {name: tensor.numpy() for name, tensor in trace.items()}
    scripts, shown, seen = [], [], set()
    for kind, layer in (("encoder", 0), ("cross", 1), ("decoder", 1)):
        for cells in walk(bundle.model, tensors, trace.dims, kind, layer, 1).tensors.values():
            if not cells.code or (cells.name in seen and kind != "decoder"):
                continue
            seen.add(cells.name)
            i, j = cells.values.shape[0] // 2, cells.values.shape[1] // 3
            code = cells.cell_code(i, j)
            scripts.append(snippet(str(tmp_path / "model"), SRC, tgt, code))
            shown.append(float(cells.values[i, j]))
    assert len(shown) > 60
    np.testing.assert_allclose(run(scripts), shown, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
def test_a_snippet_of_an_edited_pass_of_a_method_and_of_a_head(tmp_path: Path) -> None:
    bundle, folder = bundle_in(tmp_path / "model", "pre"), str(tmp_path / "model")
    edits = "off:encoder.1.2;swap:2.house"
    ids, functions = prepare(bundle, SRC, parse_edits(edits)[0])
    typed = [*bundle.src_tokenizer.encode(SRC).ids, EOS]
    tgt = [SOS, *typed[2:7], EOS]
    with torch.no_grad(), tracing(bundle.model, functions) as trace:
        bundle.model(torch.tensor([ids]), torch.tensor([tgt]))
    name = "decoder.layers.0.cross_attention.weights"
    src, target = torch.tensor([typed]), torch.tensor([tgt])
    case = open_case(bundle.model, src, target, 3, tgt[4])
    shown = [
        float(trace[name][0, 1, 3, 2]),
        float(torch.cat(METHODS[2].explain(case))[5]),
        -head_effects(bundle.model, src, target)["cross", 2, 1],
    ]
    scripts = [
        snippet(folder, SRC, tgt, tap_cell(name, 0, 1, 3, 2), edits),
        method_snippet(folder, typed, tgt, 3, "2", "5"),
        effect_snippet(folder, SRC, tgt, '("cross", 2, 1)'),
    ]
    assert [len(script.splitlines()) for script in scripts] == [5, 5, 5]
    np.testing.assert_allclose(run(scripts), shown, rtol=1e-4, atol=1e-6)


def test_a_snippet_has_five_lines_and_names_model_sentence_tensor_and_index() -> None:
    cell = tap_cell("encoder.layers.0.self_attention.weights", 0, 2, 3, 1)
    lines = snippet("assets/models/tiny", "edmund's", [2, 41], cell).splitlines()
    assert len(lines) == 5
    assert "assets/models/tiny" in lines[1] and '"edmund\'s"' in lines[2] and "[2, 41]" in lines[3]
    assert lines[4] == 'print(float(trace["encoder.layers.0.self_attention.weights"][0, 2, 3, 1]))'
