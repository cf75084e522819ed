"""What is told of a run before it begins is what it then is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.trainer.small_runs import ROOT, Tiny, attempt_here, metric, prepared_run
from trainer.export import export
from trainer.measure import measure
from trainer.plan import disk_needed, parameters_by_part, rates
from trainer.presets import PRESETS
from transformer.config import ModelConfig
from transformer.model import Transformer


@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("positions", ["sinusoidal", "learned", "none"])
def test_parameters_are_those_of_the_model(norm: str, tied: bool, positions: str) -> None:
    vocab = (50, 50) if tied else (50, 70)
    config = ModelConfig(
        *vocab, encoder_layers=2, decoder_layers=3, d_model=12, d_ff=20, heads=3, norm=norm,
        tie_embeddings=tied, positions=positions,
    )  # fmt: skip
    told = parameters_by_part(config)
    counted: Counter[str] = Counter()
    for name, parameter in Transformer(config).named_parameters():
        counted[name.split(".")[0]] += parameter.numel()
    assert told["encoder"] == counted.pop("encoder")
    assert told["decoder"] == counted.pop("decoder")
    assert sum(told.values()) - told["encoder"] - told["decoder"] == sum(counted.values())


def test_the_disk_that_a_run_takes(tiny: Tiny, runs: Path) -> None:
    """Two checkpoints and a model, and a third checkpoint while it is written."""
    config = tiny(steps=4, save_every=1, valid_every=4, ema=0.5, d_model=64, d_ff=256)
    run = prepared_run(config)
    attempt_here(run)
    export(run.path)
    sizes = sorted(path.stat().st_size for path in run.checkpoints.glob("*.ckpt"))
    weights = (run.export / "model.safetensors").stat().st_size
    parameters = sum(parameters_by_part(config.model_config(300, 300)).values())
    assert disk_needed(config, parameters) == pytest.approx(3 * sizes[-1] + weights, rel=0.1)


def test_the_rates_of_a_plan_are_those_of_the_run(tiny: Tiny, runs: Path) -> None:
    config = tiny(steps=20, warmup=5, valid_every=20)
    run = prepared_run(config)
    attempt_here(run)
    steps, planned = rates(config)
    assert steps == list(range(20))
    assert planned == pytest.approx([metric(run, "lr")[step + 1] for step in steps])
    assert len(rates(PRESETS["base"])[0]) <= 210


def test_a_measurement_is_of_this_config(tiny: Tiny) -> None:
    small = measure(tiny(batch_tokens=64), seconds=0.05)
    large = measure(tiny(batch_tokens=4096), seconds=0.05)
    assert (small.device, small.precision) == ("cpu", "fp32")
    assert large.update_seconds > 3 * small.update_seconds > 0
    assert large.tokens_per_update > 3000
    assert large.memory > 100 << 20


@pytest.mark.slow
def test_the_command_prints_json(tiny: Tiny, tmp_path: Path) -> None:
    def measured(config: dict) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "trainer.measure", json.dumps(config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    config = tiny(threads=1).to_dict()
    told = json.loads(measured(config).stdout)
    assert told["update_seconds"] > 0
    refused = measured(config | {"device": "cuda"})
    assert refused.returncode == 1
    assert "no CUDA device" in refused.stderr
    assert "Traceback" not in refused.stderr
