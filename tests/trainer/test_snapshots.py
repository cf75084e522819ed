"""What a snapshot holds is the model's own, and it is read back as it was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.trainer.small_runs import Tiny, attempt_here, events_of, prepared_run
from trainer.events import EventWriter
from trainer.export import export
from trainer.inside import OUTLIERS, Snapshots, histogram, look
from trainer.runs import Run
from trainer.snapshots import BINS, Snapshot, read_snapshot, write_snapshot
from transformer.analysis.example import record
from transformer.bundle import Bundle, load_bundle

PROBES = ["one cat", "red sun two"]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Run:
    """A run of 16 steps, with a validation at every second."""
    from tests.trainer.small_runs import TINY
    from trainer.presets import resolve

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAWN_RUNS", str(tmp_path_factory.mktemp("runs")))
        changes = {"data": str(corpus), "steps": 16, "valid_every": 2, "ema": 0.5}
        run = prepared_run(resolve("nano", TINY | changes))
        attempt_here(run)
    return run


@pytest.fixture(scope="module")
def bundle(watched: Run, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load_bundle(export(watched.path, tmp_path_factory.mktemp("bundle") / "it"))


def test_snapshots_are_taken_ever_further_apart(watched: Run) -> None:
    told = [event for event in events_of(watched) if event.kind == "snapshot"]
    assert [event.step for event in told] == [0, 2, 4, 6, 8, 10, 14]
    for event in told:
        path = watched.snapshots / event.fields["file"]
        assert path.stat().st_size == event.fields["size"]
        assert read_snapshot(path) is not None
    assert not list(watched.snapshots.glob("*.part"))


def test_a_snapshot_shows_the_model_as_it_stands(bundle: Bundle) -> None:
    seen = look(bundle, PROBES)
    assert [example.src for example in seen.examples] == PROBES
    for probe, example in zip(PROBES, seen.examples, strict=True):  # of unlike lengths
        expected = record(bundle, probe)
        assert (example.translation, example.tgt_pieces) == (
            expected.translation, expected.tgt_pieces
        )  # fmt: skip
        for kind, weights in expected.attention.items():
            assert np.array_equal(example.attention[kind], weights)
    rows = bundle.model.src_embedding.weight.detach().numpy()
    assert np.allclose(seen.embedding, rows[: len(seen.embedding)], atol=1e-3)


def test_every_number_of_a_part_is_counted(bundle: Bundle) -> None:
    seen = look(bundle, [])
    total = sum(parameter.numel() for parameter in bundle.model.parameters())
    assert seen.weights.shape == (len(seen.parts), BINS)
    assert seen.weights.sum() == total
    assert seen.gradients.sum() == 0, "nothing was trained here"
    part = "encoder.layers.0.feed_forward"
    place = seen.parts.index(part)
    numbers = torch.cat([p.flatten() for p in bundle.model.get_submodule(part).parameters()])
    low, high = np.quantile(numbers.detach().numpy(), (OUTLIERS, 1 - OUTLIERS))
    assert seen.weight_ends[place] == pytest.approx([low, high])
    middle = ((numbers > low) & (numbers < high)).sum().item()
    assert seen.weights[place, 1:-1].sum() <= middle < seen.weights[place].sum()


def test_an_outlier_and_what_is_no_number_spoil_no_histogram() -> None:
    numbers = torch.cat([torch.linspace(-1, 1, 10_000), torch.tensor([1e9, float("nan")])])
    counts, ends = histogram([numbers])
    assert counts.sum() == 10_001
    assert ends == pytest.approx([-1, 1], abs=0.01)
    assert histogram([torch.full((3,), float("inf"))])[0].sum() == 0


@pytest.mark.parametrize("numbers", [np.random.default_rng(1).normal(size=9_999), np.ones(7)])
def test_a_histogram_is_that_of_numpy(numbers: np.ndarray) -> None:
    counts, ends = histogram([torch.tensor(numbers, dtype=torch.float32)])
    clipped = np.clip(numbers, *ends)
    expected, edges = np.histogram(clipped, BINS, (ends[0], ends[1]))
    assert np.abs(counts - expected).sum() <= 2  # a number beside an edge, in half the digits
    assert counts.sum() == len(numbers) and ends == pytest.approx(edges[[0, -1]])


def test_gradients_are_those_of_the_last_update(watched: Run) -> None:
    first, last = (read_snapshot(watched.snapshots / f"step={n:08d}.npz") for n in (0, 14))
    assert first is not None and last is not None
    assert first.gradients.sum() == 0
    assert last.gradients.sum() == last.weights.sum()
    assert (last.gradient_ends[:, 0] < last.gradient_ends[:, 1]).all()


def test_a_snapshot_is_read_back_as_it_was_written(bundle: Bundle, tmp_path: Path) -> None:
    seen = look(bundle, PROBES)
    path = tmp_path / "step=00000001.npz"
    write_snapshot(path, seen)
    again = read_snapshot(path)
    assert again is not None
    assert again.parts == seen.parts
    assert np.array_equal(again.weights, seen.weights)
    for mine, theirs in zip(again.examples, seen.examples, strict=True):
        assert (mine.src_pieces, mine.tgt_pieces) == (theirs.src_pieces, theirs.tgt_pieces)
        assert all(np.array_equal(mine.attention[k], theirs.attention[k]) for k in mine.attention)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"\x80\x04 a pickle"])
def test_a_broken_snapshot_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "step=00000001.npz"
    path.write_bytes(content)
    assert read_snapshot(path) is None
    assert read_snapshot(tmp_path / "none.npz") is None


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.zeros((1, BINS), np.int64)},
        {"gradients": np.zeros((2, BINS + 1), np.int64)},
        {"weight_ends": np.array([[0, np.nan]] * 2)},
        {"gradient_ends": np.array([["a", "b"]] * 2)},
        {"parts": [1, 2]},
        {"parts": "ab"},
    ],
)
def test_a_snapshot_that_does_not_fit_is_none(tmp_path: Path, change: dict[str, Any]) -> None:
    counts, ends = np.zeros((2, BINS), np.int64), np.zeros((2, 2))
    sound = Snapshot([], np.zeros((1, 4), np.float16), ["a", "b"], counts, ends, counts, ends)
    path = tmp_path / "step=00000001.npz"
    write_snapshot(path, sound)
    assert read_snapshot(path) is not None
    write_snapshot(path, replace(sound, **change))
    assert read_snapshot(path) is None


def test_no_bit_flip_is_an_error(tmp_path: Path) -> None:
    counts, ends = np.ones((2, BINS), np.int64), np.zeros((2, 2))
    path = tmp_path / "step=00000001.npz"
    write_snapshot(
        path, Snapshot([], np.zeros((1, 4), np.float16), ["a", "b"], counts, ends, counts, ends)
    )
    whole = path.read_bytes()
    for place in range(0, len(whole), 11):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        read_snapshot(path)


def test_a_disk_that_refuses_is_an_alert(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    (tmp_path / "snapshots").write_text("a file is in the way")
    with EventWriter(tmp_path / "events", 1) as events:
        Snapshots(events, tmp_path / "snapshots", bundle, PROBES).take(3)
    text = (tmp_path / "events" / "0001.jsonl").read_text()
    assert "A snapshot could not be written" in text
    assert '"kind":"snapshot"' not in text


def test_taking_a_snapshot_changes_nothing_of_the_training(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same losses with and without: no random number is drawn, no weight or mode changed."""
    from tests.trainer.small_runs import metric

    config = tiny(steps=6, valid_every=2, ema=0.5)
    watched, plain = prepared_run(config, "watched"), prepared_run(config, "plain")
    attempt_here(watched)
    monkeypatch.setattr(Snapshots, "take", lambda self, step: None)
    attempt_here(plain)
    assert metric(watched, "train/loss") == metric(plain, "train/loss")
