"""What a run's model makes of the same sentences, validation by validation."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import streamlit as st

from pages.ui.run_pictures import pictures_of
from pages.ui.runs import Reading
from pages.ui.task_words import of_task
from trainer.folder import Run

_SHOWN = 60  # frames of the strip, the newest
_HELP, _VERSES = "libreoffice-help", "bible-web-diodati"
_SHARE = re.compile(r"^\d+%")
_OF_THE_HELP = "Click the button to open the file."  # the probe in the words of that text


def run_samples(run: Run, reading: Reading, text: Mapping[str, str]) -> None:
    """One sentence over time as a film strip, all of them at the newest validation, and of the
    held-out ones those that went best and worst."""
    if not reading.samples:
        st.caption(text["no samples"])
        return
    st.caption(of_task(text, "samples", run))
    newest = reading.samples[-1].fields
    lines = newest.get("translations", [])
    sources = [line["src"] for line in lines]
    chosen = st.selectbox(
        "One of them over time" if run.config.get("task") == "see" else "One sentence over time",
        sources,
        index=telling(str(run.config.get("data", "")), lines),
        key="sample-sentence",
    )
    pictures = pictures_of(run)
    st.html(strip(frames(reading, chosen), pictures.get(chosen or "")))
    with st.expander("All of them at the newest validation", icon=":material/list:"):
        st.html(_pairs(lines, pictures))
    judged = [event.fields for event in reading.samples if event.fields.get("best")]
    if judged:
        with st.expander("Best and worst of the held-out sentences", icon=":material/rule:"):
            st.caption(text["extremes"])
            best, worst = st.columns(2, gap="large")
            for column, name in ((best, "best"), (worst, "worst")):
                with column:
                    st.markdown(f"**{name.capitalize()}**")
                    st.html(_pairs(judged[-1][name]))


def telling(data: str, lines: Sequence[Mapping[str, Any]]) -> int:
    """Where the choice of a sentence begins: one of a world that the run's text never speaks of
    would stay noise for ever. With verses it is a held-out verse, the first with a reference."""
    if _HELP in data:
        known = (line["src"] == _OF_THE_HELP for line in lines)
    else:
        known = (_VERSES in data and "ref" in line for line in lines)
    return next((place for place, is_known in enumerate(known) if is_known), 0)


def frames(reading: Reading, source: str | None) -> list[tuple[int, str]]:
    """Step and translation of a sentence at each sample, the oldest first; a step that a resume
    trained again counts once."""
    found: dict[int, str] = {}
    for event in reading.samples:
        for line in event.fields.get("translations", []):
            if line["src"] == source:
                found[event.step or 0] = str(line["out"])
                break
    return sorted(found.items())[-_SHOWN:]


def strip(shown: Sequence[tuple[int, str]], picture: str | None = None) -> str:
    """The frames side by side, the newest first; words that were not there before are lit. Before
    them the picture that was asked about, by its address."""
    cells = []
    for place, (step, out) in enumerate(shown):
        before = shown[place - 1][1] if place else ""
        words = lit_words(before, out, picture is not None) if place else html.escape(out)
        cells.append(f'<li><span>step {step:,}</span><p dir="auto">{words or "–"}</p></li>')
    film = f'<ol class="run-film" tabindex="0">{"".join(reversed(cells))}</ol>'
    return f'<div class="run-asked">{_image(picture)}{film}</div>' if picture else film


def lit_words(before: str, now: str, shares: bool = False) -> str:
    """`now` as HTML, its words that `before` did not have in that order in <b>. shares: another
    share of the same is nothing new."""
    old, new = before.split(), now.split()
    told = [[_SHARE.sub("%", word) if shares else word for word in words] for words in (old, new)]
    matcher = SequenceMatcher(a=told[0], b=told[1], autojunk=False)
    parts = []
    for kind, _, _, first, end in matcher.get_opcodes():
        words = html.escape(" ".join(new[first:end]))
        if words:
            parts.append(words if kind == "equal" else f"<b>{words}</b>")
    return " ".join(parts)


def _pairs(lines: list[dict[str, Any]], pictures: Mapping[str, str] | None = None) -> str:
    rows = []
    for line in lines:
        score = f" · chrF {line['chrf']:.0f}" if "chrf" in line else ""
        picture = (pictures or {}).get(str(line["src"]))
        reference = "In it" if picture else "Reference"
        about = f"{reference}: {html.escape(str(line['ref']))}{score}" if "ref" in line else ""
        rows.append(
            f"<li>{_image(picture)}<span>{html.escape(str(line['src']))}</span>"
            f'<p dir="auto">{html.escape(str(line["out"])) or "–"}</p>'
            f"{f'<small>{about}</small>' if about else ''}</li>"
        )
    return f'<ul class="run-pairs">{"".join(rows)}</ul>'


def _image(address: str | None) -> str:
    """A picture that we made, from its data; nothing where there is none."""
    return f'<img src="{address}" alt="" width="72" height="72">' if address else ""
