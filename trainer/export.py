"""From a run to a bundle: the newest sound checkpoint, the tokenizers, the card, the metrics.

`python -m trainer.export <run folder>` is what the supervisor calls after every end of a run.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from trainer.card import card
from trainer.checkpoints import newest_checkpoint, read_checkpoint
from trainer.config import TrainConfig
from trainer.events import Event
from trainer.folder import RunError
from trainer.history import read_events, surviving
from trainer.records import read_record
from trainer.tasks import task_of
from trainer.validation import PROBES
from transformer.analysis.example import load_example, record, save_example
from transformer.bundle import load_bundle

PREFIX = "model."  # of the Transformer inside the LightningModule


def export(
    folder: Path,
    target: Path | None = None,
    title: str | None = None,
    eight_bits: bool = False,
) -> Path:
    """Write the run's newest sound checkpoint as a bundle, to `target` or the run's own `export/`.

    eight_bits: store its matrices as int8, else all is float16. Averaged weights where the run
    keeps an average. Raises `RunError` where there is nothing yet.
    """
    path = newest_checkpoint(folder / "checkpoints")
    if path is None:
        raise RunError(f"The run {folder.name} has no checkpoint yet: let it train or save first.")
    checkpoint = read_checkpoint(path)
    step = checkpoint["global_step"]
    spec = read_record(folder / "spec.json") or {}
    config = TrainConfig.from_dict(spec.get("config", {}))
    task = task_of(config)
    model = task.model(folder)
    weights = {k.removeprefix(PREFIX): v for k, v in checkpoint["state_dict"].items()}
    model.load_state_dict(weights)
    about = {
        "title": title or f"{config.preset} · {folder.name}",
        "run": folder.name,
        "step": step,
    }
    events = read_events(folder)
    extras = {
        "card.md": card(folder, config, step, events, sum(p.numel() for p in model.parameters())),
        "metrics.jsonl": metrics_lines(e for e in surviving(events) if (e.step or 0) <= step),
    }
    target = target or folder / "export"
    task.save(target, folder, model, about, extras, eight_bits)
    if config.task == "translate":
        record_example(target, first_probe(events))
    return target


def first_probe(events: Iterable[Event]) -> str | None:
    """The sentence that the run translated first at each validation; None where it has none."""
    told = [event.fields.get("translations") for event in events if event.kind == "sample"]
    return next((str(lines[0]["src"]) for lines in told if lines), None)


def record_example(folder: Path, text: str | None = None) -> None:
    """Write the recorded look of `text` into a bundle, unless its model is too short for it.

    Without a text that of the example already there, or the first probe. The bundle is read back,
    so that the weights are the ones that a page will load.
    """
    bundle, there = load_bundle(folder), load_example(folder)
    text = text or (there.src if there else PROBES[0])
    if len(bundle.src_tokenizer.encode(text).ids) < bundle.model.config.max_tokens:
        save_example(folder, record(bundle, text))


def metrics_lines(events: Iterable[Event]) -> str:
    """The metric events as JSON lines of step and numbers, but not those of the machine."""
    told = ((e.step, e.fields) for e in events if e.kind == "metric")
    points = [
        {"step": step, **fields}
        for step, fields in told
        if not any(name.startswith("machine/") for name in fields)
    ]
    return "".join(json.dumps(point) + "\n" for point in points)


def main() -> int:
    """The command line of the supervisor."""
    parser = argparse.ArgumentParser(prog="python -m trainer.export")
    parser.add_argument("folder", type=Path)
    try:
        print(f"Exported {export(parser.parse_args().folder)}.")
    except (ValueError, OSError) as error:
        print(f"The export failed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
