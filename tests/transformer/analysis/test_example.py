"""The recorded look is what the model itself says, and reads back as it was written."""

from pathlib import Path

import numpy as np
import torch

from transformer.analysis.example import load_example, record, save_example
from transformer.bundle import Bundle, load_bundle
from transformer.config import ModelConfig
from transformer.masks import causal_mask, padding_mask
from transformer.model import Transformer
from transformer.tokenizer import EOS, SOS, train_bpe
from transformer.trace import tracing

TEXT = "hello red world"


def small_bundle() -> Bundle:
    torch.manual_seed(0)
    tokenizer = train_bpe([TEXT] * 9, 300)
    config = ModelConfig(
        len(tokenizer), len(tokenizer), 2, 3, d_model=16, d_ff=32, heads=2, max_tokens=32
    )
    return Bundle(Transformer(config).eval(), tokenizer, tokenizer, ("en", "it"), {})


def test_a_recorded_example_reads_back_as_it_was_made(tmp_path: Path) -> None:
    made = record(small_bundle(), TEXT)
    save_example(tmp_path, made)
    found = load_example(tmp_path)
    assert found is not None
    assert (found.src, found.translation) == (TEXT, made.translation)
    assert (found.src_pieces, found.tgt_pieces) == (made.src_pieces, made.tgt_pieces)
    for kind, weights in made.attention.items():
        assert found.attention[kind].dtype == np.float16
        np.testing.assert_array_equal(found.attention[kind], weights)


def test_the_weights_are_those_of_a_forward_pass_layer_by_layer() -> None:
    bundle = small_bundle()
    example = record(bundle, TEXT)
    model = bundle.model
    src = torch.tensor([[*bundle.src_tokenizer.encode(TEXT).ids, EOS]])
    vocabulary = {bundle.tgt_tokenizer.label(n): n for n in range(4, len(bundle.tgt_tokenizer))}
    tgt = torch.tensor([[SOS, *(vocabulary[piece] for piece in example.tgt_pieces[1:])]])
    with torch.no_grad(), tracing(model) as trace:
        mask = padding_mask(src)
        model.decode(tgt, model.encode(src, mask), causal_mask(tgt.size(1)), mask)
    for layer in range(3):
        for kind, name in (("decoder", "self_attention"), ("cross", "cross_attention")):
            weights = trace[f"decoder.layers.{layer}.{name}.weights"][0].numpy()
            np.testing.assert_allclose(example.attention[kind][layer], weights, atol=1e-3)
    assert example.src_pieces[-1] == "[EOS]" and example.tgt_pieces[0] == "[SOS]"


def test_a_missing_or_broken_example_is_none(tmp_path: Path) -> None:
    assert load_example(tmp_path) is None
    (tmp_path / "example.npz").write_bytes(b"PK\x03\x04 not really")
    assert load_example(tmp_path) is None


def test_the_example_that_ships_is_what_its_model_says() -> None:
    shipped = Path(__file__).resolve().parents[3] / "assets" / "models"
    translators = [path.parent for path in shipped.glob("*/example.npz")]
    assert len(translators) > 3
    for folder in translators:
        found = load_example(folder)
        assert found is not None, folder.name
        made = record(load_bundle(folder), found.src)
        assert (found.translation, found.tgt_pieces) == (made.translation, made.tgt_pieces)
        for kind, weights in made.attention.items():
            np.testing.assert_allclose(found.attention[kind], weights, atol=1e-3)
