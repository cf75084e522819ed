"""The bundle of a model that reads one stream: a text, or an image. Its folder: `folders.py`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from torch import nn

from transformer.cnn import Cnn, CnnConfig
from transformer.config import ConfigError
from transformer.decoder_only import DecoderOnly
from transformer.encoder_only import EncoderOnly
from transformer.folders import (
    ONE_STREAM,
    BundleError,
    load_weights,
    new_folder,
    read_config,
    write_config,
    write_weights,
)
from transformer.stack import TextConfig
from transformer.tokenizer import Tokenizer, TokenizerError
from transformer.vision import VisionConfig, VisionTransformer

MODELS: dict[str, tuple[Any, Any]] = {
    "encoder": (TextConfig, EncoderOnly),
    "decoder": (TextConfig, DecoderOnly),
    "vision": (VisionConfig, VisionTransformer),
    "cnn": (CnnConfig, Cnn),
}
EXTRA_PIECES = {"encoder": 1}  # pieces of a model that its tokenizer does not know: [MASK]


@dataclass(frozen=True)
class OneStream:
    """A trained model of one of `MODELS`, and what it says of itself.

    tokenizer: of a model of text. labels: the classes of a model of images, in their order.
    about: the free part of the config: "title", "step", "run", "languages", "images".
    """

    architecture: str
    model: nn.Module
    tokenizer: Tokenizer | None
    labels: tuple[str, ...]
    about: Mapping[str, Any]


def save_one_stream(
    folder: Path,
    bundle: OneStream,
    *,
    kind: str = "float16",
    extras: Mapping[str, str] | None = None,
) -> None:
    """Write `bundle` as `folder`, as `save_bundle` does an encoder-decoder."""
    with new_folder(folder) as new:
        if bundle.tokenizer:
            bundle.tokenizer.save(new / "tokenizer.json")
        config = {
            "architecture": bundle.architecture,
            "model": asdict(cast(Any, bundle.model.config)),
            "tokenizers": ["tokenizer.json"] if bundle.tokenizer else [],
            "labels": list(bundle.labels),
            "about": dict(bundle.about),
        }
        write_config(new, config)
        write_weights(new, bundle.model, kind)
        for name, text in (extras or {}).items():
            (new / name).write_text(text, "utf-8")


def load_one_stream(folder: Path) -> OneStream:
    """Read it; the model is in float32 and in evaluation mode. Raises `BundleError`."""
    config = read_config(folder, ONE_STREAM)
    architecture = config["architecture"]
    sizes_of, model_of = MODELS[architecture]
    try:
        sizes = sizes_of.from_dict(config["model"])
        read = [Tokenizer.load(folder / name) for name in config["tokenizers"]]
    except (ConfigError, TokenizerError) as error:
        raise BundleError(f"The model in '{folder.name}' cannot be used: {error}") from error
    tokenizer = read[0] if read else None
    known = len(tokenizer) + EXTRA_PIECES.get(architecture, 0) if tokenizer else None
    if known != getattr(sizes, "vocab", None):
        raise BundleError(
            f"The model in '{folder.name}' and its tokenizer know different numbers of pieces: "
            "the files belong to different models."
        )
    if len(config["labels"]) != getattr(sizes, "classes", 0):
        raise BundleError(
            f"The model in '{folder.name}' and its labels know different numbers of classes: "
            "the files belong to different models."
        )
    model = load_weights(folder, lambda: model_of(sizes))
    return OneStream(architecture, model, tokenizer, tuple(config["labels"]), config["about"])
