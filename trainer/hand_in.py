"""The course's three things, a link to the model file, the training log, the final loss; and how
they came about: curve, held-out score, translations, settings, data, code version, machine."""

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.config import TrainConfig
from trainer.events import Event
from trainer.folder import Run, RunError
from trainer.history import read_events, surviving
from trainer.summary import CURVE, curve, held_out, number, sections

MODEL = Path(__file__).resolve().parents[1] / "transformer" / "model.py"
LOG = "training-log.jsonl"
TITLE = "# Hand-in: "
WHOLE = 1 - 1e-9  # share of an epoch's batches


def hand_in(run: Run, folder: Path) -> Path:
    """Write the three things into `folder`.

    Raises `RunError` before an epoch has ended, and where the folder holds anything but an
    earlier hand-in; `ConfigError` for a config of no sense.
    """
    if run.problem:
        raise RunError(f"The run {run.id} cannot be handed in: {run.problem}")
    events = surviving(read_events(run.path))
    metrics = [event for event in events if event.kind == "metric"]
    loss = loss_line(metrics, run)
    page = folder / "README.md"
    if folder.exists() and any(folder.iterdir()) and not is_hand_in(page):
        raise RunError(f"{folder} holds other files: name a new folder or an empty one.")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(MODEL, folder / MODEL.name)
    points = (json.dumps({"step": event.step, **event.fields}) + "\n" for event in metrics)
    (folder / LOG).write_text("".join(points), "utf-8")
    (folder / CURVE).write_text(curve(metrics), "utf-8")
    lines = [
        f"{TITLE}{run.id}",
        "",
        f"1. The model: [transformer/model.py]({MODEL.name})",
        f"2. The training log: [{LOG}]({LOG})",
        f"3. The final loss: {loss}",
        "",
        f"Held out: {held_out(metrics)}.",
        "",
        f"![Loss by step]({CURVE})",
        "",
        *sections(run, events),
    ]
    page.write_text("\n".join([*lines, ""]), "utf-8")
    return folder


def hand_in_zip(run: Run) -> bytes:
    """The same as a zip. Raises `RunError` before an epoch has ended, `ConfigError` like it."""
    buffer = io.BytesIO()
    with tempfile.TemporaryDirectory() as beside:
        folder = hand_in(run, Path(beside) / f"hand-in-{run.id}")
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
            for path in sorted(folder.iterdir()):
                target.write(path, f"{folder.name}/{path.name}")
    return buffer.getvalue()


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
    smoothing = TrainConfig.from_dict(run.config).label_smoothing
    return (
        f"**{number(final['epoch/loss'])}** ({over}; label smoothing {smoothing:g}; "
        f"NLL {number(final['epoch/nll'])})"
    )
