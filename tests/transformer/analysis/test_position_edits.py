"""The text form of moved positions: it is read back, and what is none is left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transformer.analysis.edits import fit_edits, format_edits, parse_edits
from transformer.analysis.position_edits import HOWS, SIDES, WHOLE, Moved, in_words


@st.composite
def moves(draw: st.DrawFn) -> Moved:
    how = draw(st.sampled_from(sorted(HOWS)))
    limits = HOWS[how]
    if limits is None:
        return Moved(draw(st.sampled_from(SIDES)), how)
    cents = draw(st.integers(int(limits.low * 100), int(limits.high * 100)))
    amount = cents // 100 if how in WHOLE else cents / 100
    return Moved(draw(st.sampled_from(SIDES)), how, float(amount))


@settings(deadline=None)
@given(moves())
def test_a_move_survives_its_text(move: Moved) -> None:
    assert parse_edits(format_edits([move])) == ((move,), [])


def test_the_text_reads_as_it_is_described() -> None:
    text = "pos:encoder.shift=-3;pos:decoder.stretch=0.5"
    assert parse_edits(text) == (
        (Moved("encoder", "shift", -3), Moved("decoder", "stretch", 0.5)),
        [],
    )
    assert format_edits(parse_edits(text)[0]) == text
    assert in_words(Moved("decoder", "stretch", 0.5)) == (
        "the decoder's positions are stretched 0.5 times"
    )


@pytest.mark.parametrize(
    "part",
    [
        "pos:encoder", "pos:cross.remove", "pos:encoder.shift", "pos:encoder.remove=1",
        "pos:encoder.shift=99999", "pos:encoder.scale=-1", "pos:encoder.shuffle=1.5",
        "pos:encoder.shift=1e3", "pos:encoder.shift=nan", "pos:encoder.shift=٣",
        "pos:encoder.jump=1", "pos:encoder.freeze=-1", "pos:encoder.shift=1.234",
    ],
)  # fmt: skip
def test_what_is_no_move_is_left_out_with_a_sentence(part: str) -> None:
    edits, notices = parse_edits(f"{part};pos:decoder.remove")
    assert edits == (Moved("decoder", "remove"),)
    assert notices == [f"“{part[:40]}” is no edit, so it is left out."]


def test_a_side_is_changed_once() -> None:
    asked = parse_edits("pos:encoder.remove;pos:decoder.reverse;pos:encoder.shift=1")[0]
    kept, notices = fit_edits(asked, {"encoder": 1, "decoder": 1, "cross": 1}, 1, 3, 3)
    assert kept == (Moved("encoder", "remove"), Moved("decoder", "reverse"))
    assert notices == [
        "The edit “pos:encoder.shift=1” is left out: the encoder's positions are changed already."
    ]
