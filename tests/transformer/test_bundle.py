"""A bundle comes back as it was saved, or says in one sentence why not."""

import ast
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

import transformer
from transformer.bundle import Bundle, BundleError, bundle_hash, load_bundle, save_bundle
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import train_bpe, train_words

MakeModel = Callable[..., Transformer]
ENGLISH = train_words(["one two three four five six"], min_frequency=1)
ITALIAN = train_words(["uno due tre quattro cinque sei sette"], min_frequency=1)
JOINT = train_bpe(["one two uno due"] * 3, 270)
ABOUT = {"title": "Numbers, così", "step": 12, "decoding": {"method": "beam", "beams": 4}}


@pytest.fixture
def bundle(make_model: MakeModel) -> Bundle:
    model = make_model(src_vocab=len(ENGLISH), tgt_vocab=len(ITALIAN))
    return Bundle(model, ENGLISH, ITALIAN, ("en", "it"), ABOUT)


@pytest.fixture
def saved(bundle: Bundle, tmp_path: Path) -> Path:
    save_bundle(tmp_path / "numbers", bundle, extras={"card.md": "# Numbers"})
    return tmp_path / "numbers"


def ids() -> tuple[Tensor, Tensor]:
    return torch.tensor([[4, 5, 6, 3]]), torch.tensor([[2, 7, 8]])


def refused(folder: Path, load: Callable[[Path], object] = load_bundle) -> str:
    with pytest.raises(BundleError) as error:
        load(folder)
    message = str(error.value)
    assert message.endswith(".") and "\n" not in message and folder.name in message
    return message


def change(folder: Path, **parts: Any) -> None:
    """Overwrite parts of the config; `...` takes one away."""
    config = json.loads((folder / "config.json").read_text())
    config = {key: value for key, value in (config | parts).items() if value is not ...}
    (folder / "config.json").write_text(json.dumps(config))


def test_whole_numbers_come_back_bit_for_bit(bundle: Bundle, tmp_path: Path) -> None:
    save_bundle(tmp_path / "numbers", bundle, half=False)
    loaded = load_bundle(tmp_path / "numbers")
    assert torch.equal(loaded.model(*ids()), bundle.model(*ids()))
    assert loaded.model.config == bundle.model.config and not loaded.model.training
    assert (loaded.languages, loaded.about) == (("en", "it"), ABOUT)
    assert loaded.src_tokenizer.encode("one six").ids == ENGLISH.encode("one six").ids
    assert loaded.tgt_tokenizer.encode("uno sette").ids == ITALIAN.encode("uno sette").ids


def test_half_numbers_come_back_close(bundle: Bundle, saved: Path) -> None:
    loaded = load_bundle(saved)
    stored = load_file(saved / "model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    assert {tensor.dtype for tensor in loaded.model.state_dict().values()} == {torch.float32}
    for name, tensor in loaded.model.state_dict().items():
        assert torch.equal(tensor, bundle.model.state_dict()[name].half().float())
    torch.testing.assert_close(loaded.model(*ids()), bundle.model(*ids()), atol=0.05, rtol=0.01)


def test_a_tied_matrix_is_stored_once_and_stays_tied(make_model: MakeModel, tmp_path: Path) -> None:
    size = len(JOINT)
    model = make_model(src_vocab=size, tgt_vocab=size, tie_embeddings=True)
    save_bundle(tmp_path / "tied", Bundle(model, JOINT, JOINT, ("en", "it"), {}), half=False)
    stored = load_file(tmp_path / "tied" / "model.safetensors")
    assert sum(tensor.size(0) == size for tensor in stored.values()) == 1
    loaded = load_bundle(tmp_path / "tied")
    assert loaded.model.src_embedding.weight is loaded.model.output.weight
    assert loaded.src_tokenizer is loaded.tgt_tokenizer
    assert torch.equal(loaded.model(*ids()), model(*ids()))
    assert not list((tmp_path / "tied").glob("tokenizer.*.json"))


def test_every_identity_file_changes_the_hash_and_the_card_does_not(
    bundle: Bundle, saved: Path, tmp_path: Path
) -> None:
    identity = bundle_hash(saved)
    assert len(identity) == 64
    save_bundle(tmp_path / "again", bundle)
    assert bundle_hash(tmp_path / "again") == identity
    (saved / "card.md").write_text("other")
    (saved / "metrics.jsonl").write_text("{}")
    assert bundle_hash(saved) == identity
    files = ["config.json", "model.safetensors", "tokenizer.src.json", "tokenizer.tgt.json"]
    seen = {identity}
    for name in files:
        whole = (saved / name).read_bytes()
        (saved / name).write_bytes(whole + b" ")
        seen.add(bundle_hash(saved))
        (saved / name).write_bytes(whole)
    assert len(seen) == 5 and bundle_hash(saved) == identity
    (saved / "model.safetensors").unlink()
    assert "lacks its model.safetensors" in refused(saved, bundle_hash)


def test_a_missing_folder(tmp_path: Path) -> None:
    for load in (load_bundle, bundle_hash):
        assert "choose one from the list" in refused(tmp_path / "nowhere", load)
    (tmp_path / "file").write_text("no folder")
    assert "There is no model 'file'" in refused(tmp_path / "file")


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"garbage", b"\xff\xfe\x00", b"[" * 100_000, b"9" * 5000]
)
def test_an_unreadable_config(saved: Path, content: bytes | None) -> None:
    (saved / "config.json").unlink()
    if content is not None:
        (saved / "config.json").write_bytes(content)
    for load in (load_bundle, bundle_hash):
        assert "has no readable config.json: export it again" in refused(saved, load)


@pytest.mark.parametrize("content", ["[]", "null", "3", '"text"', "{}", '{"schema": 2}'])
def test_a_config_of_another_kind(saved: Path, content: str) -> None:
    (saved / "config.json").write_text(content)
    assert "another version" in refused(saved)


def test_another_architecture(saved: Path) -> None:
    for name in ("decoder", None, ["encoder-decoder"]):
        change(saved, architecture=name)
        assert "is not an encoder-decoder model" in refused(saved)


@pytest.mark.parametrize("key", ["model", "languages", "tokenizers", "about"])
@pytest.mark.parametrize("value", [..., None, [], ["en"], ["en", 3], "en", 3, ["a", "b", "c"]])
def test_a_part_is_missing_or_of_another_kind(saved: Path, key: str, value: Any) -> None:
    change(saved, **{key: value})
    assert f"lacks '{key}'" in refused(saved)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "'src_vocab' is missing."),
        ({"src_vocab": 10}, "'tgt_vocab' is missing."),
        ({"src_vocab": "x", "tgt_vocab": 11}, "src_vocab is 'x', but must be a whole number."),
        ({"src_vocab": 10, "tgt_vocab": 11, "depth": 3}, "'depth' is no setting of ModelConfig."),
        ({"src_vocab": 10, "tgt_vocab": 11}, "set tie_embeddings to false."),
        ({"src_vocab": 10, "tgt_vocab": 11, "d_model": None}, "d_model is None, but must be"),
    ],
)
def test_sizes_that_make_no_sense(saved: Path, values: dict[str, Any], sentence: str) -> None:
    change(saved, model=values)
    assert sentence in refused(saved)


@pytest.mark.parametrize(
    "changes", [{"d_ff": 21}, {"encoder_layers": 3}, {"norm": "post"}, {"d_ff": 65_536}]
)
def test_weights_of_another_shape(saved: Path, changes: dict[str, Any]) -> None:
    change(saved, model=json.loads((saved / "config.json").read_text())["model"] | changes)
    assert "have another shape than its config.json says" in refused(saved)


def test_absurd_sizes_ask_for_no_memory(saved: Path) -> None:
    """48 layers of the widest kind would be 400 GB."""
    model = json.loads((saved / "config.json").read_text())["model"]
    huge = {"d_model": 8192, "heads": 8, "d_ff": 65_536, "decoder_layers": 48}
    change(saved, model=model | huge | {"max_tokens": 64})
    assert "another shape" in refused(saved)


def test_weights_that_lack_or_add_a_tensor(saved: Path) -> None:
    path = saved / "model.safetensors"
    weights = load_file(path)
    save_file(weights | {"extra": torch.zeros(2)}, path)
    assert "another shape" in refused(saved)
    del weights["output.weight"]
    save_file(weights, path)
    assert "another shape" in refused(saved)


def test_weights_missing_or_cut_short(saved: Path) -> None:
    path = saved / "model.safetensors"
    whole = path.read_bytes()
    for cut in (0, 4, 8, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert "missing or cut short" in refused(saved)
    path.write_bytes(b"\xff" * 200)
    assert "missing or cut short" in refused(saved)
    path.unlink()
    assert "missing or cut short" in refused(saved)


def test_flipped_bits_in_the_config_are_refused_or_harmless(saved: Path) -> None:
    path = saved / "config.json"
    whole, dice = path.read_bytes(), random.Random(0)
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        try:
            loaded = load_bundle(saved)
        except BundleError as error:
            assert str(error).endswith(".")
        else:
            assert loaded.model(*ids()).shape == (1, 3, len(ITALIAN))


def test_a_tokenizer_of_another_size_or_broken_or_missing(saved: Path) -> None:
    shutil.copy(saved / "tokenizer.tgt.json", saved / "tokenizer.src.json")
    assert "expects a vocabulary of 10, but its tokenizer has 11" in refused(saved)
    (saved / "tokenizer.src.json").write_text("{}")
    assert "tokenizer.src.json is not a readable tokenizer file" in refused(saved)
    (saved / "tokenizer.src.json").unlink()
    assert "tokenizer.src.json cannot be read" in refused(saved)
    assert "lacks its tokenizer.src.json" in refused(saved, bundle_hash)


@pytest.mark.parametrize(
    "name",
    ["../other.json", "/etc/hosts", "..", ".", "", "a/b.json", "..\\x.json", "C:x.json", "a\0b"],
)
def test_a_file_name_that_leads_outside(saved: Path, name: str) -> None:
    change(saved, tokenizers=["tokenizer.src.json", name])
    for load in (load_bundle, bundle_hash):
        assert "names a file outside its folder" in refused(saved, load)


def test_a_bundle_is_replaced_as_a_whole(bundle: Bundle, saved: Path) -> None:
    (saved / "projection.npz").write_bytes(b"of the old model")
    save_bundle(saved, replace(bundle, about={"title": "new"}))
    assert load_bundle(saved).about == {"title": "new"}
    assert sorted(path.name for path in saved.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.src.json",
        "tokenizer.tgt.json",
    ]
    assert list(saved.parent.iterdir()) == [saved]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_failed_save_leaves_the_old_bundle_and_nothing_else(bundle: Bundle, saved: Path) -> None:
    before = contents(saved)
    with pytest.raises(TypeError):
        save_bundle(saved, replace(bundle, about={"title": object()}))
    with pytest.raises(OSError):
        save_bundle(saved, bundle, extras={"no/such/folder.md": "text"})
    assert contents(saved) == before and list(saved.parent.iterdir()) == [saved]
    with pytest.raises(TypeError):
        save_bundle(saved.parent / "new", replace(bundle, about={"title": object()}))
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.parametrize("failure", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_in_the_last_move_brings_the_old_bundle_back(
    bundle: Bundle, saved: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    before, rename = contents(saved), Path.rename

    def fail_for_the_new(self: Path, target: Path) -> Path:
        if target == saved and self.name.startswith("."):
            raise failure
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new)
    with pytest.raises(type(failure)):
        save_bundle(saved, bundle)
    assert contents(saved) == before and list(saved.parent.iterdir()) == [saved]


def test_a_bundle_is_read_by_others_than_its_owner(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o755


def test_nothing_in_the_package_reads_pickles() -> None:
    for path in Path(str(transformer.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert "pickle" not in ast.unparse(node), f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Attribute | ast.keyword):
                found = ast.unparse(node)
                assert found not in ("torch.load", "allow_pickle=True"), path.name


def test_sizes_come_from_the_bundle_and_not_from_the_defaults(tmp_path: Path) -> None:
    sizes = ModelConfig(len(JOINT), len(JOINT), 1, 1, 32, 48, 2, 0.0, "post", False, 40, "learned")
    save_bundle(tmp_path / "m", Bundle(Transformer(sizes), JOINT, JOINT, ("en", "it"), {}))
    assert load_bundle(tmp_path / "m").model.config == sizes


def test_a_folder_of_something_else_is_never_replaced(bundle: Bundle, tmp_path: Path) -> None:
    own = tmp_path / "letters"
    own.mkdir()
    save_bundle(own, bundle)  # empty: nothing to lose
    (own / "model.safetensors").unlink()
    (own / "config.json").write_text("{")
    save_bundle(own, bundle)  # broken: to be made again
    (own / "config.json").write_text("{}")
    (own / "letter.txt").write_text("dear")
    assert "no model" in refused(own, lambda folder: save_bundle(folder, bundle))
    assert (own / "letter.txt").read_text() == "dear"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(saved: Path, value: float) -> None:
    weights = load_file(saved / "model.safetensors")
    weights[min(weights)].view(-1)[0] = value
    save_file(weights, saved / "model.safetensors")
    assert "no finite numbers" in refused(saved)


def test_a_name_too_long_for_the_disk_is_no_model(tmp_path: Path) -> None:
    assert "There is no model" in refused(tmp_path / ("x" * 300))
