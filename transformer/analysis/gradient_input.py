"""Gradient x input (Shrikumar et al. 2016, "Not Just a Black Box: Learning Important Features
Through Propagating Activation Differences", section 2): the first-order share of each piece."""

from transformer.analysis.case import Case, Scores


def gradient_input(case: Case) -> Scores:
    """d logit / d row · row, summed over the width of the embedding row; signed, in logits.

    To first order, by how much the logit would fall if the row were zero.
    """
    names = ("src_embedding.rows", "tgt_embedding.rows")
    return Scores(*((case.gradients[n] * case.tensors[n])[0].sum(-1) for n in names))
