"""What a target token costs, counted by hand for one short pair."""

from __future__ import annotations

import gzip
from pathlib import Path

from recipes.utilisation import flops_per_token
from trainer.presets import resolve
from transformer.tokenizer import train_words


def test_operations_of_a_target_token(tmp_path: Path) -> None:
    text = tmp_path / "text.tsv.gz"
    too_long = " ".join(["uno"] * 40)
    text.write_bytes(gzip.compress(f"one red cat\tgatto rosso\none\t{too_long}\n".encode()))
    tokenizer = tmp_path / "tokenizer.json"
    train_words(["one red cat", "gatto rosso uno"], 1).save(tokenizer)
    sizes = {"d_model": 16, "d_ff": 32, "heads": 2, "encoder_layers": 1, "decoder_layers": 1}
    config = resolve("nano", {**sizes, "max_tokens": 32})

    src, tgt = 3 + 1, 2 + 1  # [EOS]
    encoder, decoder, cross = 4 * 256 + 1024, 6 * 256 + 1024, 2 * 256
    looks = src * src + (1 + 2 + 3) + src * tgt
    expected = (6 * ((encoder + cross) * src + decoder * tgt) + 12 * 16 * looks) / tgt
    assert flops_per_token(config, text, tokenizer) == expected
