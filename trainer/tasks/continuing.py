"""To continue: of a line the words till now are seen, and the label is the next word."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from torch import Tensor, nn
from torch.utils.data import DataLoader

from trainer.alarms import Alarms
from trainer.events import EventWriter
from trainer.learning import loss_floor, token_losses
from trainer.tasks.one_text import OneText, TextBatch
from trainer.tasks.task import Losses, Prepared, told
from transformer.decoder_only import DecoderOnly
from transformer.stack import TextConfig
from transformer.tokenizer import SOS

if TYPE_CHECKING:
    from trainer.held_out import HeldOut


class Continue(OneText):
    """The loss is per piece, `[EOS]` included."""

    architecture = "decoder"
    first: ClassVar[list[int]] = [SOS]

    @property
    def layers(self) -> int:
        """Those of a decoder."""
        return self.config.decoder_layers

    def built(self, sizes: TextConfig) -> DecoderOnly:
        """A model of these sizes."""
        return DecoderOnly(sizes)

    def inputs(self, batch: TextBatch) -> tuple[Tensor, ...]:
        """All but the last of each line."""
        return (batch.ids[:, :-1],)

    def losses(
        self, model: nn.Module, batch: TextBatch, losses: Losses
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of each piece, given those before it."""
        return losses(model(*self.inputs(batch)), batch.ids[:, 1:], self.config.label_smoothing)

    def held_out_losses(
        self, model: nn.Module, batch: TextBatch, number: int
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
        """Likelihood, and how often the likeliest piece is the next one."""
        from trainer.tasks.continue_held_out import ContinueHeldOut

        lines, loader = self.held_out(prepared, parts)
        config = self.config
        own = (prepared.bundle, lines, config.bleu_pairs, events, config.valid_every, heed, alarms)
        return ContinueHeldOut(*own), loader

    def describe(self) -> tuple[str, str]:
        """What it is."""
        return "the next word", f"Decoder-only Transformer, {self.sizes()}"

    def validation_line(self, found: Mapping[str, float | None]) -> str:
        """Perplexity first."""
        return (
            f"perplexity {told(found, 'perplexity', '.1f')} (NLL {told(found, 'nll', '.3f')} nats "
            f"a piece), {told(found, 'bits_per_character', '.3f')} bits a character; next-word "
            f"accuracy {told(found, 'accuracy', '.3f')} on the first {self.config.bleu_pairs:,} "
            "lines"
        )

    def floor(self, model: nn.Module) -> float:
        """The entropy of the smoothed target."""
        assert isinstance(model, DecoderOnly)
        return loss_floor(self.config.label_smoothing, model.config.vocab)
