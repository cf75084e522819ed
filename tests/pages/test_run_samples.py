"""The film strip: what changed is lit, and nothing a model wrote becomes HTML."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pages.ui.run_pictures import pictures_of
from pages.ui.run_samples import frames, lit_words, strip, telling
from pages.ui.runs import Watch
from trainer.events import EventReader, EventWriter
from trainer.images import ANSWERS, image_data
from trainer.presets import PRESETS
from trainer.runs import create_run
from trainer.validation import PROBES


def test_new_words_are_lit() -> None:
    assert lit_words("la casa rossa", "la macchina rossa") == "la <b>macchina</b> rossa"
    assert lit_words("", "ciao") == "<b>ciao</b>"
    assert lit_words("ciao", "ciao") == "ciao"
    assert lit_words("ciao", "") == ""
    assert lit_words("key 87% cat 5%", "key 99% dog 5%", True) == "key 99% <b>dog</b> 5%"
    assert lit_words("key 87%", "key 99%") == "key <b>99%</b>"


def test_what_a_model_wrote_is_text() -> None:
    shown = strip([(0, "<script>a</script>"), (5, "<b>bold</b> & more")])
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<b>&lt;b&gt;bold&lt;/b&gt; &amp; more</b>" in shown


@pytest.mark.parametrize(("preset", "size"), [("digits", 96), ("scenes", 96)])
def test_a_picture_is_the_one_that_was_asked_about(runs: Path, preset: str, size: int) -> None:
    config = PRESETS[preset]
    found = pictures_of(create_run(config.to_dict(), [], run_id=preset))
    assert list(found) == [f"image {number + 1}" for number in range(ANSWERS)]
    held_out = image_data(config).valid
    for number, address in enumerate(found.values()):
        data = base64.b64decode(address.removeprefix("data:image/png;base64,"))
        shown = np.atleast_3d(np.asarray(Image.open(io.BytesIO(data)))).transpose(2, 0, 1)
        pixels = held_out[number][0]
        times = size // pixels.shape[-1]
        assert np.array_equal(shown, pixels.repeat(times, 1).repeat(times, 2))
        assert address in strip([(1, "a")], address)
    assert pictures_of(create_run(PRESETS["nano"].to_dict(), [], run_id="words")) == {}


def test_frames_of_a_sentence_by_step(tmp_path: Path) -> None:
    def sample(events: EventWriter, step: int, out: str) -> None:
        lines = [{"src": "a", "out": out}, {"src": "b", "out": "other"}]
        events.write("sample", step=step, translations=lines)

    with EventWriter(tmp_path, 1) as events:
        sample(events, 0, "noise")
        sample(events, 10, "ten")
        sample(events, 20, "gone back behind")
    with EventWriter(tmp_path, 2) as events:
        events.write("resume", step=10, from_step=10)
        sample(events, 20, "twenty")
    reading = Watch(EventReader(tmp_path)).read()
    assert frames(reading, "a") == [(0, "noise"), (10, "ten"), (20, "twenty")]
    assert frames(reading, "never") == []
    assert strip(frames(reading, "a")).index("step 20") < strip(frames(reading, "a")).index(
        "step 0<"
    )


def test_the_choice_begins_at_a_sentence_of_the_runs_own_world() -> None:
    probes: list[dict[str, str]] = [{"src": probe, "out": "x"} for probe in PROBES]
    verse = {"src": "God said", "out": "E Iddio disse", "ref": "Poi Iddio disse"}
    assert "button" in PROBES[telling("bible-web-diodati,libreoffice-help:500", probes)]
    assert telling("bible-web-diodati", [*probes, verse, verse]) == len(PROBES)
    assert telling("bible-web-diodati", probes) == 0  # before the first validation
    assert telling("tatoeba", [*probes, verse]) == 0
    assert telling("libreoffice-help", [verse]) == 0
    assert telling("libreoffice-help", []) == 0
