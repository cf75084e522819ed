"""Runs as a person starts them: launched, supervised, stopped, resumed, finished, exported."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.trainer.small_runs import (
    EPOCH,
    LIMITED,
    ROOT,
    WORDS,
    Tiny,
    events_of,
    metric,
    prepared_run,
    start_attempt,
    wait_for,
)
from trainer.__main__ import main
from trainer.checkpoints import listed_checkpoints, newest_checkpoint, read_checkpoint
from trainer.evaluate import translate
from trainer.launch import launch, resume
from trainer.locks import is_locked
from trainer.records import process_start, read_record
from trainer.runs import Run, request, status
from transformer.bundle import load_bundle

# A supervised run is a polite process: where the machine is busy, it takes its time.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NOISE = ("Tip:", "GPU available", "TPU available", "weights_only", "LeafSpec", "Traceback")


def ended(run: Run) -> str:
    wait_for(run, lambda: not is_locked(run.lock))
    return status(run).state


def reached(run: Run, step: int) -> Callable[[], object]:
    return lambda: (status(run).step or 0) >= step


def test_a_run_learns_and_exports_what_it_learned(
    tiny: Tiny, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tiny(
        tokenizer="words", tie_embeddings=False, steps=250, batch_tokens=512, rate=1e-2,
        valid_every=125, save_every=100, dropout=0.0, label_smoothing=0.0, log_every=5,
    )  # fmt: skip
    settings = {
        name: value
        for name, value in config.to_dict().items()
        if name not in ("preset", "start_from")
    }
    options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    assert main(["run", *options]) == 0
    told = capsys.readouterr().out
    run = Run(next(path for path in runs.iterdir() if path.name.startswith("nano-")))
    assert status(run).state == "finished"
    assert "Preparing data ..." in told
    assert re.search(r"^step +\d+/250  loss \d", told, re.MULTILINE)
    assert re.search(r"^step 125  held out: loss \d.* BLEU \d", told, re.MULTILINE)
    assert "    edmund closed his banking account\n      -> " in told
    assert told.endswith("finished: All steps are done.\n")
    assert metric(run, "train/loss")[250] < 0.5
    bundle = load_bundle(run.export)
    right = sum(
        out == " ".join(WORDS[word] for word in text.split())
        for text, out in (
            (text, translate(bundle, [text])[0])
            for text in ("one cat", "two red dog", "sun sea day")
        )
    )
    assert right >= 2
    assert metric(run, "val/bleu")[250] > 50
    assert (run.export / "card.md").exists()
    points = (run.export / "metrics.jsonl").read_text().splitlines()
    assert json.loads(points[-1])["step"] == 250
    log = run.log.read_text()
    assert not [noise for noise in NOISE if noise in log], log


def test_stop_resume_finish(tiny: Tiny, runs: Path) -> None:
    config = tiny(steps=5000, schedule="constant", save_every=1000, valid_every=4000, ema=0.9)
    run = launch(config.to_dict(), ["python"])
    wait_for(run, reached(run, 5))
    asked = status(run).step or 0
    request(run, "stop")
    assert ended(run) == "stopped"
    first = listed_checkpoints(run.checkpoints)[0].step
    assert asked <= first <= asked + 50  # the request is seen after the update it falls in
    assert list(metric(run, "train/loss"))[-1] == first, "it stopped where it saved"
    assert load_bundle(run.export).about["step"] == first
    sampler = read_checkpoint(newest_checkpoint(run.checkpoints) or Path())["sampler"]

    resume(run)
    wait_for(run, reached(run, first + 5))
    request(run, "finish")
    assert ended(run) == "finished", status(run)
    resumed = [e.fields["from_step"] for e in events_of(run) if e.kind == "resume"]
    assert resumed == [0, first]
    points = [e for e in events_of(run) if e.kind == "metric" and "train/loss" in e.fields]
    steps = [event.step or 0 for event in points]
    assert steps == list(range(1, len(steps) + 1)), "each update once"
    assert sampler["epoch"] * EPOCH + sampler["consumed"] == first, "each batch once"
    last = steps[-1]
    rates = metric(run, "lr")
    falling = [step for step in steps if rates[step] < config.rate]
    assert falling == list(range(last - len(falling) + 1, last + 1)), "the last ones"
    assert rates[last] == pytest.approx(config.rate / (len(falling) + 1)), "and then zero"
    assert list(metric(run, "val/nll")) == [last]
    assert load_bundle(run.export).about["step"] == last
    assert status(run).reason == f"It was asked to finish, and did at step {last}."


def test_sigterm_is_a_stop(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(steps=5000, save_every=1000, valid_every=4000))
    trainer = start_attempt(run)
    wait_for(run, lambda: metric(run, "train/loss"))
    trainer.send_signal(signal.SIGTERM)
    out, _ = trainer.communicate(timeout=60)
    assert trainer.returncode == 0, out
    assert out == "Stopped as asked.\n"
    end = events_of(run)[-1]
    assert (end.kind, end.fields["outcome"]) == ("end", "stopped")
    assert listed_checkpoints(run.checkpoints)[0].step == max(metric(run, "train/loss"))


def test_a_stop_ends_a_validation_with_its_update_saved(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(steps=50, save_every=1000, valid_every=2, bleu_pairs=20))
    trainer = start_attempt(run)
    wait_for(run, lambda: any(event.phase == "validation" for event in events_of(run)))
    (run.control / "stop").touch()
    assert trainer.wait(60) == 0
    assert events_of(run)[-1].fields["outcome"] == "stopped"
    assert listed_checkpoints(run.checkpoints)[0].step <= 6


@pytest.mark.parametrize("phase", [None, "preparing data"])
def test_a_stop_while_it_starts_and_a_resume_from_the_beginning(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch, phase: str | None
) -> None:
    """While torch is imported, and while a tokenizer is trained in code that hears no signal."""
    monkeypatch.setenv("DAWN_GRACE", "600")
    config = tiny(steps=2, bleu_pairs=1)
    if phase:
        config = replace(config, data="libreoffice-help,bible-web-diodati", vocab_size=8000)
    run = launch(config.to_dict(), ["python"])
    wait_for(run, lambda: status(run).state == "running" and status(run).phase == phase)
    asked = time.monotonic()
    request(run, "stop")
    assert ended(run) == "stopped"
    assert time.monotonic() - asked < 30
    assert status(run).reason.endswith("nothing is saved yet, so a resume begins at the beginning.")
    assert not run.export.exists()
    if phase is None:
        resume(run)
        assert ended(run) == "finished", status(run)
        assert list(metric(run, "train/loss")) == [1, 2]


def test_a_trainer_whose_supervisor_is_killed_saves_and_says_so(tiny: Tiny, runs: Path) -> None:
    run = launch(tiny(steps=5000, save_every=5000, valid_every=5000).to_dict(), ["python"])
    wait_for(run, reached(run, 5))
    process = read_record(run.process_record(1))
    assert process
    os.kill(process["supervisor_pid"], signal.SIGKILL)
    wait_for(run, lambda: process_start(process["pid"]) is None)
    stands = status(run)
    saved = listed_checkpoints(run.checkpoints)[0].step
    assert stands.state == "stopped" and stands.step == saved
    assert stands.reason == f"Its supervisor went away; its state at step {saved} is saved."
    resume(run)
    wait_for(run, reached(run, saved + 2))
    told = main_says(["stop", run.id, "--kill"])
    assert re.fullmatch(rf"{run.id} was killed. What it .* since step {saved} .*\.\n", told), told
    assert ended(run) == "stopped"
    newest = listed_checkpoints(run.checkpoints)[0].step  # it may have heard the stop before
    how = "It was (killed as asked|asked to stop)"
    assert re.fullmatch(rf"{how}; its state at step {newest} is saved\.", status(run).reason)
    assert load_bundle(run.export).about["step"] == newest


def main_says(arguments: list[str]) -> str:
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert main(arguments) == 0
    return told.getvalue()


def test_a_full_memory_halves_the_batches_and_the_run_goes_on(tiny: Tiny, runs: Path) -> None:
    """The kernel refuses the memory for whole batches: two attempts, one run, no hand laid on."""
    run_config = tiny(steps=2 * EPOCH, save_every=1, valid_every=EPOCH, bleu_pairs=1)
    trainer = [sys.executable, "-c", LIMITED, str(2_000 << 20)]
    run = launch(run_config.to_dict(), ["python"], trainer=trainer)
    assert ended(run) == "finished", status(run)
    stands = status(run)
    assert (stands.attempt, stands.step) == (2, 2 * EPOCH)
    assert "was full" in "".join(str(e.fields.get("message")) for e in events_of(run))
    assert list(metric(run, "train/loss")) == list(range(1, 2 * EPOCH + 1))
    assert load_bundle(run.export).about["step"] == 2 * EPOCH


BARE = """
import sys
REFUSED = ("streamlit", "plotly", "umap", "psutil", "pandas", "sklearn", "playwright", "pages")
sys.modules.update(dict.fromkeys(REFUSED))  # to import one of these is a ModuleNotFoundError
import importlib, pkgutil, trainer, transformer
for package in (trainer, transformer):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
from trainer import export, train
from trainer.__main__ import main
folder = sys.argv[1]
sys.argv = ["train", folder]
assert train.main() == 0
assert main(["export", "it"]) == 0
assert main(["translate", "one cat", "--model", "it"]) == 0
"""


def test_the_trainer_needs_no_browser_stack(tiny: Tiny, runs: Path) -> None:
    run = prepared_run(tiny(steps=2, bleu_pairs=1))
    command = [sys.executable, "-c", BARE, str(run.path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
