"""A bundle: a trained model as a folder of plain files, written in one piece, read without pickle.

config.json         schema, architecture, sizes, languages, tokenizer files, decoding defaults
model.safetensors   float16 when shipped, loaded as float32
tokenizer*.json     one joint, or one for each language
card.md, metrics.jsonl, example.npz, projection.npz, roles.json, ablation.json, merges.json
                    about the model; its identity without them
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from transformer.config import ConfigError, ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import Tokenizer, TokenizerError

SCHEMA = 1
ARCHITECTURE = "encoder-decoder"
CONFIG, WEIGHTS = "config.json", "model.safetensors"
OWN_FILE = re.compile(
    r"config\.json|tokenizer(\.src|\.tgt)?\.json|model\.safetensors|card\.md|metrics\.jsonl"
    r"|(roles|ablation|merges)\.json"
    r"|(example|projection)\.npz"
)


def is_pair_of_texts(value: Any) -> bool:
    """True for a list of two texts."""
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)


PARTS: dict[str, Callable[[Any], bool]] = {  # what a config must have, and how each part looks
    "model": lambda value: isinstance(value, dict),
    "languages": is_pair_of_texts,
    "tokenizers": is_pair_of_texts,
    "about": lambda value: isinstance(value, dict),
}


class BundleError(ValueError):
    """A folder that is no whole bundle; the message is one sentence for a person."""


@dataclass(frozen=True)
class Bundle:
    """A trained model, its two tokenizers (which may be the same one) and what it says of itself.

    about: the free part of the config: "title", "decoding" defaults, "step", "run".
    """

    model: Transformer
    src_tokenizer: Tokenizer
    tgt_tokenizer: Tokenizer
    languages: tuple[str, str]
    about: Mapping[str, Any]


def save_bundle(
    folder: Path, bundle: Bundle, *, half: bool = True, extras: Mapping[str, str] | None = None
) -> None:
    """Write `bundle` as `folder`; an earlier bundle there is replaced as a whole.

    half: store float16. extras: further text files by name (card.md, metrics.jsonl). Raises
    `BundleError` where the folder holds something else, which would be lost.
    """
    if folder.exists() and not is_replaceable(folder):
        raise BundleError(f"{folder} is there and is no model: name a new folder or an empty one.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        joint = bundle.src_tokenizer is bundle.tgt_tokenizer
        files = ("tokenizer.json",) * 2 if joint else ("tokenizer.src.json", "tokenizer.tgt.json")
        bundle.src_tokenizer.save(new / files[0])
        bundle.tgt_tokenizer.save(new / files[1])
        config = {
            "schema": SCHEMA,
            "architecture": ARCHITECTURE,
            "model": asdict(bundle.model.config),
            "languages": list(bundle.languages),
            "tokenizers": list(files),
            "about": dict(bundle.about),
        }
        (new / CONFIG).write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", "utf-8")
        save_file(distinct_weights(bundle.model, half), new / WEIGHTS)
        (new / WEIGHTS).chmod(0o644)  # safetensors writes it for its owner alone
        for name, text in (extras or {}).items():
            (new / name).write_text(text, "utf-8")
        new.chmod(0o755)
        replace_folder(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def is_replaceable(folder: Path) -> bool:
    """True for a bundle, also a broken one, and for an empty folder."""
    if not folder.is_dir():
        return False
    try:
        read_config(folder)
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


def distinct_weights(model: Transformer, half: bool) -> dict[str, torch.Tensor]:
    """The weights by name, a tied matrix once, on the CPU and contiguous."""
    kind = torch.float16 if half else torch.float32
    return {name: p.detach().to("cpu", kind).contiguous() for name, p in model.named_parameters()}


def load_bundle(folder: Path) -> Bundle:
    """Read a bundle; the model is in float32 and in evaluation mode. Raises `BundleError`."""
    config = read_config(folder)
    try:
        sizes = ModelConfig.from_dict(config["model"])
        tokenizers = {name: Tokenizer.load(folder / name) for name in config["tokenizers"]}
    except (ConfigError, TokenizerError) as error:
        raise BundleError(f"The model in '{folder.name}' cannot be used: {error}") from error
    src_name, tgt_name = config["tokenizers"]
    src, tgt = tokenizers[src_name], tokenizers[tgt_name]
    for tokenizer, vocab in ((src, sizes.src_vocab), (tgt, sizes.tgt_vocab)):
        if len(tokenizer) != vocab:
            raise BundleError(
                f"The model in '{folder.name}' expects a vocabulary of {vocab}, but its tokenizer "
                f"has {len(tokenizer)}: the files belong to different models."
            )
    model = load_model(sizes, folder)
    languages = (config["languages"][0], config["languages"][1])
    return Bundle(model.eval(), src, tgt, languages, config["about"])


def read_config(folder: Path) -> dict[str, Any]:
    """The checked `config.json` of a bundle. Raises `BundleError`."""
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
    if config.get("architecture") != ARCHITECTURE:
        raise BundleError(f"The model '{name}' is not an {ARCHITECTURE} model.")
    for key, is_right in PARTS.items():
        if not is_right(config.get(key)):
            raise BundleError(f"The {CONFIG} of the model '{name}' lacks '{key}': export it again.")
    if not all(is_file_name(file) for file in config["tokenizers"]):
        raise BundleError(f"The {CONFIG} of the model '{name}' names a file outside its folder.")
    return config


def is_file_name(name: str) -> bool:
    """True for the plain name of a file, which cannot lead out of a folder."""
    return bool(name.strip(". ")) and not set(name) & set("/\\:\0")


def load_model(sizes: ModelConfig, folder: Path) -> Transformer:
    """A model of these sizes with the bundle's weights. Raises `BundleError` where they do not fit.

    The weights are compared before memory is asked for, so that wrong sizes cost none.
    """
    name = folder.name
    try:
        weights = load_file(folder / WEIGHTS)
    except (OSError, SafetensorError) as error:
        raise BundleError(
            f"The weights of the model '{name}' are missing or cut short: export it again."
        ) from error
    with torch.device("meta"):
        own = dict(Transformer(sizes).named_parameters())
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
    model = Transformer(sizes)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            parameter.copy_(weights[key])
    return model


def bundle_hash(folder: Path) -> str:
    """The identity of a bundle: sha256 over config, weights and tokenizers, in hex.

    Raises `BundleError` where a file is missing.
    """
    config = read_config(folder)
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
