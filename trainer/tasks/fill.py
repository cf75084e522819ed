"""To fill: some words of a line are hidden, and the label is the text itself."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from trainer.alarms import Alarms
from trainer.events import EventWriter
from trainer.learning import token_losses
from trainer.tasks.one_text import OneText, TextBatch
from trainer.tasks.task import Losses, Prepared, told
from transformer.encoder_only import EncoderOnly, hide
from transformer.stack import TextConfig
from transformer.tokenizer import SPECIALS

if TYPE_CHECKING:
    from trainer.held_out import HeldOut


class Fill(OneText):
    """The loss is per hidden piece; which are hidden is drawn anew each time a line is read."""

    architecture = "encoder"
    extra_pieces = 1
    first: ClassVar[list[int]] = []

    @property
    def layers(self) -> int:
        """Those of an encoder."""
        return self.config.encoder_layers

    def built(self, sizes: TextConfig) -> EncoderOnly:
        """A model of these sizes."""
        return EncoderOnly(sizes)

    def inputs(self, batch: TextBatch) -> tuple[Tensor, ...]:
        """The lines."""
        return (batch.ids,)

    def losses(
        self, model: nn.Module, batch: TextBatch, losses: Losses
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of each hidden piece, given all that are not."""
        return self._asked(model, batch, losses, None)

    def held_out_losses(
        self, model: nn.Module, batch: TextBatch, number: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same pieces are hidden at each validation."""
        draw = torch.Generator(batch.ids.device).manual_seed(number)
        return self._asked(model, batch, token_losses, draw)

    def _asked(
        self, model: nn.Module, batch: TextBatch, losses: Losses, draw: torch.Generator | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        assert isinstance(model, EncoderOnly)
        share = self.config.hidden_share
        read, labels = hide(batch.ids, model.mask, len(SPECIALS), share, draw)
        return losses(model(read), labels, self.config.label_smoothing)

    def validation(
        self,
        prepared: Prepared,
        parts: int,
        events: EventWriter,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> "tuple[HeldOut, DataLoader[Any]]":
        """Likelihood, and how often the likeliest piece is the hidden one."""
        from trainer.tasks.fill_held_out import FillHeldOut

        lines, loader = self.held_out(prepared, parts)
        config = self.config
        own = (prepared.bundle, lines, config.bleu_pairs, events, config.valid_every, heed, alarms)
        return FillHeldOut(*own), loader

    def describe(self) -> tuple[str, str]:
        """What it is."""
        return "hidden words", f"Encoder-only Transformer, {self.sizes()}"

    def validation_line(self, found: Mapping[str, float | None]) -> str:
        """Accuracy first."""
        return (
            f"masked-word accuracy {told(found, 'accuracy', '.3f')} and among the first five "
            f"{told(found, 'among_five', '.3f')} (one piece hidden in each of the first "
            f"{self.config.bleu_pairs:,} lines); of {self.config.hidden_share:.0%} of the pieces "
            f"NLL {told(found, 'nll', '.3f')} nats a hidden piece, perplexity "
            f"{told(found, 'perplexity', '.1f')}"
        )
