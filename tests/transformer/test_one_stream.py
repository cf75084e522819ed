"""Bundles of one stream: written, read back, and refused in one sentence where files are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from transformer.bundle import load_bundle
from transformer.decoder_only import DecoderOnly
from transformer.encoder_only import EncoderOnly
from transformer.folders import BundleError, bundle_hash
from transformer.one_stream import OneStream, load_one_stream, save_one_stream
from transformer.stack import TextConfig
from transformer.tokenizer import train_bpe
from transformer.weights import restored, stored

KINDS = {"encoder": EncoderOnly, "decoder": DecoderOnly}
ASSETS = Path(__file__).resolve().parents[2] / "assets" / "models"


def made(architecture: str = "encoder") -> OneStream:
    tokenizer = train_bpe(["the red car", "la macchina rossa"], 270)
    torch.manual_seed(0)
    vocab = len(tokenizer) + (architecture == "encoder")
    sizes = TextConfig(vocab, layers=2, d_model=12, d_ff=20, heads=3, max_tokens=32)
    model = KINDS[architecture](sizes).eval()
    return OneStream(architecture, model, tokenizer, (), {"title": "Toy", "step": 7})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_one_stream(tmp_path / "toy", made())
    return tmp_path / "toy"


@pytest.mark.parametrize("kind", ["float32", "float16", "int8"])
@pytest.mark.parametrize("architecture", ["encoder", "decoder"])
def test_what_is_saved_is_read_back(tmp_path: Path, architecture: str, kind: str) -> None:
    own = made(architecture)
    save_one_stream(tmp_path / "toy", own, kind=kind, extras={"card.md": "# Toy\n"})
    found = load_one_stream(tmp_path / "toy")
    assert (found.architecture, found.labels, found.about) == (architecture, (), own.about)
    assert not found.model.training and found.model.config == own.model.config
    assert (tmp_path / "toy" / "card.md").read_text() == "# Toy\n"
    assert own.tokenizer and found.tokenizer
    assert found.tokenizer.to_json() == own.tokenizer.to_json()
    expected = restored(stored(own.model, kind))
    for name, parameter in found.model.named_parameters():
        assert parameter.dtype == torch.float32
        assert torch.equal(parameter, expected[name])
    ids = torch.tensor([[5, 6, 7, 3]])
    close = {"float32": 1e-6, "float16": 2e-2, "int8": 0.3}[kind]
    torch.testing.assert_close(found.model(ids), own.model(ids), atol=close, rtol=0)


def test_eight_bits_take_less_room_than_sixteen(tmp_path: Path) -> None:
    sizes = []
    for kind in ("float16", "int8"):
        save_one_stream(tmp_path / kind, made(), kind=kind)
        sizes.append((tmp_path / kind / "model.safetensors").stat().st_size)
        assert bundle_hash(tmp_path / kind)
    assert sizes[1] < sizes[0]  # half of it, but for names and scales, which weigh much here


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def config(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        told = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(told | changes))

    return change


def sizes(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        told = json.loads((folder / "config.json").read_text())
        config(model=told["model"] | changes)(folder)

    return change


def cut(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def nan(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["encoder.norm.weight"][0] = torch.nan
    save_file(tensors, folder / "model.safetensors")


WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "no config": (without("config.json"), "no readable config.json"),
    "no weights": (without("model.safetensors"), "missing or cut short"),
    "no tokenizer": (without("tokenizer.json"), "tokenizer.json cannot be read"),
    "cut short": (cut, "missing or cut short"),
    "no numbers": (nan, "no finite numbers"),
    "another schema": (config(schema=99), "another version"),
    "of two streams": (config(architecture="encoder-decoder"), "is not an"),
    "no kind at all": (config(architecture="poem"), "is not an"),
    "a decoder's weights": (config(architecture="decoder"), "different numbers of pieces"),
    "labels of images": (config(labels=["cat"]), "different numbers of classes"),
    "a file outside": (config(tokenizers=["../tokenizer.json"]), "outside its folder"),
    "more layers": (sizes(layers=3), "another shape"),
    "wider": (sizes(d_model=24), "another shape"),
    "another vocabulary": (sizes(vocab=99), "different numbers of pieces"),
    "nonsense": (sizes(heads=5), "cannot be used"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files_are_refused_in_one_sentence(folder: Path, case: str) -> None:
    spoil, told = WRONG[case]
    spoil(folder)
    with pytest.raises(BundleError, match=told) as caught:
        load_one_stream(folder)
    assert "\n" not in str(caught.value) and str(caught.value).endswith(".")


def test_a_folder_that_is_not_there_and_one_of_the_other_kind(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(BundleError, match="no model 'nobody'"):
        load_one_stream(tmp_path / "nobody")
    with pytest.raises(BundleError, match="is not an encoder-decoder model"):
        load_bundle(folder)


@pytest.mark.parametrize("name", ["encoder-only", "decoder-only"])
def test_the_models_that_ship_share_the_tokenizer_of_tiny(name: str) -> None:
    shipped = load_one_stream(ASSETS / name)
    assert shipped.tokenizer
    assert shipped.tokenizer.to_json() == (ASSETS / "tiny" / "tokenizer.json").read_text("utf-8")
