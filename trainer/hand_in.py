"""The course's three things: a link to the model file, the training log, the final loss."""

import json
import shlex
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.events import Event
from trainer.folder import Run, RunError
from trainer.history import read_events, surviving

MODEL = Path(__file__).resolve().parents[1] / "transformer" / "model.py"
LOG = "training-log.jsonl"
TITLE = "# Hand-in: "
WHOLE = 1 - 1e-9  # share of an epoch's batches


def hand_in(run: Run, folder: Path) -> Path:
    """Write the three things into `folder`.

    Raises `RunError` before an epoch has ended, and where the folder holds anything but an
    earlier hand-in.
    """
    metrics = [event for event in surviving(read_events(run.path)) if event.kind == "metric"]
    loss = loss_line(metrics, run)
    page = folder / "README.md"
    if folder.exists() and any(folder.iterdir()) and not is_hand_in(page):
        raise RunError(f"{folder} holds other files: name a new folder or an empty one.")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MODEL, folder / MODEL.name)
    points = (json.dumps({"step": event.step, **event.fields}) + "\n" for event in metrics)
    (folder / LOG).write_text("".join(points), "utf-8")
    page.write_text(
        f"{TITLE}{run.id}\n\n"
        f"1. The model: [transformer/model.py]({MODEL.name})\n"
        f"2. The training log: [{LOG}]({LOG})\n"
        f"3. The final loss: {loss}\n\n"
        f"Run with `{shlex.join(run.spec.get('argv', []))}`.\n",
        "utf-8",
    )
    return folder


def is_hand_in(page: Path) -> bool:
    """Whether an earlier hand-in wrote this page, so that it may be written again."""
    return page.is_file() and page.read_text("utf-8", errors="replace").startswith(TITLE)


def loss_line(metrics: Sequence[Event], run: Run) -> str:
    """The mean of train/loss over the last whole epoch; over a part of one where none is whole."""
    epochs = [event.fields for event in metrics if "epoch/loss" in event.fields]
    if not epochs:
        raise RunError(
            f"The run {run.id} has not ended an epoch yet, so there is no final loss: let it train "
            "on, or ask it to finish."
        )
    whole = [epoch for epoch in epochs if epoch.get("epoch/share", 1.0) >= WHOLE]
    final: Mapping[str, Any] = whole[-1] if whole else epochs[-1]
    over = f"mean of train/loss over epoch {final['epoch'] + 1}, per target token"
    if not whole:
        over += f"; the run was over after {final['epoch/share']:.0%} of that epoch's batches"
    elif epochs[-1] is not final:
        over += f"; epoch {epochs[-1]['epoch'] + 1} was cut short and does not count"
    smoothing = run.config["label_smoothing"]
    return (
        f"**{number(final['epoch/loss'])}** ({over}; label smoothing {smoothing:g}; "
        f"NLL {number(final['epoch/nll'])})"
    )


def number(value: float | None) -> str:
    """Three digits, or what stands for no number."""
    return "not a number" if value is None else f"{value:.3f}"
