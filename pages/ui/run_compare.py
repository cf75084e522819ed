"""Any number of runs in one chart and one table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

import streamlit as st

from pages.figures.curves import Curve, Panel, growing_end, panels_data
from pages.ui.components import pack
from pages.ui.run_choice import MOST, compare
from pages.ui.run_curves import axes_of, curves_view, smoothing
from pages.ui.run_head import duration
from pages.ui.run_standing import known_status
from pages.ui.runs import Reading, seconds_trained, smoothed, watch
from pages.ui.theme import head_colour
from trainer.config import TrainConfig
from trainer.folder import Run
from trainer.keeping import shown
from trainer.notes import title
from trainer.runs import list_runs
from trainer.settings import CODE

REFRESH = "2s"
_PANELS = (
    ("mean/loss", "Training loss", 3, "line"),
    ("val/nll", "Held-out NLL", 3, "points"),
    ("val/bleu", "BLEU", 1, "points"),
    ("tokens_per_second", "Tokens a second", 0, "line"),
)
_RESULTS = (
    ("Loss", "mean/loss", ".3f"), ("Held-out NLL", "val/nll", ".3f"), ("BLEU", "val/bleu", ".1f"),
    ("chrF", "val/chrf", ".1f"), ("Tokens", "tokens", ",.0f"),
)  # fmt: skip


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
    for name, heading, digits, style in _PANELS:
        lines = []
        for number, run in enumerate(runs, 1):
            curves = {**readings[run.id].curves, **smoothed(watch(run).reader, width)}
            if name in curves:
                own = {axis: axes[run.id][axis] for axis in common}
                lines.append(
                    Curve(title(run), *curves[name], head_colour(number), style,
                          readings[run.id].gaps.get(name), run.id, own)
                )  # fmt: skip
        panels.append(Panel(heading, lines, digits, log=name == "mean/loss"))
    steps = [reading.step or 1 for reading in readings.values()]
    alive = any(known_status(run).alive for run in runs)
    end = growing_end(max(steps)) if alive else max(steps)
    header, arrays = panels_data(panels, end=end, run=",".join(run.id for run in runs))
    ends = {axis: max(found[axis].end for found in axes.values()) for axis in common}
    return pack({**header, "ends": {**header["ends"], **ends}}, arrays)


def results_table(runs: Sequence[Run], readings: Mapping[str, Reading]) -> str:
    """How far each came."""
    rows = []
    for run in runs:
        state, latest = known_status(run), readings[run.id].latest
        step = state.step if state.step is not None else readings[run.id].step
        numbers = [format(latest[key], form) if key in latest else "–" for _, key, form in _RESULTS]
        told = (state.state, f"{step or 0:,}", *numbers, duration(seconds_trained(run, state)))
        rows.append((title(run), *told))
    return table(("", "", "Step", *(name for name, _, _ in _RESULTS), "Trained for"), rows)


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
