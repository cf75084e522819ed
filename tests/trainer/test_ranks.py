"""Two processes that train together: they learn what one does, and are stopped, killed, resumed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.small_runs import (
    ROOT,
    Tiny,
    attempt_here,
    events_of,
    metric,
    prepared_run,
    wait_for,
)
from trainer.checkpoints import listed_checkpoints, newest_checkpoint, read_checkpoint
from trainer.child import descendants
from trainer.config import TrainConfig
from trainer.launch import launch, resume
from trainer.locks import is_locked
from trainer.records import process_start, read_record
from trainer.runs import Run, kill, request, status

TOGETHER: dict[str, Any] = {"engine": "torchrun", "processes": 2}


def ended(run: Run) -> str:
    wait_for(run, lambda: not is_locked(run.lock))
    return status(run).state


def trained(config: TrainConfig, name: str | None = None) -> Run:
    run = launch(config.to_dict(), ["python"], run_id=name)
    assert ended(run) == "finished", (status(run), run.log.read_text()[-2000:])
    return run


def reached(run: Run, step: int) -> Callable[[], bool]:
    return lambda: (status(run).step or 0) >= step


def ranks_of(run: Run) -> list[int]:
    """The process ids of the two ranks."""
    record = read_record(run.process_record(status(run).attempt)) or {}
    return descendants(record["pid"])


def weights(run: Run) -> dict[str, torch.Tensor]:
    path = newest_checkpoint(run.checkpoints)
    assert path
    state: dict[str, torch.Tensor] = read_checkpoint(path)["state_dict"]
    return state


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{"ema": 0.9}, {"accumulate": 2}, {"parallel": "fsdp"}, {"parallel": "fsdp", "accumulate": 2}],
    ids=["averaged", "accumulated", "sharded", "sharded and accumulated"],
)
def test_two_ranks_learn_what_one_does(tiny: Tiny, runs: Path, changes: dict[str, Any]) -> None:
    """From the same pairs in each update, empty shares included; and tell of all of them."""
    alone = replace(tiny(dropout=0.0, steps=20, bleu_pairs=7), **{**changes, "parallel": "ddp"})
    one = prepared_run(alone)
    attempt_here(one)
    two = trained(replace(alone, **{**TOGETHER, **changes}), "two")
    for name in ("train/loss", "train/nll", "tokens", "gradient_norm", "val/nll", "val/chrf"):
        expected = metric(one, name)
        assert metric(two, name) == pytest.approx(expected, rel=1e-4), name
    for (name, tensor), other in zip(weights(one).items(), weights(two).values(), strict=True):
        if not name.endswith("w_k.bias"):  # no score depends on it: its gradient is rounding
            torch.testing.assert_close(other, tensor, rtol=1e-3, atol=1e-4, msg=name)
    assert (two.export / "model.safetensors").exists()
    assert len(list(two.snapshots.glob("*.npz"))) == len(list(one.snapshots.glob("*.npz"))) > 0


@pytest.mark.slow
@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_two_ranks_resume_as_if_nothing_had_happened(tiny: Tiny, runs: Path, parallel: str) -> None:
    """With the dropout of each: to the last bit."""
    config = replace(tiny(steps=24, save_every=8), **TOGETHER, parallel=parallel)
    whole = trained(config, "whole")
    run = launch({**config.to_dict()}, ["python"], run_id="paused")
    wait_for(run, reached(run, 5))
    request(run, "stop")
    assert ended(run) == "stopped", run.log.read_text()[-2000:]
    assert status(run).reason.startswith("It was asked to stop; its state at step ")
    saved = listed_checkpoints(run.checkpoints)[0].step
    assert 5 <= saved < 24, "it was over before it was stopped"
    resume(run)
    assert ended(run) == "finished", run.log.read_text()[-2000:]
    assert metric(run, "train/loss") == metric(whole, "train/loss")
    draws = read_checkpoint(newest_checkpoint(run.checkpoints))["random_states"]  # type: ignore[arg-type]
    assert len(draws) == 2 and not torch.equal(draws[0]["cpu"], draws[1]["cpu"])


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_one_rank_of_two_dies(tiny: Tiny, runs: Path, rank: int) -> None:
    """The run fails with a sentence, nobody is left, and a resume goes on from what is saved."""
    config = replace(tiny(steps=2000, save_every=5, valid_every=2000), **TOGETHER)
    run = launch(config.to_dict(), ["python"])
    wait_for(run, reached(run, 12))
    family = ranks_of(run)
    os.kill(family[rank], signal.SIGKILL)
    assert ended(run) == "failed"
    said = status(run).reason
    if rank:
        assert said.startswith("Another of its 2 processes ended, log.txt says how; its state at")
    else:
        assert said.startswith("The trainer was ended by SIGKILL")
    assert f"Rank {rank} (process {family[rank]}) ended with -9." in run.log.read_text()
    assert [pid for pid in family if process_start(pid)] == []
    saved = listed_checkpoints(run.checkpoints)[0].step
    assert saved >= 10
    resume(run)
    wait_for(run, reached(run, saved + 3))
    request(run, "stop")
    assert ended(run) == "stopped"


@pytest.mark.slow
@pytest.mark.parametrize("whom", ["supervisor", "agent"])
def test_who_started_the_ranks_is_killed(tiny: Tiny, runs: Path, whom: str) -> None:
    """They save and end, or are ended: none trains on alone."""
    config = replace(tiny(steps=5000, save_every=5, valid_every=5000), **TOGETHER)
    run = launch(config.to_dict(), ["python"])
    wait_for(run, reached(run, 12))
    family = ranks_of(run)
    assert len(family) == 2
    process = read_record(run.process_record(1)) or {}
    os.kill(process["supervisor_pid" if whom == "supervisor" else "pid"], signal.SIGKILL)
    wait_for(run, lambda: not any(map(process_start, family)), 30)
    wait_for(run, lambda: not status(run).alive)
    assert status(run).state in (("stopped", "lost") if whom == "supervisor" else ("failed",))
    assert listed_checkpoints(run.checkpoints)[0].step >= 10


@pytest.mark.slow
def test_a_kill_ends_all_ranks(tiny: Tiny, runs: Path) -> None:
    config = replace(tiny(steps=5000, valid_every=5000), **TOGETHER)
    run = launch(config.to_dict(), ["python"])
    wait_for(run, reached(run, 3))
    family = ranks_of(run)
    kill(run)
    wait_for(run, lambda: not any(map(process_start, family)), 10)
    assert ended(run) == "stopped" and status(run).reason.startswith("It was killed as asked;")


@pytest.mark.slow
def test_a_stop_in_the_validation_of_two_ranks(tiny: Tiny, runs: Path) -> None:
    config = tiny(steps=50, save_every=1000, valid_every=2, bleu_pairs=20)
    run = launch(replace(config, **TOGETHER).to_dict(), ["python"])
    wait_for(run, lambda: any(event.phase == "validation" for event in events_of(run)))
    asked = time.monotonic()
    request(run, "stop")
    assert ended(run) == "stopped", run.log.read_text()[-2000:]
    assert time.monotonic() - asked < 30


@pytest.mark.slow
def test_another_machine_joins(tiny: Tiny, runs: Path, tmp_path: Path) -> None:
    """Of whose processes the run's folder is all that the first one needs to know."""
    config = replace(tiny(steps=6, bleu_pairs=4), engine="torchrun", nodes=2)
    run = launch(config.to_dict(), ["python"])
    wait_for(run, lambda: "Waiting for another machine" in run.log.read_text())
    with (tmp_path / "joined.txt").open("w+") as said:
        command = [sys.executable, "-m", "trainer", "join", run.id]
        joined = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        assert ended(run) == "finished", run.log.read_text()[-2000:]
        assert joined.wait(60) == 0, (tmp_path / "joined.txt").read_text()
    assert list(metric(run, "train/loss")) == [1, 2, 3, 4, 5, 6]
    draws = read_checkpoint(newest_checkpoint(run.checkpoints))["random_states"]  # type: ignore[arg-type]
    assert len(draws) == 2


def with_rank(script: str, folder: Path) -> list[str]:
    """The command of an agent whose ranks run `script`."""
    rank, agent = folder / "rank.py", folder / "agent.py"
    rank.write_text(script)
    agent.write_text(
        "import sys, trainer.torchrun as agent\n"
        f"agent.RANK = ({str(rank)!r},)\n"
        "sys.exit(agent.main())\n"
    )
    return [sys.executable, str(agent)]


# A rank whose memory is small: `FOLDER --attempt N`, started as trainer.train by torchrun.
SHORT_OF_MEMORY = """
import os, sys
from trainer import train
from trainer.module import TrainingModule

step = TrainingModule.training_step
def training_step(module, batch, batch_idx):
    if module.global_step == 3 and os.environ["RANK"] == "1" and module.sampler.parts == 1:
        raise MemoryError
    return step(module, batch, batch_idx)
TrainingModule.training_step = training_step
sys.exit(train.main())
"""


@pytest.mark.slow
def test_the_memory_of_one_rank_is_full(
    tiny: Tiny, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All go on with each share cut in two, and learn from the same pairs in each update."""
    config = replace(tiny(steps=8, dropout=0.0, save_every=2, valid_every=100), **TOGETHER)
    whole = trained(config, "whole")
    run = launch(config.to_dict(), ["python"], trainer=with_rank(SHORT_OF_MEMORY, tmp_path))
    assert ended(run) == "finished", run.log.read_text()[-2000:]
    assert status(run).attempt == 2
    assert metric(run, "train/loss") == pytest.approx(metric(whole, "train/loss"), rel=1e-4)


# A rank whose share of the model is broken.
BROKEN = """
import os, sys
from trainer import train
from trainer.module import TrainingModule
from trainer.shares import local

step = TrainingModule.training_step
def training_step(module, batch, batch_idx):
    if module.global_step == 3 and os.environ["RANK"] == "1":
        local(module.model.src_embedding.weight.data).fill_(float("nan"))
    return step(module, batch, batch_idx)
TrainingModule.training_step = training_step
sys.exit(train.main())
"""


@pytest.mark.slow
def test_a_share_that_is_no_number_is_named(tiny: Tiny, runs: Path, tmp_path: Path) -> None:
    """By all ranks, though one alone holds it."""
    config = replace(tiny(steps=8, valid_every=100), **TOGETHER, parallel="fsdp")
    run = launch(config.to_dict(), ["python"], trainer=with_rank(BROKEN, tmp_path))
    assert ended(run) == "failed"
    assert "the first such number was in src_embedding.weight" in status(run).reason
