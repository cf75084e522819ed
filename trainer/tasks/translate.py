"""To translate: pairs of sentences, the encoder-decoder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from trainer import ranks
from trainer.alarms import Alarms
from trainer.batches import Batch, PairDataset, TokenBatchSampler, collate
from trainer.corpora import DataError, Pair, load_data
from trainer.evaluate import encode_pairs, fitting
from trainer.events import EventWriter
from trainer.learning import loss_floor, token_losses
from trainer.prepare import prepare, read_tokenizers
from trainer.tasks.task import Losses, Prepared, Task, drawn_ids, told
from transformer.bundle import Bundle, save_bundle
from transformer.model import Transformer

if TYPE_CHECKING:
    from trainer.held_out import HeldOut


class Translate(Task):
    """The loss is per target token."""

    def data_hashes(self) -> dict[str, str]:
        """The corpora."""
        return {corpus.name: corpus.sha256 for corpus in load_data(self.config.data)}

    def prepare(self, folder: Path, title: str, resuming: bool, first: bool) -> Prepared:
        """Split pairs, joint or two tokenizers, an encoder-decoder."""
        return prepare(self.config, folder, title, resuming, first)

    def collate(self, items: Sequence[Any]) -> Batch:
        """Both sides padded."""
        return collate(items)

    def inputs(self, batch: Batch) -> tuple[Tensor, ...]:
        """The source, and the target so far."""
        return batch.src, batch.tgt[:, :-1]

    def losses(
        self, model: nn.Module, batch: Batch, losses: Losses
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of each target piece, given those before it."""
        return losses(model(*self.inputs(batch)), batch.tgt[:, 1:], self.config.label_smoothing)

    def held_out_losses(
        self, model: nn.Module, batch: Batch, number: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same, never compiled."""
        return self.losses(model, batch, token_losses)

    def validation(
        self,
        prepared: Prepared,
        parts: int,
        events: EventWriter,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> "tuple[HeldOut, DataLoader[Any]]":
        """Likelihood and translations of the pairs that fit in the model."""
        from trainer.validation import Validation

        pairs, loader = self.valid_loader(prepared, parts)
        config = self.config
        own = (events, prepared.bundle, pairs, config.bleu_pairs, config.valid_every, heed, alarms)
        return Validation(*own), loader

    def valid_loader(
        self, prepared: Prepared, parts: int = 1
    ) -> tuple[list[Pair], DataLoader[Any]]:
        """The held-out pairs that fit in the model, and their batches in a fixed order."""
        encoded = encode_pairs(prepared.bundle, prepared.valid)
        kept = fitting(encoded, self.config.max_tokens)
        if not kept:
            raise DataError(
                f"No held-out pair has {self.config.max_tokens} tokens or fewer: raise max_tokens."
            )
        items = [encoded[place] for place in kept]
        dataset = PairDataset([source for source, _ in items], [target for _, target in items])
        budget = self.config.batch_tokens
        batches = TokenBatchSampler(dataset.lengths, budget, 0, parts, ranks.rank(), ranks.size())
        loader: DataLoader[Any] = DataLoader(
            dataset, batch_sampler=batches, collate_fn=collate, generator=torch.Generator()
        )
        return [prepared.valid[place] for place in kept], loader

    def model(self, folder: Path) -> Transformer:
        """Of the sizes that its two vocabularies ask for."""
        src, tgt = read_tokenizers(self.config, folder)
        return Transformer(self.config.model_config(len(src), len(tgt)))

    def blank(self) -> Transformer:
        """With vocabularies as large as they may be."""
        size = self.config.vocab_size
        return Transformer(self.config.model_config(size, size))

    def drawn(self, draw: torch.Generator) -> Batch:
        """The same lines on both sides."""
        ids = drawn_ids(self.config, draw)
        return Batch(ids, ids)

    def save(
        self,
        target: Path,
        folder: Path,
        model: nn.Module,
        about: Mapping[str, Any],
        extras: Mapping[str, str],
        eight_bits: bool = False,
    ) -> None:
        """An encoder-decoder bundle, and how it decodes unless it is told otherwise."""
        assert isinstance(model, Transformer)
        src, tgt = read_tokenizers(self.config, folder)
        languages = (self.config.src_language, self.config.tgt_language)
        about = {**about, "decoding": {"method": "beam", "beams": 4, "alpha": 0.6}}
        bundle = Bundle(model, src, tgt, languages, about)
        save_bundle(target, bundle, eight_bits=eight_bits, extras=extras)

    def describe(self) -> tuple[str, str]:
        """Languages and sizes."""
        config = self.config
        return (
            f"{config.src_language} to {config.tgt_language}",
            f"Encoder-decoder Transformer, {config.encoder_layers}+{config.decoder_layers} layers, "
            f"D {config.d_model}, F {config.d_ff}, {config.heads} heads, {config.norm}-norm, "
            f"positions {config.positions}",
        )

    def validation_line(self, found: Mapping[str, float | None]) -> str:
        """Likelihood, BLEU, chrF."""
        return (
            f"NLL {told(found, 'nll', '.3f')} nats a token, "
            f"{told(found, 'bits_per_character', '.3f')} bits a character; greedy BLEU "
            f"{told(found, 'bleu', '.1f')} and chrF {told(found, 'chrf', '.1f')} on the first "
            f"{self.config.bleu_pairs:,} of them"
        )

    def floor(self, model: nn.Module) -> float:
        """The entropy of the smoothed target."""
        assert isinstance(model, Transformer)
        return loss_floor(self.config.label_smoothing, model.config.tgt_vocab)
