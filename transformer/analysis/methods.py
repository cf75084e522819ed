"""The methods that are compared, in the order in which they are shown."""

from collections.abc import Callable
from dataclasses import dataclass

from transformer.analysis.case import Case, Scores
from transformer.analysis.gradient_attention import gradient_attention
from transformer.analysis.gradient_input import gradient_input
from transformer.analysis.occlusion import occlusion
from transformer.analysis.raw_attention import raw_attention
from transformer.analysis.relevance import relevance
from transformer.analysis.rollout import rollout


@dataclass(frozen=True)
class Method:
    """A way to explain: a function, whether its scores have a sign, and their unit."""

    name: str
    explain: Callable[[Case], Scores]
    signed: bool
    unit: str


METHODS = (
    Method("raw attention", raw_attention, False, "share"),
    Method("rollout", rollout, False, "share"),
    Method("gradient × attention", gradient_attention, False, "relevance"),
    Method("relevance", relevance, False, "relevance"),
    Method("gradient × input", gradient_input, True, "logits"),
    Method("occlusion", occlusion, True, "nats"),
)
