"""What edits do to a sentence, against passes made here a second time."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from pages.ui.catalogue import find_model
from pages.ui.models import translate
from pages.ui.outcome import forced_log_prob, less_likely, outcome
from transformer.analysis.edits import parse_edits
from transformer.analysis.interventions import functions
from transformer.bundle import load_bundle
from transformer.tokenizer import EOS, SOS
from transformer.trace import tracing

SENTENCE = "the red car is in front"


@pytest.mark.parametrize("edits", ["off:cross.1", "off:encoder.1.2;off:decoder.2.1"])
def test_the_words_of_the_unedited_model_are_weighed_in_the_edited_pass(
    dawn_runs: Path, edits: str
) -> None:
    info = find_model("toy")
    own = translate(info, SENTENCE)[0]
    bundle = load_bundle(dawn_runs / "toy" / "export")
    src = torch.tensor([[*bundle.src_tokenizer.encode(SENTENCE).ids, EOS]])
    wanted = [*own.ids, EOS] if own.finished else own.ids
    with torch.no_grad(), tracing(bundle.model, functions(bundle.model, parse_edits(edits)[0])):
        logits = bundle.model(src, torch.tensor([[SOS, *own.ids]]))[0]
    there = logits.double().log_softmax(-1)[range(len(wanted)), wanted].sum().item()
    assert forced_log_prob(info, SENTENCE, own, edits) == pytest.approx(there, abs=1e-4)
    assert forced_log_prob(info, SENTENCE, own, "") == pytest.approx(own.log_prob, abs=1e-3)

    edited = translate(info, SENTENCE, "greedy", edits)[0]
    told = outcome(info, SENTENCE, edits, edited)
    assert told.startswith("The same words" if edited.ids == own.ids else "Without the edits")
    assert less_likely(own.log_prob, there) in told


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (-2.0, -2.0 + math.log(0.86), "14 % less likely: 0.15 nats"),
        (-2.0, -2.0 + math.log(1.5), "50 % more likely: 0.41 nats"),
        (-2.0, -2.0 + math.log(0.998), "0.20 % less likely: 0.002 nats"),
        (-2.0, -8.0, "99.75 % less likely: 6 nats"),
        (-2.0, -14.0, "almost impossible: 12 nats less likely"),
        (-2.0, -2.0, "as likely"),
        (-2.0, -math.inf, "impossible"),
    ],
)
def test_a_share_is_told_and_never_rounded_to_all_or_nothing(
    was: float, now: float, told: str
) -> None:
    assert less_likely(was, now) == told
