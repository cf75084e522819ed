"""What a hand-in says beside the loss: curve, held-out NLL, translations, settings, code."""

from __future__ import annotations

import html
import shlex
from collections.abc import Sequence
from typing import Any

import numpy as np

from trainer.card import attempts, hardware_lines, wall_hours
from trainer.config import TrainConfig
from trainer.curve import Series, curve_svg
from trainer.data_lines import corpus_name, data_lines
from trainer.events import Event
from trainer.folder import Run
from trainer.notes import read_notes
from trainer.presets import PRESETS
from trainer.scrub import Scrubber

LESSON_LOSS = 3.5
CURVE = "curve.svg"
_LINES = (
    ("train/loss", "training loss"),
    ("epoch/loss", "mean of an epoch"),
    ("val/nll", "held-out NLL"),
)
_MOST_SAMPLES = 12


def curve(metrics: Sequence[Event]) -> str:
    """Training and held-out loss by step, as SVG."""
    curves = {label: _series(metrics, name) for name, label in _LINES}
    return curve_svg({label: s for label, s in curves.items() if len(s[0])}, mark=LESSON_LOSS)


def held_out(metrics: Sequence[Event]) -> str:
    """The newest validation in one line."""
    scored = [event for event in metrics if "val/nll" in event.fields]
    if not scored:
        return "not measured: the run ended before its first validation"
    last = scored[-1]
    parts = [f"NLL **{number(last.fields['val/nll'])}** per target token"]
    for name, label in (("val/bleu", "BLEU"), ("val/chrf", "chrF")):
        if isinstance(value := last.fields.get(name), int | float):
            parts.append(f"{label} {value:.1f}")
    return f"{', '.join(parts)}, on pairs that were never trained on, at step {last.step:,}"


def sections(run: Run, events: Sequence[Event]) -> list[str]:
    """The rest of the page, as lines of Markdown. Raises ConfigError for a config of no sense."""
    config = TrainConfig.from_dict(run.config)
    scrubber = Scrubber(run)
    words = read_notes(run)
    argv = [scrubber.paths(word) for word in run.spec.get("argv", [])]
    packages = run.spec.get("packages") or {}
    step = max((event.step or 0 for event in events), default=0)
    return [
        *(["## Notes", one_line(words.name), one_line(words.note), ""] if words.note else []),
        "## Translations",
        *_translations(events),
        "",
        "## Settings",
        f"Preset `{config.preset}`; what differs from it is **bold**.",
        "",
        *_settings(config, scrubber),
        "",
        "## Data",
        *data_lines(run.path),
        "",
        "## Code and machine",
        f"- code version {run.spec.get('git') or 'not recorded'}",
        f"- {', '.join(f'{name} {version}' for name, version in packages.items())}",
        *hardware_lines(events),
        f"- {wall_hours(events, step):.2f} hours, over {attempts(events)}",
        "",
        f"Run with `{shlex.join(argv)}`.",
    ]


def number(value: Any) -> str:
    """Three digits, or what stands for no number."""
    return f"{value:.3f}" if isinstance(value, int | float) else "not a number"


def one_line(text: object) -> str:
    """A text of a person or a model as Markdown shows it: itself, in one line, within a table."""
    return html.escape(" ".join(str(text).split()), quote=False).replace("|", "\\|")


def _series(metrics: Sequence[Event], name: str) -> Series:
    told = [(event.step, event.fields[name]) for event in metrics if name in event.fields]
    values = [value if isinstance(value, int | float) else np.nan for _, value in told]
    return np.array([step or 0 for step, _ in told], np.int64), np.array(values, np.float64)


def _translations(events: Sequence[Event]) -> list[str]:
    samples = [event for event in events if event.kind == "sample"]
    if not samples:
        return ["None: the run ended before its first validation."]
    rows = [
        f"| {one_line(line['src'])} | {one_line(line['out'])} | {one_line(line.get('ref', ''))} |"
        for line in samples[-1].fields.get("translations", [])[:_MOST_SAMPLES]
    ]
    head = [f"The model's most probable pieces (greedy) at step {samples[-1].step or 0:,}.", ""]
    return [*head, "| sentence | translation | reference |", "|---|---|---|", *rows]


def _settings(config: TrainConfig, scrubber: Scrubber) -> list[str]:
    preset, values = PRESETS[config.preset].to_dict(), config.to_dict()
    corpora = (corpus_name(scrubber.paths(part)) for part in config.data.split(","))
    values["data"] = ", ".join(corpora)
    for name in ("start_from", "tokenizer_file"):
        values[name] = scrubber.paths(values[name])
    changed = {name for name, value in config.to_dict().items() if value != preset[name]}
    rows = []
    for name, value in values.items():
        shown = one_line(value) or "–"
        rows.append(f"| `{name}` | {f'**{shown}**' if name in changed else shown} |")
    return ["| setting | value |", "|---|---|", *rows]
