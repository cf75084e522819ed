"""What a run finds on its machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.trainer.small_runs import Tiny, attempt_here, metric, outcome, prepared_run
from trainer.decided import Decided
from trainer.hardware import bf16_is_faster, pick_device, pick_graphs, threads
from trainer.runs import load_run
from transformer.config import ConfigError


def test_threads_are_a_share_of_the_processors_that_it_may_use(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a machine with many, a job may be given few."""
    monkeypatch.setattr("os.cpu_count", lambda: 128)
    monkeypatch.setattr("torch.get_num_threads", lambda: 4)
    ranks = {"engine": "torchrun", "processes": 2}
    assert [threads(tiny(threads=number)) for number in (0, 3)] == [4, 3]
    assert [threads(tiny(threads=number, **ranks)) for number in (0, 3)] == [2, 3]
    assert threads(tiny(threads=0, **ranks | {"processes": 8})) == 1


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_without_cuda(tiny: Tiny, runs: Path) -> None:
    with pytest.raises(ConfigError, match="no CUDA device that torch can use: set device"):
        attempt_here(run := prepared_run(tiny(device="cuda")))
    assert "no CUDA device" in outcome(run)["reason"]
    assert pick_device(tiny(device="auto")) == "cpu"


def test_bf16_is_measured() -> None:
    assert bf16_is_faster(size=32, rounds=1) in (True, False)


def test_graphs_are_for_one_process_on_a_gpu(tiny: Tiny) -> None:
    both = {"engine": "torchrun", "processes": 2}
    assert pick_graphs(tiny(), "cuda")
    assert not pick_graphs(tiny(), "cpu")
    assert not pick_graphs(tiny(**both), "cuda")
    assert not pick_graphs(tiny(graphs="off"), "cuda")
    for config, device in ((tiny(graphs="on"), "cpu"), (tiny(graphs="on", **both), "cuda")):
        with pytest.raises(ConfigError, match="one process on a GPU: set it to auto or off"):
            pick_graphs(config, device)


def test_a_run_that_began_on_a_gpu_keeps_its_batches_elsewhere(tiny: Tiny, runs: Path) -> None:
    """The order of its batches is that of the few shapes, also where nothing is recorded."""
    losses = []
    for name, graphs in (("few", True), ("many", False)):
        run = prepared_run(tiny(steps=6, dropout=0.0), name)
        Decided("fp32", graphs=graphs).write(run.path)
        attempt_here(run)
        losses.append(metric(load_run(runs / name), "train/loss"))
    assert losses[0].keys() == losses[1].keys()
    assert losses[0] != losses[1]
