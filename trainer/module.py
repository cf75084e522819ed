"""The LightningModule: gradients per target token, the rate of each update, all a resume needs."""

from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from trainer import ranks
from trainer.batches import TokenBatchSampler
from trainer.compiling import Compiled, Eager
from trainer.config import TrainConfig
from trainer.graphs import Graphs
from trainer.learning import optimiser
from trainer.schedule import learning_rate
from trainer.shares import all_of, local
from trainer.tasks import Task, task_of
from transformer.config import ConfigError


class TrainingModule(pl.LightningModule):
    """Trains `model` for the config's task: gradients are sums over a window of batches, divided by
    its labels, which are target tokens where it translates.

    `totals` holds the sums since they were last taken: loss, NLL and labels, on the device;
    `valid_totals` the same of what is held out; of this rank's share, where several train
    together. `overflow` is 1 once a gradient was no number.
    """

    totals: Tensor
    valid_totals: Tensor
    window_tokens: Tensor
    gradient_norm: Tensor
    overflow: Tensor

    def __init__(self, model: nn.Module, config: TrainConfig, sampler: TokenBatchSampler) -> None:
        super().__init__()
        self.model, self.config = model, config
        self.task: Task = task_of(config)
        self.sampler = sampler
        self.arithmetic: Eager | Compiled = Eager()
        self.graphs: Graphs | None = None
        # Once asked to finish: the updates `falls_from` and `last`.
        self.finish: dict[str, int] = {}
        self.register_buffer("totals", torch.zeros(3, dtype=torch.float64), persistent=False)
        self.register_buffer("valid_totals", torch.zeros(3, dtype=torch.float64), persistent=False)
        self.register_buffer("window_tokens", torch.zeros(()), persistent=False)
        self.register_buffer("gradient_norm", torch.zeros(()), persistent=False)
        self.register_buffer("overflow", torch.zeros(()), persistent=False)
        # Of a checkpoint, each rank's, until the training goes on.
        self.random_states: list[dict[str, Tensor]] = []

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """The summed loss of a batch; `on_before_optimizer_step` divides by the window's tokens."""
        if self.graphs is not None:
            return self.graphs.take(batch)
        with self.arithmetic.step():
            loss, nll, tokens = self.task.losses(self.model, batch, self.arithmetic.losses)
        self._count(torch.stack([loss.detach(), nll.detach(), tokens]))
        return loss

    def backward(self, loss: Tensor, *args: Any, **kwargs: Any) -> None:
        """The gradients; with graphs this is the whole of the step."""
        if self.graphs is None:
            super().backward(loss, *args, **kwargs)
        else:
            self._count(self.graphs.play())

    def optimizer_zero_grad(self, epoch: int, batch_idx: int, optimizer: Optimizer) -> None:
        """A graph adds to the gradients where they lie, so that they stay there."""
        optimizer.zero_grad(set_to_none=self.graphs is None)

    def _count(self, sums: Tensor) -> None:
        """sums (3): loss, NLL and target tokens of a batch."""
        self.totals += sums.double()
        self.window_tokens += sums[2]

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        """Add a held-out batch to `valid_totals`, without dropout."""
        sums = self.task.held_out_losses(self.model, batch, batch_idx)
        self.valid_totals += torch.stack(sums).double()

    def on_before_optimizer_step(self, optimizer: Optimizer) -> None:
        """Turn the window's summed gradients into the gradient per target token, then clip."""
        listed = (p for group in optimizer.param_groups for p in group["params"])
        parameters = [p for p in listed if p.grad is not None]
        gradients = [local(p.grad) for p in parameters if p.grad is not None]
        # Lightning has divided each batch's loss by the number of batches in the window, and the
        # gradients are means over the ranks
        batches = self.config.accumulate * ranks.size()
        torch._foreach_mul_(gradients, batches / ranks.all_summed(self.window_tokens))
        self.window_tokens.zero_()
        longest = self.config.clip or float("inf")
        self.gradient_norm = all_of(torch.nn.utils.clip_grad_norm_(parameters, longest))
        # An update that is no number is left out, on the device itself: what is looked at next is
        # the model with which it happened.
        overflow = (~torch.isfinite(self.gradient_norm)).float()
        optimizer.found_inf = overflow  # type: ignore[attr-defined]
        self.overflow = torch.maximum(self.overflow, overflow)

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Set the learning rate of the coming update."""
        rate = learning_rate(self.config, self.global_step, **self.finish)
        for group in self.trainer.optimizers[0].param_groups:
            group["lr"] = rate

    def on_validation_model_zero_grad(self) -> None:
        """Keep the last update's gradients, which a snapshot shows; Lightning would drop them."""

    def configure_optimizers(self) -> Optimizer:
        """The one that the config names."""
        return optimiser(self.model, self.config)

    def is_finite(self) -> bool:
        """Whether every gradient so far, and the loss since it was last taken, are numbers.

        All ranks ask: they have the same gradients, but each its own loss.
        """
        totals = ranks.all_summed(self.totals)
        return bool(torch.isfinite(totals).all() & (self.overflow == 0))

    def on_train_start(self) -> None:
        """Go on with the random numbers where the checkpoint left them: the dropout to come.

        A rank that was not there draws others than the first, who has begun with the seed.
        """
        rank = ranks.rank()
        if rank >= len(self.random_states):
            if rank:
                torch.manual_seed(self.config.seed + rank)
            return
        state = self.random_states[rank]
        torch.set_rng_state(state["cpu"])
        if "cuda" in state and torch.cuda.is_available():
            torch.cuda.set_rng_state(state["cuda"])

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Where the data and the random numbers stand, and whether the run was asked to finish."""
        checkpoint["sampler"] = self.sampler.state_dict()
        checkpoint["finish"] = dict(self.finish)
        state = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            state["cuda"] = torch.cuda.get_rng_state()
        checkpoint["random_states"] = ranks.all_gathered(state)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on where the data stood. Raises `ConfigError` where they are no longer the same."""
        try:
            self.sampler.load_state_dict(checkpoint["sampler"])
        except ValueError as error:
            raise ConfigError(
                f"The training text has changed since the run began ({error}): start a new run."
            ) from error
        if self.sampler.consumed >= len(self.sampler):
            # Lightning asks for the data before it says which epoch it is in
            self.sampler.set_epoch(self.sampler.epoch + 1)
        self.finish = dict(checkpoint["finish"])
        self.random_states = checkpoint.get("random_states", [])
