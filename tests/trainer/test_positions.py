"""A run with any kind of positions trains, is exported and is read back as what it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.trainer.small_runs import attempt_here, prepared_run
from trainer.config import TrainConfig
from trainer.export import export
from transformer.bundle import load_bundle
from transformer.positions import POSITIONS


@pytest.mark.parametrize("kind", sorted(POSITIONS))
def test_a_run_with_these_positions(
    kind: str, tiny: Callable[..., TrainConfig], runs: Path
) -> None:
    run = prepared_run(tiny(steps=4, save_every=2, valid_every=4, positions=kind))
    attempt_here(run)
    export(run.path)
    model = load_bundle(run.export).model
    assert model.config.positions == kind
    assert type(model.tgt_positions) is POSITIONS[kind]
    assert bool(model.src_positions.table.any()) == (kind != "none")
    assert f"positions {kind}" in (run.export / "card.md").read_text("utf-8")
