"""How the training page speaks of a run, by what the run learns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer.folder import Run

Score = tuple[str, str, str]
"""The metric of the events, its name for a person, and how its number is written."""


@dataclass(frozen=True)
class TaskWords:
    """scores: the first stands in the head of the run, all in a chart. labels: what has one.
    answers: the view of what the model says. marked: whether the lesson's loss is a mark for it."""

    scores: tuple[Score, ...]
    labels: str
    answers: str
    validating: str
    marked: bool = False
    inside: bool = False


TRANSLATE = TaskWords(
    (("val/bleu", "BLEU", ".1f"), ("val/chrf", "chrF", ".1f")),
    "Tokens",
    "Translations",
    "Translating the held-out pairs.",
    marked=True,
    inside=True,
)
PAGES = ("attention", "translate", "tokens", "embeddings", "positions")  # of a translator
MACHINES = {"fill": "encoder", "continue": "decoder"}  # what a task makes, on the machines page
WORDS: dict[str, TaskWords] = {
    "translate": TRANSLATE,
    "fill": TaskWords(
        (("val/accuracy", "Accuracy", ".1%"), ("val/among_five", "among five", ".1%")),
        "Hidden pieces",
        "Filled words",
        "Filling words of the held-out lines.",
    ),
    "continue": TaskWords(
        (("val/accuracy", "Next-piece accuracy", ".1%"),),
        "Tokens",
        "Continuations",
        "Reading the held-out lines.",
    ),
    "see": TaskWords(
        (
            ("val/accuracy", "Accuracy", ".1%"),
            ("val/recall", "Recall", ".1%"),
            ("val/style_recall", "of the other style", ".1%"),
        ),
        "Images",
        "What it sees",
        "Looking at the held-out images.",
    ),
}


def words_of(run: Run) -> TaskWords:
    """The words for what a run learns; runs of before there were tasks translate."""
    return WORDS.get(str(run.config.get("task", "translate")), TRANSLATE)


def pages_of(run: Run) -> dict[str, dict[str, str]]:
    """The pages in which a run's model can be looked into, and what opens it there."""
    config = run.config
    task, eyes = str(config.get("task", "translate")), str(config.get("eyes"))
    if task == "see":
        own = {"gradcam": {"gradcam": f"model-{run.id}"}} if config.get("images") == "emoji" else {}
        return {"vision": {"vision": f"model-{run.id}"}, **own} if eyes == "vision" else own
    if task in MACHINES:
        return {"machines": {"machines": f"{MACHINES[task]}-{run.id}"}}
    return {page: {"model": run.id} for page in PAGES}


def of_task(text: Mapping[str, str], name: str, run: Run) -> str:
    """A section of the page's prose, the task's own where there is one."""
    return text.get(f"{name} {run.config.get('task')}", text[name])
