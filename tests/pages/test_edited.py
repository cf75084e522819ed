"""One edit more or fewer, which of them fit, and what they do in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.ui import edited
from pages.ui.catalogue import find_model
from pages.ui.edit_result import percent, word_changes
from pages.ui.models import tokenize
from pages.ui.pieces import readable
from transformer.analysis.edits import Row

SENTENCE = "the red car is in front"


@pytest.mark.parametrize(
    ("before", "head", "after"),
    [
        ("", 2, "off:cross.1.2"),
        ("off:cross.1.2", 2, ""),
        ("hide:1;mean:cross.1.2", 2, "hide:1"),
        ("off:cross.1.2;off:encoder.1.2", None, "off:encoder.1.2;off:cross.1"),
        ("off:cross.1", None, ""),
        ("mean:cross.1", 2, "mean:cross.1.1;mean:cross.1.3"),
    ],
)
def test_a_switch_is_pressed(before: str, head: int | None, after: str) -> None:
    assert edited.with_head(before, "cross", 1, head, "zero", heads=3) == after


def test_the_other_edits_come_and_go() -> None:
    assert edited.with_how("off:cross.1;hide:2", "mean") == "mean:cross.1;hide:2"
    hidden = edited.with_hidden("hide:1;off:cross.1;hide:2;hide:9", [2, 3], 5)
    assert hidden == "off:cross.1;hide:2;hide:9;hide:3"  # piece 9 is that of a longer sentence
    assert edited.with_swap("swap:1=a;hide:2", 1, " b c ") == "hide:2;swap:1=b c"
    assert edited.with_swap("swap:1=a;hide:2", 1, "  ") == "hide:2"
    row = Row("cross", 1, 2, 3, (0.5, 0.5))
    text = "row:cross.1.2.3=1,0;row:cross.1.2.4=1,0"
    assert edited.with_row(text, row) == "row:cross.1.2.4=1,0;row:cross.1.2.3=0.5,0.5"
    assert edited.without_last("hide:1;hide:2") == "hide:1"
    assert edited.without_last("") == ""
    off = {("cross", 1, 1): "mean", ("cross", 1, 2): "mean", ("encoder", 2, 1): "zero"}
    assert edited.heads_off("mean:cross.1;off:encoder.2.1", 2) == off


def test_what_fits_is_kept_and_said_in_words(dawn_runs: Path) -> None:
    info = find_model("toy")
    asked = "off:cross.1.2;mean:encoder.2;off:cross.9.1;hide:2;swap:1=a;row:cross.1.1.1=1,2"
    kept, notices = edited.fitting_edits(info, SENTENCE, asked)
    assert kept == "off:cross.1.2;mean:encoder.2;hide:2;swap:1=a"
    assert len(notices) == 2 and "no layer 9" in notices[0] and "2 weights" in notices[1]
    first, second = map(readable, tokenize(info, SENTENCE).labels[:2])
    assert edited.in_words(info, SENTENCE, kept) == [
        "cross-attention layer 1, head 2, is off",
        "all heads of encoder layer 2 are at the mean",
        f"nobody may look at piece 2, {second}",
        f"piece 1, {first}, is replaced by a",
    ]


def test_a_replacement_that_is_too_long_is_none(dawn_runs: Path) -> None:
    kept, notices = edited.fitting_edits(
        find_model("toy"), SENTENCE, f"swap:1={'red ' * 40};hide:2"
    )
    assert kept == "hide:2"
    assert notices == ["The replacements make the source longer than 32 tokens: none is made."]


def test_words_that_differ_are_marked_on_both_sides() -> None:
    old, new = word_changes("il cane rosso dorme", "il gatto dorme molto")
    assert [word for word, changed in old if changed] == ["cane", "rosso"]
    assert [word for word, changed in new if changed] == ["gatto", "molto"]
    assert word_changes("", "a") == ([], [("a", True)])


def test_a_probability_is_never_rounded_to_what_it_is_not() -> None:
    shown = [percent(share) for share in (0.0, 0.00003, 0.0042, 0.5, 0.9999, 1.0)]
    assert shown == ["0.0 %", "< 0.1 %", "0.4 %", "50.0 %", "> 99.9 %", "100.0 %"]
