"""A config refuses nonsense, each time in one sentence that names the field."""

import math
from dataclasses import MISSING, asdict, fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer.config import ConfigError, ModelConfig, known_fields

NONSENSE: list[tuple[str, Any, str]] = [
    ("src_vocab", 4, "at least 5"),
    ("tgt_vocab", 10**9, "at most 1000000"),
    ("encoder_layers", 0, "at least 1"),
    ("encoder_layers", True, "a whole number"),
    ("decoder_layers", 2.0, "a whole number"),
    ("decoder_layers", 49, "at most 48"),
    ("d_model", -8, "at least 4"),
    ("d_model", "64", "a whole number"),
    ("d_model", None, "a whole number"),
    ("d_ff", math.inf, "a whole number"),
    ("heads", 0, "at least 1"),
    ("heads", 5, "choose a multiple of 5"),
    ("dropout", -0.1, "at least 0.0"),
    ("dropout", 1.0, "at most 0.9"),
    ("dropout", math.nan, "at least 0.0"),
    ("dropout", math.inf, "at most 0.9"),
    ("dropout", False, "a number"),
    ("dropout", "0.1", "a number"),
    ("norm", "Pre", "one of pre, post"),
    ("norm", 1, "text"),
    ("positions", "rotary", "one of sinusoidal, learned, none"),
    ("norm", ["pre"], "text"),
    ("tie_embeddings", 1, "true or false"),
    ("tie_embeddings", "false", "true or false"),
    ("max_tokens", 3, "at least 4"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), NONSENSE)
def test_nonsense_is_refused_in_a_sentence(name: str, value: Any, sentence: str) -> None:
    with pytest.raises(ConfigError) as error:
        ModelConfig(**({"src_vocab": 100, "tgt_vocab": 100} | {name: value}))
    message = str(error.value)
    assert name in message and sentence in message
    assert message.endswith(".") and "\n" not in message


def test_tied_embeddings_need_one_vocabulary() -> None:
    with pytest.raises(ConfigError, match="set tie_embeddings to false"):
        ModelConfig(100, 101)
    assert ModelConfig(100, 101, tie_embeddings=False).tgt_vocab == 101


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.none())
)
SETTINGS = [spec.name for spec in fields(ModelConfig)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(SETTINGS), anything))
def test_whatever_is_given_makes_a_config_or_a_sentence(values: dict[str, Any]) -> None:
    """What is accepted has the right types and lies in its range."""
    try:
        config = ModelConfig.from_dict({"src_vocab": 100, "tgt_vocab": 100} | values)
    except ConfigError as error:
        assert str(error).endswith(".")
        return
    for spec in fields(config):
        value, kind = getattr(config, spec.name), spec.type
        assert type(value) is kind or (kind is float and type(value) is int)
        low, high = spec.metadata["min"], spec.metadata["max"]
        assert (low is None or value >= low) and (high is None or value <= high)
    assert config.d_model % config.heads == 0


def test_a_config_survives_a_dictionary() -> None:
    config = ModelConfig(40, 50, d_model=48, heads=3, norm="post", tie_embeddings=False)
    assert ModelConfig.from_dict(asdict(config)) == config


def test_missing_and_unknown_settings_are_named() -> None:
    with pytest.raises(ConfigError, match=r"'tgt_vocab' is missing\."):
        ModelConfig.from_dict({"src_vocab": 100})
    with pytest.raises(ConfigError, match=r"'depth' is no setting of ModelConfig\."):
        known_fields(ModelConfig, {"depth": 3})


def test_every_field_explains_itself_and_defaults_are_sound() -> None:
    for spec in fields(ModelConfig):
        assert spec.metadata["help"].endswith(".")
        assert spec.default is not MISSING or spec.name in ("src_vocab", "tgt_vocab")
    ModelConfig(100, 100)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        ModelConfig(100, 100).heads = 2  # type: ignore[misc]
