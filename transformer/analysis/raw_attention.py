"""Raw attention: what the position that wrote the piece looked at, in the last decoder layer.

Whether this explains anything is disputed: Jain & Wallace (2019), "Attention is not Explanation",
and Wiegreffe & Pinter (2019), "Attention is not not Explanation".
"""

from transformer.analysis.case import Case, Scores


def raw_attention(case: Case) -> Scores:
    """Mean over heads of the last decoder layer: its cross-attention over the source, its
    self-attention over the prefix. Each of the two sums to 1."""
    cross, own = case.weights("cross")[-1], case.weights("decoder")[-1]
    return Scores(cross[:, -1].mean(0), own[:, -1].mean(0))
