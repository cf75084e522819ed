"""Do the channels that answer to a class gather in one group of a grouped convolution?

Each class has its favourite channels, those that rise most where it is to be seen. They are counted
by group, and the same count is made after the channels were dealt to the groups at random, many
times over: the number of favourites in one group says nothing without that.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from transformer.cnn import Cnn
from transformer.trace import tracing

FAVOURITES = 8  # channels of a class


@dataclass(frozen=True)
class Gathering:
    """shares (V,): of each class's favourites, the share in the group that has most of them.

    by_chance (shuffles,): the mean of those shares over the classes, the channels dealt at random.
    """

    shares: Tensor
    by_chance: Tensor

    @property
    def share(self) -> float:
        """The mean over the classes."""
        return float(self.shares.mean())

    @property
    def as_high_by_chance(self) -> float:
        """How often chance gathers them as much or more: near 0 where they do gather."""
        return float((self.by_chance >= self.share).float().mean())


@torch.no_grad()
def answers(model: Cnn, batches: Iterable[tuple[Tensor, Tensor]], layer: int) -> Tensor:
    """How much each channel of a layer rises for each class, in standard deviations over the
    images: (V, C). Batches are images (B, 3, Y, X), 0..1, and labels (B, V). A class that is
    nowhere has NaN.
    """
    pooled, labels = [], []
    for images, there in batches:
        with tracing(model) as trace:
            model(images)
        pooled.append(trace[f"layers.{layer}.activations"].mean(dim=(2, 3)))
        labels.append(there)
    levels, classes = torch.cat(pooled), torch.cat(labels)
    levels = (levels - levels.mean(0)) / levels.std(0).clamp(min=1e-9)
    return classes.T @ levels / classes.sum(0)[:, None]


def gathering(
    answers: Tensor,
    groups: int,
    favourites: int = FAVOURITES,
    shuffles: int = 1000,
    seed: int = 0,
) -> Gathering:
    """Of `answers` (V, C) where C channels are cut into so many groups, one after the other."""
    known = answers[answers.isfinite().all(dim=1)]
    chosen = known.topk(favourites, dim=1).indices
    channels = known.size(1)
    group = torch.arange(channels) * groups // channels
    generator = torch.Generator().manual_seed(seed)
    dealt = (group[torch.randperm(channels, generator=generator)] for _ in range(shuffles))
    chance = torch.stack([_most_in_one(deal[chosen], groups).mean() for deal in dealt])
    return Gathering(_most_in_one(group[chosen], groups), chance)


def _most_in_one(group: Tensor, groups: int) -> Tensor:
    """The group of each favourite (V, M) -> the share of the fullest group (V,)."""
    counts = torch.zeros(len(group), groups).scatter_add_(1, group, torch.ones(group.shape))
    return counts.amax(dim=1) / group.size(1)
