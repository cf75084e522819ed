"""The bundle of an encoder-decoder: the model, its tokenizers, its languages. The folder itself is
in `folders.py`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from transformer.config import ConfigError, ModelConfig
from transformer.folders import (
    CONFIG,
    TWO,
    WEIGHTS,
    BundleError,
    bundle_hash,
    load_weights,
    new_folder,
    read_config,
    write_config,
    write_weights,
)
from transformer.model import Transformer
from transformer.tokenizer import Tokenizer, TokenizerError

__all__ = [
    "CONFIG",
    "WEIGHTS",
    "Bundle",
    "BundleError",
    "bundle_hash",
    "load_bundle",
    "read_config",
    "save_bundle",
]


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
    folder: Path,
    bundle: Bundle,
    *,
    half: bool = True,
    eight_bits: bool = False,
    extras: Mapping[str, str] | None = None,
) -> None:
    """Write `bundle` as `folder`; an earlier bundle there is replaced as a whole.

    half: store float16; eight_bits: matrices as int8 with a scale a row. extras: further text
    files by name (card.md, metrics.jsonl). Raises `BundleError` where the folder holds something
    else, which would be lost.
    """
    with new_folder(folder) as new:
        joint = bundle.src_tokenizer is bundle.tgt_tokenizer
        files = ("tokenizer.json",) * 2 if joint else ("tokenizer.src.json", "tokenizer.tgt.json")
        bundle.src_tokenizer.save(new / files[0])
        bundle.tgt_tokenizer.save(new / files[1])
        config = {
            "architecture": TWO,
            "model": asdict(bundle.model.config),
            "languages": list(bundle.languages),
            "tokenizers": list(files),
            "about": dict(bundle.about),
        }
        write_config(new, config)
        write_weights(new, bundle.model, "int8" if eight_bits else "float16" if half else "float32")
        for name, text in (extras or {}).items():
            (new / name).write_text(text, "utf-8")


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
    model = load_weights(folder, lambda: Transformer(sizes))
    languages = (config["languages"][0], config["languages"][1])
    return Bundle(model, src, tgt, languages, config["about"])
