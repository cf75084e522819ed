"""What a run finds on its machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.trainer.small_runs import Tiny, attempt_here, outcome, prepared_run
from trainer.hardware import bf16_is_faster, pick_device, threads
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
