"""The sizes of a model: a small frozen dataclass that refuses nonsense."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Protocol, Self

KINDS: dict[Any, tuple[str, tuple[type, ...]]] = {
    int: ("a whole number", (int,)),
    float: ("a number", (int, float)),
    str: ("text", (str,)),
    bool: ("true or false", (bool,)),
}


class ConfigError(ValueError):
    """A value that makes no sense; the message is one sentence that says what would."""


def option(
    default: Any = MISSING,
    help: str = "",
    *,
    min: float | None = None,
    max: float | None = None,
    choices: tuple[Any, ...] | None = None,
    group: str = "",
) -> Any:
    """A dataclass field that carries its help and its range, for command line and form alike."""
    metadata = {"help": help, "min": min, "max": max, "choices": choices, "group": group}
    return field(default=default, metadata=metadata)


def check_fields(config: Any) -> None:
    """Raise `ConfigError` for the first field whose type is wrong or value out of its range."""
    for spec in fields(config):
        if spec.metadata:
            check_value(spec, getattr(config, spec.name))


def check_value(spec: Field[Any], value: Any) -> None:
    """Raise `ConfigError` where `value` does not fit the field: type, choices or range."""
    noun, kinds = KINDS[spec.type]
    if not isinstance(value, kinds) or (isinstance(value, bool) and spec.type is not bool):
        raise ConfigError(f"{spec.name} is {value!r}, but must be {noun}.")
    choices, low, high = (spec.metadata[key] for key in ("choices", "min", "max"))
    if choices is not None and value not in choices:
        raise ConfigError(
            f"{spec.name} is {value!r}, but must be one of {', '.join(map(str, choices))}."
        )
    if low is not None and not value >= low:
        raise ConfigError(f"{spec.name} is {value}, but must be at least {low}.")
    if high is not None and not value <= high:
        raise ConfigError(f"{spec.name} is {value}, but must be at most {high}.")


def known_fields(cls: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` as keyword arguments of the dataclass `cls`; raises `ConfigError` for a stranger."""
    names = {spec.name for spec in fields(cls)}
    if strangers := sorted(values.keys() - names):
        raise ConfigError(f"'{strangers[0]}' is no setting of {cls.__name__}.")
    return dict(values)


class Sizes(Protocol):
    """What a layer asks of any model's config."""

    @property
    def d_model(self) -> int: ...
    @property
    def d_ff(self) -> int: ...
    @property
    def heads(self) -> int: ...
    @property
    def dropout(self) -> float: ...
    @property
    def norm(self) -> str: ...


class Config:
    """What the configs of all models share: read from a dict, checked field by field."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The config that `asdict` wrote; raises `ConfigError` for a missing or unknown setting."""
        given = known_fields(cls, values)
        for spec in fields(cls):  # type: ignore[arg-type]
            if spec.default is MISSING and spec.name not in given:
                raise ConfigError(f"'{spec.name}' is missing.")
        return cls(**given)


def check_heads(sizes: Sizes) -> None:
    """Raise `ConfigError` where the heads cannot share the width between them."""
    if sizes.d_model % sizes.heads:
        raise ConfigError(
            f"d_model {sizes.d_model} cannot be shared by {sizes.heads} heads: "
            f"choose a multiple of {sizes.heads}."
        )


@dataclass(frozen=True)
class ModelConfig(Config):
    """The sizes of an encoder-decoder (table 3 of the paper has its names for them)."""

    src_vocab: int = option(help="Pieces the source tokenizer knows (V).", min=5, max=1_000_000)
    tgt_vocab: int = option(help="Pieces the target tokenizer knows (V).", min=5, max=1_000_000)
    encoder_layers: int = option(4, "Layers of the encoder.", min=1, max=48)
    decoder_layers: int = option(4, "Layers of the decoder.", min=1, max=48)
    d_model: int = option(256, "Width of the model (D).", min=4, max=8192)
    d_ff: int = option(1024, "Width inside the feed-forward (F).", min=4, max=65_536)
    heads: int = option(4, "Attention heads (H); they share D between them.", min=1, max=128)
    dropout: float = option(0.1, "Share of numbers dropped while training.", min=0.0, max=0.9)
    norm: str = option(
        "pre", "Where the norms stand: the paper's post, or pre.", choices=("pre", "post")
    )
    tie_embeddings: bool = option(True, "One matrix for source, target and output embeddings.")
    max_tokens: int = option(256, "Longest sentence, in tokens.", min=4, max=10_000)
    positions: str = option(
        "sinusoidal",
        "What tells the order: the paper's sinusoids, a learned vector each, or nothing.",
        choices=("sinusoidal", "learned", "none"),
    )

    def __post_init__(self) -> None:
        check_fields(self)
        check_heads(self)
        if self.tie_embeddings and self.src_vocab != self.tgt_vocab:
            raise ConfigError(
                f"Tied embeddings need one joint vocabulary, but there are {self.src_vocab} source "
                f"and {self.tgt_vocab} target pieces: set tie_embeddings to false."
            )
