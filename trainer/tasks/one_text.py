"""What filling and continuing share: lines of text in any language, without annotation."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from trainer import ranks
from trainer.batches import PairDataset, TokenBatchSampler, padded
from trainer.corpora import DataError, load_data
from trainer.data import split_by_groups
from trainer.prepare import read_tokenizers, run_tokenizers, write_summary
from trainer.tasks.task import Prepared, Task, drawn_ids, layers
from transformer.one_stream import OneStream, save_one_stream
from transformer.stack import TextConfig
from transformer.tokenizer import Tokenizer


class TextBatch(NamedTuple):
    """ids (B, T), padded with 0: what the model is taught from, specials included."""

    ids: Tensor


class Lines(Dataset[np.ndarray]):
    """Ids of lines of text, without specials; `lengths` as of pairs with nothing to read from."""

    def __init__(self, ids: Sequence[Sequence[int]]) -> None:
        self._pairs = PairDataset(([] for _ in ids), ids)
        self.lengths = self._pairs.lengths

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, index: int) -> np.ndarray:
        return self._pairs[index][1]


class OneText(Task):
    """A task whose only input is text. Both columns of a corpus are lines to read, and nobody says
    which line is of which language."""

    items = "lines"
    architecture: str
    extra_pieces = 0  # of the model, which its tokenizer does not know
    first: ClassVar[list[int]]  # before each line, which ends in [EOS]

    def data_hashes(self) -> dict[str, str]:
        """The corpora."""
        return {corpus.name: corpus.sha256 for corpus in load_data(self.config.data)}

    def prepare(self, folder: Path, title: str, resuming: bool, first: bool) -> Prepared:
        """Pairs split by groups, as for a translator, so that both are told the same; then the
        lines of each side."""
        config = self.config
        corpora = load_data(config.data)
        pairs = [pair for corpus in corpora for pair in corpus.pairs]
        split = split_by_groups(pairs, config.valid_pairs, config.seed)
        tokenizer, _ = run_tokenizers(config, folder, split.train)
        model = self.fresh(tokenizer)
        bundle = OneStream(self.architecture, model, tokenizer, (), {"title": title})
        lines = [side for pair in split.train for side in pair]
        encoded = tokenizer.encode_batch(lines)
        kept = [ids for ids in encoded if len(ids) < config.max_tokens]
        if not kept:
            raise DataError(f"No line has fewer than {config.max_tokens} tokens: raise max_tokens.")
        held_out = [side for pair in split.valid for side in pair]
        if first:
            write_summary(folder, corpora, len(kept), len(held_out), len(encoded) - len(kept))
        return Prepared(bundle, Lines(kept), held_out)

    def collate(self, items: Sequence[Any]) -> TextBatch:
        """Lines padded, specials added."""
        return TextBatch(padded(list(items) or [[]], self.first))

    def held_out(self, prepared: Prepared, parts: int) -> tuple[list[str], DataLoader[Any]]:
        """The held-out lines that fit in the model, and their batches in a fixed order."""
        encoded = prepared.bundle.tokenizer.encode_batch(prepared.valid)
        kept = [place for place, ids in enumerate(encoded) if len(ids) < self.config.max_tokens]
        if not kept:
            raise DataError(
                f"No held-out line has fewer than {self.config.max_tokens} tokens: raise "
                "max_tokens."
            )
        dataset = Lines([encoded[place] for place in kept])
        budget = self.config.batch_tokens
        batches = TokenBatchSampler(dataset.lengths, budget, 0, parts, ranks.rank(), ranks.size())
        loader: DataLoader[Any] = DataLoader(
            dataset, batch_sampler=batches, collate_fn=self.collate, generator=torch.Generator()
        )
        return [prepared.valid[place] for place in kept], loader

    def fresh(self, tokenizer: Tokenizer) -> nn.Module:
        """A model for that vocabulary."""
        return self.built(self.text_config(len(tokenizer) + self.extra_pieces))

    def built(self, sizes: TextConfig) -> nn.Module:
        """A model of these sizes."""
        raise NotImplementedError

    @property
    def layers(self) -> int:
        """Layers of its one stack."""
        raise NotImplementedError

    def text_config(self, vocab: int) -> TextConfig:
        """The sizes of the model. Raises `ConfigError`."""
        own = ("d_model", "d_ff", "heads", "dropout", "norm", "max_tokens", "positions")
        sizes = {name: getattr(self.config, name) for name in own}
        return TextConfig(vocab=vocab, layers=self.layers, **sizes)

    def model(self, folder: Path) -> nn.Module:
        """Of the size that the run's vocabulary asks for."""
        return self.fresh(read_tokenizers(self.config, folder)[0])

    def blank(self) -> nn.Module:
        """With a vocabulary as large as it may be."""
        return self.built(self.text_config(self.config.vocab_size + self.extra_pieces))

    def drawn(self, draw: torch.Generator) -> TextBatch:
        """Lines."""
        return TextBatch(drawn_ids(self.config, draw))

    def save(
        self,
        target: Path,
        folder: Path,
        model: nn.Module,
        about: Mapping[str, Any],
        extras: Mapping[str, str],
        eight_bits: bool = False,
    ) -> None:
        """A bundle of one stream, which remembers the languages that it has read."""
        tokenizer = read_tokenizers(self.config, folder)[0]
        languages = [self.config.src_language, self.config.tgt_language]
        bundle = OneStream(
            self.architecture, model, tokenizer, (), {**about, "languages": languages}
        )
        kind = "int8" if eight_bits else "float16"
        save_one_stream(target, bundle, kind=kind, extras=extras)

    def sizes(self) -> str:
        """The model's sizes, for the card."""
        config = self.config
        return (
            f"{layers(self.layers)}, D {config.d_model}, F {config.d_ff}, {config.heads} heads, "
            f"{config.norm}-norm, positions {config.positions}"
        )
