"""What all bundles share: a folder of plain files, written in one piece, read without pickle.

config.json         schema, architecture, sizes, tokenizer files, what it says of itself
model.safetensors   float16 or eight bits when shipped, loaded as float32
tokenizer*.json     of a model of text
card.md, metrics.jsonl, example.npz, projection.npz, roles.json, ablation.json, merges.json, ...
                    about the model; its identity without them
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from transformer.weights import restored, stored

SCHEMA = 1
ARCHITECTURES = ("encoder-decoder", "encoder", "decoder", "vision", "cnn")
ONE_STREAM = ARCHITECTURES[1:]
CONFIG, WEIGHTS = "config.json", "model.safetensors"
OWN_FILE = re.compile(
    r"config\.json|tokenizer(\.src|\.tgt)?\.json|model\.safetensors|card\.md|metrics\.jsonl"
    r"|(roles|ablation|merges|pointing|gathering)\.json"
    r"|(example|projection)\.npz"
)


TWO = "encoder-decoder"  # the architecture of two languages, and so of two tokenizers
PARTS: dict[str, Callable[[Any], bool]] = {  # what a config must have, and how each part looks
    "model": lambda value: isinstance(value, dict),
    "tokenizers": lambda value: is_texts(value) and len(value) < 2,
    "labels": lambda value: is_texts(value),
    "about": lambda value: isinstance(value, dict),
}
PARTS_OF_TWO: dict[str, Callable[[Any], bool]] = {
    "model": PARTS["model"],
    "languages": lambda value: is_texts(value) and len(value) == 2,
    "tokenizers": lambda value: is_texts(value) and len(value) == 2,
    "about": PARTS["about"],
}


def is_texts(value: Any) -> bool:
    """True for a list of texts."""
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


Model = TypeVar("Model", bound=nn.Module)


class BundleError(ValueError):
    """A folder that is no whole bundle; the message is one sentence for a person."""


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write a bundle into, which becomes `folder` when the block has ended well; an
    earlier bundle there is replaced as a whole. Raises `BundleError` where the folder holds
    something else, which would be lost."""
    if folder.exists() and not is_replaceable(folder):
        raise BundleError(f"{folder} is there and is no model: name a new folder or an empty one.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield new
        new.chmod(0o755)
        replace_folder(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """The `config.json` of this schema."""
    text = json.dumps({"schema": SCHEMA, **config}, indent=2, ensure_ascii=False)
    (folder / CONFIG).write_text(text + "\n", "utf-8")


def write_weights(folder: Path, model: nn.Module, kind: str) -> None:
    """The weights of `model`; kind: float32, float16 or int8."""
    save_file(stored(model, kind), folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # safetensors writes it for its owner alone


def read_config(
    folder: Path, architectures: Sequence[str] = ("encoder-decoder",)
) -> dict[str, Any]:
    """The checked `config.json` of a bundle of one of these architectures. Raises `BundleError`."""
    name = folder.name
    if not os.path.isdir(folder):  # a name too long for the disk is no folder either
        raise BundleError(f"There is no model '{name}': choose one from the list.")
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BundleError(
            f"The model '{name}' has no readable {CONFIG}: export it again."
        ) from error
    if not isinstance(config, dict) or config.get("schema") != SCHEMA:
        raise BundleError(f"The model '{name}' has a {CONFIG} of another version: export it again.")
    architecture = config.get("architecture")
    if architecture not in architectures:
        raise BundleError(f"The model '{name}' is not an {' or '.join(architectures)} model.")
    for key, is_right in PARTS_OF_TWO.items() if architecture == TWO else PARTS.items():
        if not is_right(config.get(key)):
            raise BundleError(f"The {CONFIG} of the model '{name}' lacks '{key}': export it again.")
    if not all(is_file_name(file) for file in config["tokenizers"]):
        raise BundleError(f"The {CONFIG} of the model '{name}' names a file outside its folder.")
    return config


def is_file_name(name: str) -> bool:
    """True for the plain name of a file, which cannot lead out of a folder."""
    return bool(name.strip(". ")) and not set(name) & set("/\\:\0")


def load_weights(folder: Path, build: Callable[[], Model]) -> Model:
    """The model that `build` makes, with the bundle's weights, in float32 and in evaluation mode.

    The weights are compared before memory is asked for, so that wrong sizes cost none. Raises
    `BundleError` where they do not fit.
    """
    name = folder.name
    try:
        weights = restored(load_file(folder / WEIGHTS))
    except (OSError, SafetensorError, ValueError) as error:
        raise BundleError(
            f"The weights of the model '{name}' are missing or cut short: export it again."
        ) from error
    with torch.device("meta"):
        own = dict(build().named_parameters())
    if own.keys() != weights.keys() or any(own[key].shape != weights[key].shape for key in own):
        raise BundleError(
            f"The weights of the model '{name}' have another shape than its {CONFIG} says: "
            "export it again."
        )
    if not all(bool(torch.isfinite(value).all()) for value in weights.values()):
        raise BundleError(
            f"The weights of the model '{name}' hold values that are no finite numbers: "
            "train it again with a lower rate."
        )
    model = build()
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            parameter.copy_(weights[key])
    return model.eval()


def bundle_hash(folder: Path) -> str:
    """The identity of a bundle: sha256 over config, weights and tokenizers, in hex.

    Raises `BundleError` where a file is missing.
    """
    config = read_config(folder, ARCHITECTURES)
    digest = hashlib.sha256()
    for name in [CONFIG, WEIGHTS, *sorted(set(config["tokenizers"]))]:
        try:
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise BundleError(
                f"The model '{folder.name}' lacks its {name}: export it again."
            ) from error
    return digest.hexdigest()


def is_replaceable(folder: Path) -> bool:
    """True for a bundle, also a broken one, and for an empty folder."""
    if not folder.is_dir():
        return False
    try:
        read_config(folder, ARCHITECTURES)
    except BundleError:
        return all(OWN_FILE.fullmatch(path.name) for path in folder.iterdir())
    return True


def replace_folder(new: Path, folder: Path) -> None:
    """Put the finished folder `new` in the place of `folder`; the old one goes last, or comes back
    where the new one cannot take its place."""
    if not folder.exists():
        new.rename(folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = aside / folder.name
    try:
        folder.rename(old)
        new.rename(folder)
    except BaseException:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(aside)
        raise
    shutil.rmtree(aside)
