"""What the one trainer asks of a task."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Generator, Tensor, nn, randint
from torch.utils.data import DataLoader

from trainer.alarms import Alarms
from trainer.config import TrainConfig
from trainer.events import EventWriter
from transformer.tokenizer import SPECIALS

if TYPE_CHECKING:
    from trainer.held_out import HeldOut

Batch = Any
"""A NamedTuple of tensors, which Lightning brings to the device; what is in it is the task's."""
Losses = Callable[..., tuple[Tensor, Tensor, Tensor]]
"""(logits, labels, smoothing) -> loss, NLL and labels, summed: plain or compiled."""


LENGTH = 32  # tokens of a line that is drawn to measure with, if the model takes as many


@dataclass(frozen=True)
class Prepared:
    """What a run needs. bundle: the untrained model and what belongs to it. train: items to learn
    from, with `lengths`, what each costs. valid: what is held out, as the task wants it."""

    bundle: Any
    train: Any
    valid: Any


class Task(ABC):
    """One thing to learn: from what, with which model, and how good it has become."""

    items = "pairs"  # what is learned from

    def __init__(self, config: TrainConfig) -> None:
        self.config = config

    @abstractmethod
    def data_hashes(self) -> dict[str, str]:
        """The name and sha256 of each thing that is learned from; read before a run is made."""

    @abstractmethod
    def prepare(self, folder: Path, title: str, resuming: bool, first: bool) -> Prepared:
        """Everything a run needs. Raises the one-sentence errors of data, config and tokenizer."""

    @abstractmethod
    def collate(self, items: Sequence[Any]) -> Batch:
        """Items as a batch; of none, one that asks for nothing."""

    @abstractmethod
    def inputs(self, batch: Batch) -> tuple[Tensor, ...]:
        """What the model reads of a batch."""

    @abstractmethod
    def losses(
        self, model: nn.Module, batch: Batch, losses: Losses
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Sums over a batch to learn from: what is made small, NLL (nats), and labels."""

    @abstractmethod
    def held_out_losses(
        self, model: nn.Module, batch: Batch, number: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same of the held-out batch of that number: alike at each validation."""

    @abstractmethod
    def validation(
        self,
        prepared: Prepared,
        parts: int,
        events: EventWriter,
        heed: Callable[[], None],
        alarms: Alarms,
    ) -> "tuple[HeldOut, DataLoader[Any]]":
        """Who examines the model, and the held-out batches in a fixed order. parts: of a batch,
        where memory is short."""

    @abstractmethod
    def model(self, folder: Path) -> nn.Module:
        """A fresh model of the run in `folder`, whose tokenizers are there if it has any."""

    @abstractmethod
    def blank(self) -> nn.Module:
        """A model of the sizes that the settings ask for, before anything was read."""

    @abstractmethod
    def drawn(self, draw: Generator) -> Batch:
        """A full batch drawn at random, to measure with: no data is needed."""

    @abstractmethod
    def save(
        self,
        target: Path,
        folder: Path,
        model: nn.Module,
        about: Mapping[str, Any],
        extras: Mapping[str, str],
        eight_bits: bool = False,
    ) -> None:
        """Write the trained model as a bundle."""

    @abstractmethod
    def describe(self) -> tuple[str, str]:
        """For the card: what the model is for, and what it is; the number of parameters follows."""

    @abstractmethod
    def validation_line(self, found: Mapping[str, float | None]) -> str:
        """For the card: the scores of the newest validation, without their step."""

    def floor(self, model: nn.Module) -> float:
        """The loss of a model that is right and sure of it, in nats."""
        return 0.0


def drawn_ids(config: TrainConfig, draw: Generator) -> Tensor:
    """Pieces that are no specials, in lines of `LENGTH`, as many as a batch holds: (B, T)."""
    length = min(LENGTH, config.max_tokens)
    rows = max(1, config.batch_tokens // length)
    return randint(len(SPECIALS), config.vocab_size, (rows, length), generator=draw)


def told(found: Mapping[str, float | None], name: str, form: str) -> str:
    """A score; one that was no finite number, None in the events, must not cost the model."""
    value = found.get(name)
    return "no number" if value is None else format(value, form)


def layers(count: int) -> str:
    """So many of them, for the card."""
    return f"{count} layer{'s' * (count != 1)}"
