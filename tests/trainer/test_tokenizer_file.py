"""A run that takes a tokenizer.json instead of training one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trainer.small_runs import attempt_here, prepared_run
from trainer.commands import check_start_folder
from trainer.config import TrainConfig
from trainer.export import export
from trainer.vocabularies import KINDS, train
from transformer.bundle import load_bundle
from transformer.config import ConfigError
from transformer.tokenizer import TokenizerError

Tiny = Callable[..., TrainConfig]
TEXTS = ["one cat two dogs", "un gatto due cani", "three red birds"] * 5


@pytest.mark.parametrize("kind", KINDS)
def test_the_run_speaks_with_the_tokenizer_that_it_was_given(
    kind: str, tiny: Tiny, runs: Path, tmp_path: Path
) -> None:
    given = train(kind, TEXTS, 280)
    given.save(tmp_path / "mine.json")
    config = tiny(tokenizer_file=str(tmp_path / "mine.json"), steps=2, save_every=1, valid_every=1)
    check_start_folder(config)
    run = prepared_run(config)
    attempt_here(run)
    (tmp_path / "mine.json").unlink()  # the run has all it needs in its own folder
    bundle = load_bundle(export(run.path))
    assert bundle.src_tokenizer is bundle.tgt_tokenizer
    assert bundle.src_tokenizer.to_json() == given.to_json()
    assert bundle.model.src_embedding.weight.shape[0] == len(given)
    assert "with the tokenizer mine.json" in (run.path / "export" / "card.md").read_text()
    check_start_folder(tiny(start_from=str(run.path / "export")))  # which brings it, of any kind


def test_what_cannot_be_taken_is_one_sentence(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("{")
    with pytest.raises(TokenizerError, match="not a readable"):
        check_start_folder(tiny(tokenizer_file=str(tmp_path / "mine.json")))
    with pytest.raises(TokenizerError, match="cannot be read"):
        check_start_folder(tiny(tokenizer_file=str(tmp_path / "gone.json")))
    with pytest.raises(ConfigError, match="leave tokenizer_file empty"):
        tiny(tokenizer_file="a", start_from="b")


def test_words_of_a_file_are_one_vocabulary(tiny: Tiny) -> None:
    assert tiny(tokenizer="words", tokenizer_file="a").joint
    assert not tiny(tokenizer="words", tie_embeddings=False).joint
