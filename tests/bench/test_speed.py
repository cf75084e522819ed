"""The text and the counting of the training's bench."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from bench.speed.contender import work
from bench.speed.reference import Reference
from bench.speed.text import PADDED_PAIRS, PADDED_TO, bucketed, padded, read_pairs, write_pairs
from trainer.config import TrainConfig
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.tokenizer import PAD

SIZES = ModelConfig(50, 50, encoder_layers=2, decoder_layers=3, d_model=16, d_ff=32, heads=2)


def test_the_work_of_an_update_is_what_pytorch_counts():
    """But for the output, and for what the mask hides: a kernel computes that, nobody needs it."""
    src, tgt = torch.randint(4, 50, (3, 7)), torch.randint(4, 50, (3, 5))
    model = Transformer(SIZES)
    with FlopCounterMode(display=False) as counter:
        model(src, tgt).sum().backward()
    output = 6 * SIZES.d_model * 50 * tgt.numel()
    hidden = 12 * SIZES.d_model * SIZES.decoder_layers * 3 * (5 * 5 - 5 * 6 / 2)
    lengths = torch.full((3,), 7.0), torch.full((3,), 5.0)
    assert work(SIZES, *lengths) == counter.get_total_flops() - output - hidden


def test_contenders_have_the_same_weights():
    """Up to PyTorch's stack having a last norm under post-norm, too."""
    count = [sum(p.numel() for p in kind(SIZES).parameters()) for kind in (Transformer, Reference)]
    assert count[0] == count[1]


def test_both_ways_of_batching_have_all_the_text(tmp_path):
    text = tmp_path / "pairs.tsv"
    text.write_text("".join(f"word {n} of many\tparola {n} di tante\n" for n in range(40)), "utf-8")
    config = TrainConfig(data=str(text), vocab_size=300, max_tokens=64, batch_tokens=128)
    count = write_pairs(config, tmp_path / "pairs.npz")
    pairs, vocab = read_pairs(tmp_path / "pairs.npz")
    assert count == len(pairs) == 40 and vocab <= 300

    def seen(batches, sentences):
        found: list[tuple[int, ...]] = []
        while len(found) < sentences:
            found += [tuple(row[row != PAD].tolist()) for row in next(batches).tgt]
        return sorted(found)

    ways = bucketed(pairs, config), padded(pairs, config)
    assert seen(ways[0], 40) == seen(ways[1], 40)
    batch = next(padded(pairs, config))
    assert batch.src.shape == (PADDED_PAIRS, PADDED_TO)
    assert batch.tgt[:, :-1].shape == (PADDED_PAIRS, PADDED_TO)
