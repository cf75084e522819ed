"""A run on the terminal: a line every few seconds, validations, translations, and how it ended."""

import time
from typing import Any

from trainer.events import Event, EventReader
from trainer.folder import Run, RunError
from trainer.runs import request
from trainer.status import status

POLL = 0.5  # seconds between two looks at a run
SHOWN = 10.0  # seconds between two lines of the same kind
UNITS = {"fill": "hidden pieces", "see": "images"}  # by task: what has a label; else tokens


class Progress:
    """What a person reads of the events of one attempt; earlier attempts are passed over."""

    def __init__(self, steps: int, attempt: int, task: str = "translate") -> None:
        self.steps, self.attempt, self.unit = steps, attempt, UNITS.get(task, "tokens")
        self.shown: float | None = None  # when the last line was due, on the events' clock
        self.began: tuple[float, int] | None = None  # time and step of the attempt's first point

    def lines(self, event: Event) -> list[str]:
        """The lines for an event, often none."""
        if event.attempt < self.attempt:
            return []
        if event.attempt > self.attempt:  # started again by its supervisor, from an earlier step
            self.attempt, self.began, self.shown = event.attempt, None, None
        values = event.fields
        if event.kind == "resume" and values.get("from_step"):
            return [f"Going on from step {values['from_step']:,}."]
        if event.kind == "phase":
            return [] if event.phase == "training" else [f"{str(event.phase).capitalize()} ..."]
        if event.kind == "alert":
            self.steps = values.get("last_step", self.steps)
            return [str(values.get("message"))]
        if event.kind == "sample":
            return [text for line in values.get("translations", []) for text in translation(line)]
        if event.kind == "metric":
            return self._metric(event, values)
        return []

    def _metric(self, event: Event, values: dict[str, Any]) -> list[str]:
        step = event.step or 0
        if "val/nll" in values:
            return [f"step {step:,}  {validation(values)}"]
        if "epoch/loss" in values:
            part = "" if values.get("epoch/share", 1) >= 1 else f" ({values['epoch/share']:.0%})"
            return [f"epoch {values['epoch'] + 1}{part}  mean loss {shown(values['epoch/loss'])}"]
        if "train/loss" not in values:  # of the machine, which a terminal has other tools for
            return []
        self.began = self.began or (event.mono, step)
        if self.shown is not None and event.mono < self.shown + SHOWN and step != self.steps:
            return []
        self.shown = event.mono
        return [f"{self._place(step)}  {training(values, self.unit)}{self._left(event.mono, step)}"]

    def _place(self, step: int) -> str:
        total = f"{self.steps:,}"
        return f"step {step:>{len(total)},}/{total}"

    def _left(self, now: float, step: int) -> str:
        """How long the rest will take at the pace of this attempt, validations included."""
        if self.began is None or step <= self.began[1] or step >= self.steps:
            return ""
        pace = (now - self.began[0]) / (step - self.began[1])
        return f"  {duration(pace * (self.steps - step))} left"


def training(values: dict[str, Any], unit: str) -> str:
    """Loss, NLL, rate and speed of a point; unit: what has a label."""
    return (
        f"loss {shown(values['train/loss'])}  nll {shown(values['train/nll'])}  "
        f"rate {values['lr']:.2e}  {values['tokens_per_second']:,.0f} {unit}/s"
    )


NAMED = {  # scores of a validation that have a name and a form of their own
    "bits_per_character": ("{} bits/char", ".3f"),
    "bleu": ("BLEU {}", ".1f"),
    "chrf": ("chrF {}", ".1f"),
}


def validation(values: dict[str, Any]) -> str:
    """The numbers of a validation, whatever the task scores."""
    told = []
    for name, value in values.items():
        score = name.removeprefix("val/")
        form, digits = NAMED.get(score, (f"{score.replace('_', ' ')} {{}}", ".3f"))
        told.append(form.format("nan" if value is None else format(value, digits)))
    return f"held out: {'  '.join(told)}"


def translation(line: dict[str, str]) -> list[str]:
    """Source and translation, one under the other."""
    return [f"    {line['src']}", f"      -> {line['out']}"]


def shown(value: float | None) -> str:
    """A number with three digits; null is what an event makes of NaN."""
    return "nan" if value is None else f"{value:.3f}"


def duration(seconds: float) -> str:
    """Time for a person: 45 s, 12 min, 3 h 20 min."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def watch(run: Run) -> int:
    """Print what the run tells until it ends; Ctrl-C asks it to stop, a second one lets it go on.

    Exit code 0 when it finished or stopped, 1 when it failed or was lost.
    """
    reader, asked, place = EventReader(run.events), False, None
    config = run.config
    progress = Progress(config.get("steps", 0), status(run).attempt, str(config.get("task")))
    while True:
        try:
            state = status(run)  # before reading, so that the last events are read
            for event in reader.read():
                for line in progress.lines(event):
                    print(line, flush=True)
            if state.place is not None and state.place != place:
                place = state.place
                print(state.reason, flush=True)
            if not state.alive:
                print(f"{state.state}: {state.reason}", flush=True)
                return 0 if state.state in ("finished", "stopped") else 1
            time.sleep(POLL)
        except KeyboardInterrupt:
            if asked:
                print(f"\nIt goes on by itself: python -m trainer follow {run.id}", flush=True)
                return 0
            asked = True
            print(f"\n{ask_to_stop(run)}", flush=True)


def ask_to_stop(run: Run) -> str:
    """Ask, and say what happens now."""
    try:
        request(run, "stop")
    except RunError as error:
        return str(error)
    return "Asked it to save and stop; Ctrl-C again leaves it to itself."
