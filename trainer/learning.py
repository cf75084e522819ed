"""What the training makes small and by which steps: the loss per target token, the optimiser."""

import math

from torch import Tensor, nn
from torch.optim import Adam, AdamW, Optimizer

from trainer.config import TrainConfig
from transformer.tokenizer import PAD

OPTIMISERS: dict[str, type[Adam]] = {"adamw": AdamW, "adam": Adam}


def token_losses(logits: Tensor, labels: Tensor, smoothing: float) -> tuple[Tensor, Tensor, Tensor]:
    """Sums over the target tokens that are not padding: label-smoothed loss, NLL, and their count.

    logits (B, T, V), labels (B, T); in nats and float32. The smoothed target gives `smoothing` of
    the probability to all V pieces alike (section 5.4; Szegedy et al., 2016, equation 7).
    """
    real = labels != PAD  # multiplied with: to pick them out would make a GPU wait to count them
    log_probs = logits.float().log_softmax(dim=-1)
    nll = -(log_probs.gather(-1, labels[..., None])[..., 0] * real).sum()
    loss = nll
    if smoothing:
        loss = (1 - smoothing) * nll - smoothing * (log_probs.mean(dim=-1) * real).sum()
    return loss, nll, real.sum()


def loss_floor(smoothing: float, vocab: int) -> float:
    """The label-smoothed loss of a model that is right and sure of it, in nats: the entropy of the
    smoothed target, which no model comes below."""
    if not smoothing:
        return 0.0
    each = smoothing / vocab
    right = 1 - smoothing + each
    return -right * math.log(right) - (vocab - 1) * each * math.log(each)


def optimiser(model: nn.Module, config: TrainConfig) -> Optimizer:
    """Adam with the paper's betas (section 5.3); matrices decay, norms and biases do not."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    decay = config.weight_decay if config.optimiser == "adamw" else 0.0
    groups = [
        {"params": matrices, "weight_decay": decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return OPTIMISERS[config.optimiser](
        groups, lr=config.rate, betas=(0.9, 0.98), eps=1e-9, fused=True
    )
