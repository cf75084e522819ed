"""A full memory: batches cut in two once, updates as they were, then a clear end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainer.small_runs import (
    EPOCH,
    LIMITED,
    ROOT,
    Tiny,
    attempt_here,
    events_of,
    metric,
    prepared_run,
)
from trainer import train as trainer_train
from trainer.batches import TokenBatchSampler, collate
from trainer.config import TrainConfig
from trainer.decided import Decided, read_decided
from trainer.engines import AGAIN
from trainer.memory import FULL, MemoryFull, is_memory_full
from trainer.module import TrainingModule
from trainer.runs import load_run
from trainer.train import TrainingFailed
from transformer.tokenizer import PAD


def test_halves_are_the_same_batches_in_the_same_order() -> None:
    """Also where a batch is a single pair: its second half is a batch that asks for no token."""
    lengths = [(3 + place % 7, 4 + place % 5) for place in range(50)]
    whole = TokenBatchSampler(lengths, 12, seed=1)
    halves = TokenBatchSampler(lengths, 12, seed=1, parts=2)
    for epoch in (0, 1):
        for sampler in (whole, halves):
            sampler.set_epoch(epoch)
        parts = list(halves)
        pairs = zip(parts[::2], parts[1::2], strict=True)
        assert [first + second for first, second in pairs] == list(whole)
        assert len(halves) == 2 * len(whole)
        assert [] in parts and max(map(len, parts)) == -(-max(map(len, whole)) // 2)
    empty = collate([])
    assert (empty.tgt[:, 1:] == PAD).all()


class Overflow:
    """From one update on, the memory is too small for a batch of more than `most` pairs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, most: int, error: Exception):
        step = TrainingModule.training_step
        self.at, self.most = at, most

        def training_step(module: Any, batch: Any, batch_idx: int) -> torch.Tensor:
            if module.global_step >= self.at and len(batch.src) > self.most:
                raise error
            return step(module, batch, batch_idx)

        monkeypatch.setattr(TrainingModule, "training_step", training_step)


@pytest.mark.parametrize("accumulate", [1, 2])
def test_the_updates_go_on_as_if_memory_had_been_large_enough(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, accumulate: int
) -> None:
    """Without dropout: halved from step 4 of an epoch on, into the next, and resumed so."""
    steps = EPOCH + 5 if accumulate == 1 else 8
    config = tiny(
        steps=steps, dropout=0.0, save_every=4, valid_every=steps, accumulate=accumulate, ema=0.5
    )
    attempt_here(prepared_run(config, "large"))
    names = ("train/loss", "gradient_norm", "lr", "epoch/loss", "epoch/share", "val/nll")
    whole = {name: metric(load_run(runs / "large"), name) for name in names}

    run = prepared_run(config, "small")
    overflow = Overflow(monkeypatch, at=6, most=0, error=torch.OutOfMemoryError("CUDA out of"))
    with pytest.raises(MemoryFull):
        attempt_here(run)
    (end,) = (e for e in events_of(run) if e.kind == "end")
    assert end.fields["outcome"] == "failed"
    assert end.fields["reason"].startswith("By step 7 the memory was full. It goes on from the")
    assert [e.step for e in events_of(run) if e.kind == "alert" and "full" in str(e.fields)] == [6]
    assert read_decided(run.path, {}) == Decided("fp32", parts=2)

    overflow.at = 10**9
    attempt_here(run, 2)
    assert [e.fields["from_step"] for e in events_of(run) if e.kind == "resume"] == [0, 4]
    for name in names:
        found = metric(run, name)
        assert found.keys() == whole[name].keys(), name
        assert found == pytest.approx(whole[name], rel=1e-4, abs=1e-6), name


def test_the_second_time_is_the_end(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = prepared_run(tiny(steps=9, save_every=1))
    Overflow(
        monkeypatch, at=1, most=0, error=RuntimeError("DefaultCPUAllocator: can't allocate memory")
    )
    monkeypatch.setattr(sys, "argv", ["train", str(run.path)])
    assert trainer_train.main() == AGAIN
    assert "By step 2 the memory was full" in capsys.readouterr().out
    with pytest.raises(TrainingFailed):
        attempt_here(run, 2)
    end = events_of(run)[-1]
    assert end.fields == {"outcome": "failed", "reason": FULL}
    assert [e.fields["from_step"] for e in events_of(run) if e.kind == "resume"] == [0, 1]


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (MemoryError(), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you"), True),
        (OSError(12, "Cannot allocate memory"), True),
        (OSError(28, "No space left on device"), False),
        (RuntimeError("size mismatch"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_what_a_full_memory_looks_like(error: Exception, full: bool) -> None:
    assert is_memory_full(error) == full


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="did not run: no /proc here")
def test_a_limit_of_the_machine_is_a_full_memory(tiny: Tiny, runs: Path) -> None:
    """A real refusal by the kernel (RLIMIT_AS): halves fit, whole batches do not."""
    run = prepared_run(tiny(steps=EPOCH, save_every=1, valid_every=EPOCH, bleu_pairs=1))
    pairs = max(map(len, sampler_of(run.path)))

    def attempt(number: int, limit: int) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-c",
            LIMITED,
            str(limit),
            str(run.path),
            "--attempt",
            str(number),
        ]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150)

    limit = (pairs * 3 // 4) << 26
    first = attempt(1, limit)
    assert first.returncode == AGAIN, first.stderr
    assert events_of(run)[-1].fields["outcome"] == "failed"
    second = attempt(2, limit)
    assert second.returncode == 0, second.stdout + second.stderr
    assert events_of(run)[-1].fields["outcome"] == "finished"
    assert list(metric(run, "train/loss")) == list(range(1, EPOCH + 1))


def sampler_of(folder: Path) -> TokenBatchSampler:
    from trainer.prepare import prepare

    config = TrainConfig.from_dict(load_run(folder).config)
    lengths = prepare(config, folder, "it").train.lengths
    return TokenBatchSampler(lengths, config.batch_tokens, config.seed)
