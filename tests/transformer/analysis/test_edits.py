"""The text form of edits, what of it fits, and what each edit does to a pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from transformer.analysis.edits import (
    KINDS,
    Edited,
    Hide,
    Off,
    Row,
    Swap,
    edited_source,
    fit_edits,
    format_edits,
    parse_edits,
)
from transformer.analysis.interventions import ATTENTION, functions
from transformer.decoding import greedy
from transformer.model import Transformer
from transformer.tokenizer import EOS, PAD, SOS
from transformer.trace import Edit, tracing

MakeModel = Callable[..., Transformer]
LAYERS = {"encoder": 2, "decoder": 3, "cross": 3}
COUNT = st.integers(1, 99)
WEIGHT = st.floats(0, 1e6).filter(lambda w: w == 0 or w > 1e-9)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
WEIGHTS = st.lists(WEIGHT, min_size=1, max_size=6).filter(any).map(tuple)
KIND = st.sampled_from(KINDS)
EDIT: st.SearchStrategy[Edited] = st.one_of(
    st.builds(Off, KIND, COUNT, st.none() | COUNT, st.sampled_from(("zero", "mean"))),
    st.builds(Row, KIND, COUNT, COUNT, COUNT, WEIGHTS),
    st.builds(Hide, COUNT),
    st.builds(Swap, COUNT, TEXT),
)


@given(st.lists(EDIT, max_size=6, unique=True))
def test_edits_survive_their_text(edits: list[Edited]) -> None:
    assert parse_edits(format_edits(edits)) == (tuple(edits), [])


def test_the_text_reads_as_it_is_described() -> None:
    text = (
        "off:encoder.1.2;mean:cross.3.1;off:decoder.2;row:cross.2.3.4=0.1,0.9,0;hide:3;swap:3=blue"
    )
    edits, notices = parse_edits(text)
    assert notices == []
    assert edits == (
        Off("encoder", 1, 2),
        Off("cross", 3, 1, "mean"),
        Off("decoder", 2),
        Row("cross", 2, 3, 4, (0.1, 0.9, 0.0)),
        Hide(3),
        Swap(3, "blue"),
    )
    assert format_edits(edits) == text


@pytest.mark.parametrize(
    "part",
    [
        "nonsense", "off:encoder", "off:sideways.1", "off:encoder.0.1", "off:encoder.1.2.3",
        "hide:-1", "hide:9999999", "swap:2=", "swap:2=%20", "row:cross.1.1.1=", "off:encoder.01",
        "row:cross.1.1.1=0,0", "row:cross.1.1.1=-1,2", "row:cross.1.1.1=nan",
        "row:cross.1.1.1=1e999", "off:encoder.²",
    ],
)  # fmt: skip
def test_what_is_no_edit_is_left_out_with_a_sentence(part: str) -> None:
    edits, notices = parse_edits(f"hide:1;{part};hide:2")
    assert edits == (Hide(1), Hide(2))
    assert notices == [f"“{part[:40]}” is no edit, so it is left out."]


def test_what_has_no_room_is_left_out_with_its_reason() -> None:
    text = (
        "off:encoder.3.1;off:cross.3.4;hide:8;swap:7=x;row:cross.1.1.1=1,0;row:decoder.1.1.2=1;"
        "row:encoder.1.1.8=1,1,1,1,1,1,1;hide:1"
    )
    kept, notices = fit_edits(parse_edits(text)[0], LAYERS, 3, typed=7, sources=7)
    assert kept == (Hide(1),)
    assert [notice.split(": ")[-1] for notice in notices] == [
        "this model has no layer 3 there.",
        "this model has no head 4.",
        "the source has no such piece 8.",
        "the source has no such piece 7.",
        "it has 2 weights where row 1 now has 7.",
        "it has 1 weights where row 2 now has 2.",
        "the source has no such piece 8.",
    ]


def test_one_piece_stays_in_sight() -> None:
    kept, notices = fit_edits([Hide(1), Hide(2), Hide(3)], LAYERS, 3, typed=3, sources=3)
    assert kept == (Hide(1), Hide(2))
    assert "has to stay in sight" in notices[0]


def run(
    model: Transformer, src: Tensor, tgt: Tensor, edits: dict[str, Edit]
) -> tuple[Tensor, dict[str, Tensor]]:
    with torch.no_grad(), tracing(model, edits) as trace:
        logits = model(src, tgt)
    return logits, dict(trace)


def test_no_edit_changes_no_bit(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model()
    assert functions(model, ()) == {}
    assert torch.equal(run(model, src, tgt, functions(model, ()))[0], model(src, tgt))


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_written_back_changes_no_bit(
    make_model: MakeModel, src: Tensor, tgt: Tensor, kind: str
) -> None:
    model = make_model()
    src, tgt = src[:1], tgt[:1]
    logits, trace = run(model, src, tgt, {})
    name = ATTENTION[kind].format(1) + ".weights"
    for row in range(1, trace[name].size(2) + 1):
        weights = trace[name][0, 2, row - 1].tolist()
        edit = Row(kind, 2, 3, row, tuple(weights[:row] if kind == "decoder" else weights))
        kept, notices = fit_edits(parse_edits(format_edits([edit]))[0], LAYERS, 3, 7, 7)
        assert notices == []
        edited, after = run(model, src, tgt, functions(model, kept))
        assert torch.equal(edited, logits)
        assert all(torch.equal(after[other], trace[other]) for other in trace)


def test_a_row_is_brought_to_a_sum_of_one(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model()
    _, before = run(model, src, tgt, {})
    _, after = run(model, src, tgt, functions(model, [Row("decoder", 1, 2, 3, (1.0, 0.0, 3.0))]))
    name = "decoder.layers.0.self_attention.weights"
    assert after[name][:, 1, 2].tolist() == [[0.25, 0.0, 0.75, 0.0, 0.0]] * 2
    assert torch.equal(after[name][:, 1, [0, 1, 3, 4]], before[name][:, 1, [0, 1, 3, 4]])
    assert torch.equal(after[name][:, [0, 2]], before[name][:, [0, 2]])


@pytest.mark.parametrize("kind", KINDS)
def test_zero_and_mean_change_the_heads_named_and_no_other(
    make_model: MakeModel, src: Tensor, tgt: Tensor, kind: str
) -> None:
    model = make_model()
    name = ATTENTION[kind].format(1) + ".heads"
    _, before = run(model, src, tgt, {})
    _, zero = run(model, src, tgt, functions(model, [Off(kind, 2, 3)]))
    _, mean = run(model, src, tgt, functions(model, [Off(kind, 2, 3, "mean")]))
    _, layer = run(model, src, tgt, functions(model, [Off(kind, 2)]))
    assert not zero[name][:, 2].any() and not layer[name].any()
    for after in (zero, mean):
        assert torch.equal(after[name][:, :2], before[name][:, :2])
    for t in range(before[name].size(2)):
        seen = before[name][:, 2] if kind == "encoder" else before[name][:, 2, : t + 1]
        torch.testing.assert_close(mean[name][:, 2, t], seen.mean(1))


def test_a_hidden_piece_is_as_padding(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    """No attention reaches it: what is said is that of a source with `[PAD]` there."""
    model = make_model()
    places = [[place] for place in range(7)]
    hidden, trace = run(model, src, tgt, functions(model, [Hide(3)], places))
    padded = src.clone()
    padded[:, 2] = PAD
    assert torch.equal(hidden, model(padded, tgt))
    for name, tensor in trace.items():
        if name.endswith("weights") and tensor.size(-1) == 7:
            assert not tensor[..., 2].any()
            torch.testing.assert_close(tensor.sum(-1), torch.ones(tensor.shape[:-1]))
    # Where nothing stands behind it, it is as if it were not there at all.
    last, _ = run(model, src, tgt, functions(model, [Hide(7)], places))
    torch.testing.assert_close(last, model(src[:, :6], tgt), atol=1e-5, rtol=1e-5)


def test_a_replacement_moves_the_pieces_behind_it() -> None:
    ids, places = edited_source([7, 8, 9, EOS], [Swap(2, "two"), Swap(9, "x")], lambda *_: [4, 5])
    assert ids == [7, 4, 5, 9, EOS]
    assert places == [[0], [1, 2], [3], [4]]
    assert edited_source([7, EOS], [Swap(1, "?")], lambda *_: [])[0] == [7, EOS]


@pytest.mark.parametrize(
    "edits",
    [
        [Off("decoder", 1, 2, "mean"), Off("cross", 3, 1, "mean")],
        [Row("decoder", 2, 1, 3, (0.0, 0.0, 1.0)), Row("cross", 1, 2, 2, (1.0, 0, 0, 0, 0, 0, 0))],
        [Hide(2), Off("encoder", 1)],
    ],
)
def test_decoding_step_by_step_is_one_pass_over_the_whole(
    make_model: MakeModel, src: Tensor, edits: list[Edited]
) -> None:
    """Rows that are not there yet, and means over a growing prefix, tell each step the same."""
    model, source = make_model(), src[:1]
    made = functions(model, edits, [[place] for place in range(7)])
    found = greedy(model, source, max_tokens=9, edits=made)[0]
    logits, _ = run(model, source, torch.tensor([[SOS, *found.ids]]), made)
    own = logits[0].log_softmax(-1)
    wanted = torch.tensor([*found.ids, EOS][: len(found.token_log_probs)])
    at = own[: len(wanted)].gather(1, wanted[:, None])[:, 0]
    torch.testing.assert_close(at, torch.tensor(found.token_log_probs), atol=1e-5, rtol=1e-5)
