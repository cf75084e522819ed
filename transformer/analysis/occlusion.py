"""Occlusion (Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", section
4.2; for words Li et al. 2016, "Understanding Neural Networks through Representation Erasure")."""

import torch

from transformer.analysis.case import Case, Scores
from transformer.analysis.hiding import hideable, log_probs_without


def occlusion(case: Case) -> Scores:
    """By how much the log-probability falls when this piece alone is hidden, in nats; signed.

    NaN for the source's [EOS] and the prefix's [SOS], which are never hidden.
    """
    size, length = case.src.size(1), case.prefix.size(1)
    places = hideable(case)
    scores = torch.full((size + length,), torch.nan)
    if places:
        alone = torch.eye(size + length, dtype=torch.bool)[places]
        scores[places] = case.log_prob - log_probs_without(case, alone)
    return Scores(*scores.split([size, length]))
