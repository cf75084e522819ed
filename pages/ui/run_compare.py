"""Any number of runs in one chart and one table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TypeVar

import streamlit as st

from pages.figures.curves import Curve, Panel, growing_end, panels_data
from pages.ui.components import pack
from pages.ui.run_choice import MOST, compare
from pages.ui.run_curves import axes_of, curves_view, smoothing
from pages.ui.run_head import duration
from pages.ui.run_standing import known_status
from pages.ui.runs import Reading, seconds_trained, smoothed, watch
from pages.ui.task_words import Score, words_of
from pages.ui.theme import head_colour
from trainer.config import TrainConfig
from trainer.folder import Run
from trainer.keeping import shown
from trainer.notes import title
from trainer.runs import list_runs
from trainer.settings import CODE

T = TypeVar("T")
REFRESH = "2s"
_LOSSES = (("mean/loss", "Loss", ".3f"), ("val/nll", "Held-out NLL", ".3f"))


def run_compare(chosen: Sequence[Run], text: Mapping[str, str]) -> None:
    """The choice of the runs, then what they have in common and where they part."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        there = {run.id: title(run) for run in list_runs() if not run.problem}
        ids = st.multiselect(
            "Runs to compare",
            list(there),
            default=[run.id for run in chosen],
            format_func=lambda run_id: there.get(run_id, run_id),
            max_selections=MOST,
        )
        if st.button("Close", icon=":material/close:", type="tertiary"):
            compare(None)
            st.rerun()
    if ids != [run.id for run in chosen]:
        compare(ids)
        st.rerun()
    if not chosen:
        st.caption(text["compare none"])
        return
    every = REFRESH if any(known_status(run).alive for run in chosen) else None
    st.fragment(_compared, run_every=every)(chosen, text)


def _compared(runs: Sequence[Run], text: Mapping[str, str]) -> None:
    readings = {run.id: watch(run).read() for run in runs}
    width = smoothing(text["smoothing help"])
    curves_view(compared_blob(runs, readings, width), key="compared")
    st.caption(text["compare"])
    st.html(results_table(runs, readings))
    rows = differing(runs)
    if len(runs) > 1:
        st.markdown("**Settings that differ**" if rows else text["compare same"])
    if rows:
        heads = ("", *(title(run) for run in runs))
        st.html(table(heads, ((name, *map(shown, values)) for name, values in rows)))


def compared_blob(runs: Sequence[Run], readings: Mapping[str, Reading], width: int) -> bytes:
    """The same panels for all runs, a colour each; along tokens or time where all told of them."""
    axes = {run.id: axes_of(readings[run.id], alive=False) for run in runs}
    common = set.intersection(*(set(found) for found in axes.values()))
    panels = []
    for (name, heading, form), style in panels_of(runs, readings):
        lines = []
        for number, run in enumerate(runs, 1):
            curves = {**readings[run.id].curves, **smoothed(watch(run).reader, width)}
            if name in curves and is_of((name, heading, form), run):
                own = {axis: axes[run.id][axis] for axis in common}
                lines.append(
                    Curve(title(run), *curves[name], head_colour(number), style,
                          readings[run.id].gaps.get(name), run.id, own)
                )  # fmt: skip
        digits = 3 if "%" in form else int(form[-2])
        panels.append(Panel(heading, lines, digits, log=name == "mean/loss"))
    steps = [reading.step or 1 for reading in readings.values()]
    alive = any(known_status(run).alive for run in runs)
    end = growing_end(max(steps)) if alive else max(steps)
    header, arrays = panels_data(
        panels, end=end, run=",".join(run.id for run in runs), labels=learned_from(runs).lower()
    )
    ends = {axis: max(found[axis].end for found in axes.values()) for axis in common}
    return pack({**header, "ends": {**header["ends"], **ends}}, arrays)


def panels_of(runs: Sequence[Run], readings: Mapping[str, Reading]) -> list[tuple[Score, str]]:
    """What each panel shows, and its style: of a run's scores, the first that it told of."""
    first = distinct(score for run in runs for score in told_scores(run, readings)[:1])
    return [
        (("mean/loss", "Training loss", ".3f"), "line"),
        (("val/nll", "Held-out NLL", ".3f"), "points"),
        *((score, "points") for score in first),
        (("tokens_per_second", f"{learned_from(runs)} a second", ".0f"), "line"),
    ]


def is_of(score: Score, run: Run) -> bool:
    """Whether a number is of this run's task: two tasks call different scores by one name, so that
    one must not stand below the other's."""
    mine = words_of(run).scores
    return score in mine or score[0] not in {metric for metric, _, _ in mine}


def told_scores(run: Run, readings: Mapping[str, Reading]) -> list[Score]:
    """The scores of its task that a run has told of."""
    return [score for score in words_of(run).scores if score[0] in readings[run.id].curves]


def learned_from(runs: Sequence[Run]) -> str:
    """What has a label, if it is the same in all: tokens, hidden pieces, images."""
    names = distinct(words_of(run).labels for run in runs)
    return names[0] if len(names) == 1 else "Labels"


def distinct(found: Iterable[T]) -> list[T]:
    """Each once, in their order."""
    return list(dict.fromkeys(found))


def results_table(runs: Sequence[Run], readings: Mapping[str, Reading]) -> str:
    """How far each came, by every score that any of them told of."""
    wanted = [*_LOSSES, *distinct(score for run in runs for score in told_scores(run, readings))]
    wanted.append(("tokens", learned_from(runs), ",.0f"))
    rows = []
    for run in runs:
        state, latest = known_status(run), readings[run.id].latest
        step = state.step if state.step is not None else readings[run.id].step
        numbers = [
            format(latest[score[0]], score[2]) if score[0] in latest and is_of(score, run) else "–"
            for score in wanted
        ]
        told = (state.state, f"{step or 0:,}", *numbers, duration(seconds_trained(run, state)))
        rows.append((title(run), *told))
    names = [name[:1].upper() + name[1:] for _, name, _ in wanted]
    return table(("", "", "Step", *names, "Trained for"), rows)


def differing(runs: Sequence[Run]) -> list[tuple[str, list[object]]]:
    """The settings in which not all runs agree, in the form's order, and the code's version."""
    names = [each.name for each in fields(TrainConfig)]
    found = [(name, [run.config.get(name) for run in runs]) for name in names]
    found.append((CODE, [short(run.spec.get("git")) for run in runs]))
    return [(name, values) for name, values in found if any(v != values[0] for v in values)]


def short(revision: str | None) -> str | None:
    """The first digits of a commit, and whether the code differed from it."""
    if revision is None:
        return None
    commit, dirty, _ = revision.partition("-dirty")
    return f"{commit[:10]}{dirty}"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Text as an HTML table, escaped."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return (
        '<div class="run-table" tabindex="0"><table class="plan-text">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
