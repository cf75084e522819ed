"""Greedy, beam search and sampling, against slow and obvious versions of themselves."""

import itertools
import math
from collections import Counter
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from transformer.beam import length_penalty
from transformer.decoding import Hypothesis, beam_search, greedy, nucleus, sample
from transformer.model import Transformer
from transformer.steps import EditedSteps, Steps
from transformer.tokenizer import EOS, PAD, SOS, UNK

MakeModel = Callable[..., Transformer]
BOTH = pytest.mark.parametrize("norm", ["pre", "post"])
EDIT = {"decoder.layers.1.cross_attention.heads": lambda x: x.index_fill(1, torch.tensor(1), 0.0)}
UNEVEN = torch.tensor([[5, 6, 7, 8, 9, 10, 3], [11, 12, 3, 0, 0, 0, 0], [4, 9, 13, 6, 3, 0, 0]])


def alone(row: Tensor) -> Tensor:
    """One row of a batch without its padding: (S,) -> (1, S')."""
    return row[row != PAD][None]


def full_pass(model: Transformer, src: Tensor, ids: list[int]) -> Tensor:
    """log P of each piece of the vocabulary after each prefix, teacher-forced: (T, V)."""
    return model(src, torch.tensor([[SOS, *ids]]))[0].log_softmax(dim=-1)


def with_end(hypothesis: Hypothesis) -> list[int]:
    return hypothesis.ids + [EOS] * hypothesis.finished


def assert_same(first: Hypothesis, second: Hypothesis) -> None:
    assert (first.ids, first.finished) == (second.ids, second.finished)
    assert first.token_log_probs == pytest.approx(second.token_log_probs, abs=1e-4)
    assert first.score == pytest.approx(second.score, abs=1e-4)


def assert_true_to_the_model(model: Transformer, src: Tensor, hypothesis: Hypothesis) -> None:
    """Its log-probabilities are those of one teacher-forced pass, and sum up."""
    ids = with_end(hypothesis)
    table = full_pass(model, src, ids)
    expected = [float(table[place, piece]) for place, piece in enumerate(ids)]
    assert hypothesis.token_log_probs == pytest.approx(expected, abs=1e-4)
    assert hypothesis.log_prob == pytest.approx(sum(expected), abs=1e-4)


@BOTH
@torch.no_grad()
def test_cached_steps_equal_the_full_pass(make_model: MakeModel, norm: str) -> None:
    model, ids = make_model(norm=norm), [7, 4, 9, 9, 15, 1, 18]
    stepper = Steps(model, UNEVEN)
    for length in range(1, len(ids) + 2):
        prefix = torch.tensor([[SOS, *ids][:length]] * 3)
        expected = model(UNEVEN, prefix)[:, -1].log_softmax(dim=-1)
        torch.testing.assert_close(stepper.log_probs(prefix), expected, atol=1e-5, rtol=0)


@BOTH
@torch.no_grad()
def test_cached_steps_follow_their_rows(make_model: MakeModel, norm: str) -> None:
    """After rows were dropped, doubled and reordered, the past goes with them."""
    model = make_model(norm=norm)
    stepper = Steps(model, UNEVEN)
    stepper.log_probs(torch.full((3, 1), SOS))
    prefixes = torch.tensor([[SOS, 5], [SOS, 6], [SOS, 7]])
    stepper.log_probs(prefixes)
    rows = torch.tensor([2, 0, 2, 1])
    stepper.select(rows)
    prefixes = torch.cat([prefixes[rows], torch.tensor([[8], [9], [10], [11]])], dim=1)
    expected = model(UNEVEN[rows], prefixes)[:, -1].log_softmax(dim=-1)
    torch.testing.assert_close(stepper.log_probs(prefixes), expected, atol=1e-5, rtol=0)


@BOTH
@torch.no_grad()
def test_greedy_equals_a_loop_over_whole_prefixes(make_model: MakeModel, norm: str) -> None:
    for seed in range(5):
        model = make_model(seed, norm=norm)
        src = alone(UNEVEN[seed % 3])
        ids: list[int] = []
        while len(ids) < 12 and EOS not in ids:
            scores = full_pass(model, src, ids)[-1]
            scores[[PAD, SOS]] = -math.inf
            ids.append(int(scores.argmax()))
        (found,) = greedy(model, src, max_tokens=12)
        assert with_end(found) == ids
        assert_true_to_the_model(model, src, found)


@torch.no_grad()
def test_a_batch_decodes_like_its_rows_alone(make_model: MakeModel) -> None:
    for seed in range(3):
        model, seeds = make_model(seed, max_tokens=11), [1, 2, 3]
        batches = zip(
            greedy(model, UNEVEN),
            sample(model, UNEVEN, seeds),
            beam_search(model, UNEVEN, 3),
            strict=True,
        )
        for row, number, (best, drawn, beams) in zip(UNEVEN, seeds, batches, strict=True):
            assert_same(best, greedy(model, alone(row))[0])
            assert_same(drawn, sample(model, alone(row), [number])[0])
            singles = beam_search(model, alone(row), 3)[0]
            for in_batch, single in zip(beams, singles, strict=True):
                assert_same(in_batch, single)


def never_ending(model: Transformer) -> Transformer:
    """The same model, to which every piece but [EOS] and the like seems possible."""
    nn.init.zeros_(model.output.weight)
    with torch.no_grad():
        model.decoder.norm.bias.fill_(1.0)  # type: ignore[operator]
        model.decoder.norm.weight.zero_()  # type: ignore[operator]
        model.output.weight[EOS] = -5.0
    return model


def test_length_is_limited_by_the_source_by_the_call_and_by_the_model(
    make_model: MakeModel,
) -> None:
    model = never_ending(make_model(max_tokens=56))
    lengths = [len(h.ids) for h in greedy(model, UNEVEN)]
    assert lengths == [55, 53, 55]  # 7 + 50 is beyond the model; 3 + 50; 5 + 50
    assert [len(h.ids) for h in greedy(model, UNEVEN, max_tokens=4)] == [4, 4, 4]
    assert not greedy(model, UNEVEN)[0].finished
    assert [len(beams[0].ids) for beams in beam_search(model, UNEVEN, 2)] == [55, 53, 55]
    for hypothesis in greedy(model, UNEVEN):  # and a teacher-forced pass has room for it
        full_pass(model, UNEVEN[:1], hypothesis.ids)


@BOTH
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
@torch.no_grad()
def test_beam_scores_are_the_sum_of_their_steps(
    make_model: MakeModel, norm: str, alpha: float
) -> None:
    model = make_model(norm=norm)
    for row, beams in zip(UNEVEN, beam_search(model, UNEVEN, 4, alpha, max_tokens=8), strict=True):
        assert len(beams) == len({tuple(with_end(h)) for h in beams}) == 4
        for kind in (True, False):
            scores = [h.score for h in beams if h.finished is kind]
            assert scores == sorted(scores, reverse=True)
        for hypothesis in beams:
            assert_true_to_the_model(model, alone(row), hypothesis)
            steps = hypothesis.token_log_probs
            penalty = ((5 + len(steps)) / 6) ** alpha
            assert hypothesis.score == pytest.approx(sum(steps) / penalty)


def test_length_penalty_is_the_papers() -> None:
    assert length_penalty(1, 0.6) == 1.0 and length_penalty(7, 1.0) == 2.0


@BOTH
@pytest.mark.parametrize("alpha", [0.0, 0.6, 2.0])
def test_one_beam_is_greedy(make_model: MakeModel, norm: str, alpha: float) -> None:
    for seed in range(6):
        model = make_model(seed, norm=norm)
        expected = greedy(model, UNEVEN, max_tokens=12)
        for best, (found,) in zip(expected, beam_search(model, UNEVEN, 1, alpha, 12), strict=True):
            assert (found.ids, found.finished) == (best.ids, best.finished)
            assert found.log_prob == pytest.approx(best.log_prob, abs=1e-4)


@pytest.mark.parametrize("alpha", [0.0, 0.6])
@torch.no_grad()
def test_a_wide_beam_finds_the_best_of_all_targets(make_model: MakeModel, alpha: float) -> None:
    improved = 0
    src = alone(UNEVEN[0])
    for seed in range(6):
        model = make_model(seed, tgt_vocab=8)
        words = [UNK, *range(4, 8)]
        scores = {}
        for length in range(4):
            targets = [[*ids, EOS] for ids in itertools.product(words, repeat=length)]
            prefixes = torch.tensor([[SOS, *ids[:-1]] for ids in targets])
            table = model(src.expand(len(targets), -1), prefixes).log_softmax(dim=-1)
            taken = table.gather(-1, torch.tensor(targets)[..., None])[..., 0].sum(dim=1)
            for ids, log_prob in zip(targets, taken.tolist(), strict=True):
                scores[tuple(ids)] = log_prob / length_penalty(len(ids), alpha)
        best = max(scores, key=lambda ids: scores[ids])
        wide = beam_search(model, src, 800, alpha, max_tokens=4)[0]
        assert with_end(wide[0]) == list(best)
        assert wide[0].score == pytest.approx(scores[best], abs=1e-4)
        assert {tuple(with_end(h)) for h in wide if h.finished} == scores.keys()
        (narrow,) = beam_search(model, src, 1, alpha, max_tokens=4)[0]
        improved += with_end(narrow) != list(best)
    assert improved  # or a beam of one would have done


@pytest.mark.parametrize("number", [0, -1])
def test_beam_search_refuses_no_beams(make_model: MakeModel, number: int) -> None:
    with pytest.raises(ValueError, match="at least 1 beam"):
        beam_search(make_model(), UNEVEN, number)


@pytest.mark.parametrize("limit", [0, -3])
def test_a_target_without_room_is_refused(make_model: MakeModel, limit: int) -> None:
    for decode in (greedy, beam_search):
        with pytest.raises(ValueError, match="room for at least 1 token"):
            decode(make_model(), UNEVEN, max_tokens=limit)


def test_pad_and_sos_never_stand_in_a_target(make_model: MakeModel) -> None:
    model = never_ending(make_model())
    with torch.no_grad():
        model.output.weight[[PAD, SOS]] = 5.0  # by far the likeliest
    for found in (
        *greedy(model, UNEVEN, 6),
        *sample(model, UNEVEN, [1, 2, 3], max_tokens=6),
        *itertools.chain(*beam_search(model, UNEVEN, 3, max_tokens=6)),
    ):
        assert not {PAD, SOS} & set(found.ids) and len(found.ids) == 6


def test_sampling_among_one_is_greedy(make_model: MakeModel) -> None:
    model = make_model()
    expected = greedy(model, UNEVEN, max_tokens=10)
    seeds = [1, 2, 3]
    for found in (
        sample(model, UNEVEN, seeds, top_k=1, max_tokens=10),
        sample(model, UNEVEN, seeds, top_p=1e-6, max_tokens=10),
        sample(model, UNEVEN, seeds, temperature=0.01, max_tokens=10),
    ):
        for own, other in zip(found, expected, strict=True):
            assert_same(own, other)


def test_a_seed_repeats_itself_and_another_does_not(make_model: MakeModel) -> None:
    model = make_model()
    first, again = (sample(model, UNEVEN, [1, 2, 3]) for _ in range(2))
    other = sample(model, UNEVEN, [4, 5, 6])
    assert [h.ids for h in first] == [h.ids for h in again] != [h.ids for h in other]


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(1.0, 0, 1.0), (2.0, 0, 1.0), (1.0, 4, 1.0), (1.0, 0, 0.7)]
)
@torch.no_grad()
def test_sampled_frequencies_match_the_distribution(
    make_model: MakeModel, temperature: float, top_k: int, top_p: float
) -> None:
    model, src, draws = make_model(), alone(UNEVEN[0]), 4000
    probs = full_pass(model, src, [])[0].double()
    probs[[PAD, SOS]] = -math.inf
    probs = (probs / temperature).softmax(dim=-1)
    ranked = probs.argsort(descending=True).tolist()
    kept = ranked[: top_k or None]
    masses = list(itertools.accumulate(float(probs[piece]) for piece in ranked))
    kept = kept[: 1 + sum(mass < top_p for mass in masses)]
    expected = {piece: float(probs[piece] / probs[kept].sum()) * draws for piece in kept}
    found = sample(
        model, src.expand(draws, -1), list(range(draws)), temperature, top_k, top_p, max_tokens=1
    )
    counts = Counter(with_end(h)[0] for h in found)
    assert counts.keys() <= expected.keys()
    usual = [piece for piece in kept if expected[piece] >= 5]
    chi_square = sum((counts[piece] - expected[piece]) ** 2 / expected[piece] for piece in usual)
    freedom = max(len(usual) - 1, 1)
    assert chi_square < freedom + 4 * math.sqrt(2 * freedom)  # mean and deviation of chi-square
    for hypothesis in found[:5]:
        assert_true_to_the_model(model, src, hypothesis)


def test_the_nucleus_is_the_smallest_set_that_holds_the_mass() -> None:
    probs = torch.tensor([[0.125, 0.5, 0.0625, 0.25, 0.0625]])
    for top_p, kept in [(0.1, [1]), (0.5, [1]), (0.51, [1, 3]), (0.75, [1, 3]), (0.8, [0, 1, 3])]:
        assert nucleus(probs, 0, top_p)[0].nonzero()[:, 0].tolist() == kept
    assert nucleus(probs, 2, 1.0)[0].tolist() == [0.0, 0.5, 0.0, 0.25, 0.0]
    assert nucleus(probs, 0, 1.0).tolist() == probs.tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"temperature": math.nan},
        {"temperature": math.inf},
        {"temperature": 1e-30},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"top_p": math.nan},
    ],
)
def test_sampling_refuses_nonsense(make_model: MakeModel, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="Sampling needs a temperature from"):
        sample(make_model(), UNEVEN, [1, 2, 3], **wrong)  # type: ignore[arg-type]


@torch.no_grad()
def test_edited_decoding_equals_a_loop_of_edited_passes(make_model: MakeModel) -> None:
    model, src = make_model(), alone(UNEVEN[0])
    (found,) = greedy(model, src, max_tokens=8, edits=EDIT)
    ids: list[int] = []
    for expected in found.token_log_probs:
        log_probs = EditedSteps(model, src, EDIT).log_probs(torch.tensor([[SOS, *ids]]))[0]
        log_probs[[PAD, SOS]] = -math.inf
        ids.append(int(log_probs.argmax()))
        assert float(log_probs[ids[-1]]) == pytest.approx(expected, abs=1e-5)
    assert with_end(found) == ids
    plain = greedy(model, src, max_tokens=8)[0]
    assert found.token_log_probs != pytest.approx(plain.token_log_probs, abs=1e-3)


def test_edits_that_change_nothing_change_no_decoding(make_model: MakeModel) -> None:
    model = make_model()
    edits = {"encoder.layers.0.self_attention.weights": lambda x: x}
    seeds = [1, 2, 3]
    plain = [
        *greedy(model, UNEVEN, 8),
        *sample(model, UNEVEN, seeds, max_tokens=8),
        *itertools.chain(*beam_search(model, UNEVEN, 3, max_tokens=8)),
    ]
    edited = [
        *greedy(model, UNEVEN, 8, edits=edits),
        *sample(model, UNEVEN, seeds, max_tokens=8, edits=edits),
        *itertools.chain(*beam_search(model, UNEVEN, 3, max_tokens=8, edits=edits)),
    ]
    for own, other in zip(plain, edited, strict=True):
        assert_same(own, other)
