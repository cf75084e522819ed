"""The model card: what a bundle was trained on, how, where, for how long, and how good it is."""

import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

from trainer.config import TrainConfig
from trainer.data_lines import data_lines
from trainer.events import Event
from trainer.presets import PRESETS
from trainer.progress import duration
from trainer.task_settings import TASKS, TASKS_OF
from trainer.tasks import task_of

SCORES = "## Scores"


def card(
    folder: Path, config: TrainConfig, step: int, events: Sequence[Event], parameters: int
) -> str:
    """The card of a run's bundle at `step`, as Markdown, from what the run folder recorded."""
    purpose, what = task_of(config).describe()
    return "\n".join(
        [
            f"# {config.preset}: {purpose}",
            "",
            f"{what}, {parameters:,} parameters.",
            "",
            "## Data",
            *data_lines(folder, task_of(config).items),
            "",
            "## Recipe",
            *recipe_lines(config, step),
            "",
            "## Hardware and time",
            *hardware_lines(events),
            f"- {duration(3600 * wall_hours(events, step))} of wall time until this step, over "
            f"{attempts(events)}",
            "",
            "## While training",
            *validation_lines(config, events, step),
            "",
        ]
    )


def recipe_lines(config: TrainConfig, step: int) -> list[str]:
    """The step, and every setting that the task knows and that differs from the preset."""
    preset = PRESETS[config.preset].to_dict()
    own = {
        name: value
        for name, value in config.to_dict().items()
        if value != preset[name] and config.task in TASKS_OF.get(name, TASKS)
    }
    for named_elsewhere in ("data", "start_from", "tokenizer_file"):
        own.pop(named_elsewhere, None)
    changed = ", ".join(f"{name} {value}" for name, value in own.items())
    start = f", from the weights of {Path(config.start_from).name}" if config.start_from else ""
    if config.tokenizer_file:
        start += f", with the tokenizer {Path(config.tokenizer_file).name}"
    known = config.task in TASKS_OF["label_smoothing"]
    smoothing = f", label smoothing {config.label_smoothing:g}" if known else ""
    return [
        f"- preset {config.preset} at step {step:,}{start}",
        f"- changed: {changed or 'nothing'}",
        f"- {config.optimiser}, rate {config.rate:g}, {config.batch_tokens:,} padded tokens a "
        f"batch{smoothing}, seed {config.seed}",
    ]


def validation_lines(config: TrainConfig, events: Sequence[Event], step: int) -> list[str]:
    """The newest validation of the run itself."""
    found: dict[str, float] = {}
    for event in events:
        if event.kind == "metric" and event.step is not None and event.step <= step:
            values = {k: v for k, v in event.fields.items() if k.startswith("val/")}
            found = {**values, "step": event.step} if values else found
    if not found:
        return ["- no validation yet"]
    step_of = found.pop("step")
    scores = {name.removeprefix("val/"): value for name, value in found.items()}
    task = task_of(config)
    return [f"- at step {step_of:,}, on the {task.items} held out: {task.validation_line(scores)}"]


def attempts(events: Sequence[Event]) -> str:
    """In how many sittings a run came about."""
    count = len({event.attempt for event in events})
    return "one attempt" if count == 1 else f"{count} attempts"


def wall_hours(events: Sequence[Event], step: int) -> float:
    """Hours in which attempts ran, up to `step`; pauses between attempts do not count."""
    spans: dict[int, list[float]] = {}
    for event in events:
        if event.step is None or event.step <= step:
            spans.setdefault(event.attempt, []).append(event.mono)
    return sum(max(times) - min(times) for times in spans.values()) / 3600


def hardware_lines(events: Sequence[Event]) -> list[str]:
    """What each attempt said it ran on, every machine once."""
    named = (event.fields.get("hardware") for event in events if event.kind == "alert")
    found = dict.fromkeys(name for name in named if isinstance(name, str))
    return [f"- {name}" for name in found] or ["- hardware not recorded"]


def hardware(device: str) -> str:
    """What a run on `device` has: the GPU, or the processor and the number of its cores."""
    if device == "cuda":
        import torch

        return f"one {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} cores of {processor()}"


def processor() -> str:
    """The processor's name as the system tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1) if found else platform.machine()


def with_scores(text: str, table: str) -> str:
    """The card `text` with the section of measured scores replaced by `table`."""
    return f"{text.split(SCORES)[0].rstrip()}\n\n{SCORES}\n{table}\n"
