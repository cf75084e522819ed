"""The plan of a run: measured in a child process, cancelled, and said in words."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from pages.figures.plan import lengths, rate_curve
from pages.ui import measuring
from pages.ui.corpus_look import stamps
from pages.ui.run_plan import measured_words, short_time, size
from trainer.config import TrainConfig
from trainer.plan import rates
from trainer.presets import resolve

SMALL = {
    "vocab_size": 300, "encoder_layers": 1, "decoder_layers": 1, "d_model": 16, "d_ff": 16,
    "heads": 2, "max_tokens": 16, "batch_tokens": 32, "threads": 1,
}  # fmt: skip


@pytest.fixture
def config() -> TrainConfig:
    return resolve("nano", SMALL)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(st, "session_state", {})
    yield
    measuring.stop()


def answer(config: TrainConfig) -> dict[str, Any] | str | None:
    """What a measurement of these settings comes to, from its start to its end."""
    measuring.start(config)
    deadline = time.monotonic() + 120
    while measuring.seconds_so_far(config) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return measuring.measured(config)


@pytest.mark.slow
def test_a_measurement_is_made_beside_the_page(config: TrainConfig) -> None:
    assert measuring.measured(config) is None
    told = answer(config)
    assert isinstance(told, dict), told
    words = measured_words(config, told)
    assert words.startswith(f"An update took {short_time(told['update_seconds'])} on the CPU in ")
    assert "for 1,500 of them" in words


def test_settings_that_do_not_matter_share_a_measurement(config: TrainConfig) -> None:
    assert measuring.key_of(config) == measuring.key_of(resolve("nano", SMALL | {"steps": 700}))
    assert measuring.key_of(config) != measuring.key_of(resolve("nano", SMALL | {"d_ff": 32}))


def test_a_measurement_can_be_stopped(config: TrainConfig) -> None:
    measuring.start(config)
    job = st.session_state["plan.job"]
    assert measuring.seconds_so_far(config) is not None
    assert measuring.seconds_so_far(resolve("nano", SMALL | {"d_ff": 32})) is None
    measuring.stop()
    assert job.process.poll() is not None
    assert measuring.seconds_so_far(config) is None
    assert measuring.measured(config) is None


@pytest.mark.slow
def test_a_measurement_that_fails_says_why() -> None:
    config = resolve("nano", SMALL | {"device": "cuda"})
    told = answer(config)
    assert isinstance(told, str)
    assert "no CUDA device" in told


def test_an_answer_is_found_among_warnings() -> None:
    for said, answer in (('{"a": 1}\nwarning', {"a": 1}), ("warning", "warning")):
        process = subprocess.Popen(["printf", said], stdout=subprocess.PIPE)
        assert measuring._answer(measuring.Job("", process, 0.0)) == answer


def test_short_times_keep_their_digits() -> None:
    assert [short_time(s) for s in (2.0, 0.1, 0.0042)] == ["2.00 s", "0.10 s", "4.2 ms"]


def test_bytes_for_a_person() -> None:
    assert [size(5 << 20), size(3 << 29)] == ["5 MiB", "1.5 GiB"]


def test_stamps_follow_the_files(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("a\tb\n")
    first = stamps(f"libreoffice-help,{file}:10")
    assert first[0] == 0
    assert first[1] == file.stat().st_mtime_ns


def test_pictures_of_a_plan() -> None:
    config = resolve("nano", {})
    (curve,) = rate_curve(*rates(config)).data
    assert max(curve.y) == pytest.approx(config.rate)
    figure = lengths([3, 3, 5], [4, 4, 4], ("en", "it"))
    assert [trace.name for trace in figure.data] == ["en", "it"]
    assert sum(figure.data[0].y) == sum(figure.data[1].y) == 3
