"""How long a stop waits before it is insisted on: as long as something could be lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trainer.small_runs import wait_for
from trainer.engines import LocalChild
from trainer.events import EventWriter
from trainer.insistence import HASTE_SECONDS, KILL_SECONDS, Insistence, grace_seconds
from trainer.runs import Run, create_run


@pytest.fixture
def child(run: Run) -> Iterator[LocalChild]:
    """A trainer that ignores SIGTERM."""
    program = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.05; done"]
    child = LocalChild(program, run, keep=[])
    wait_for(run, lambda: run.log.read_text() == "deaf\n")
    yield child
    child.kill()
    child.process.wait()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DAWN_RUNS", str(tmp_path / "runs"))
    return create_run({}, [])


def signals(insistence: Insistence, until: int = 400) -> dict[str, int]:
    """The second, from the request on, at which each signal is sent."""
    sent: dict[str, int] = {}
    for second in range(until):
        insistence.insist(1000.0 + second, stop=True, kill=False)
        if insistence.sent:
            sent.setdefault(insistence.sent, second)
    return sent


@pytest.mark.parametrize(
    ("phase", "fields", "term", "kill"),
    [
        (None, {}, 0, HASTE_SECONDS),
        ("preparing data", {}, 0, HASTE_SECONDS),
        ("validation", {}, 0, HASTE_SECONDS),
        ("training", {"update_seconds": None}, 0, HASTE_SECONDS),
        ("training", {"update_seconds": 0.5}, 30, 30 + KILL_SECONDS),
        ("training", {"update_seconds": 60.0}, 180, 180 + KILL_SECONDS),
        ("training", {}, 30, 30 + KILL_SECONDS),
        ("something new", {}, 30, 30 + KILL_SECONDS),
    ],
)
def test_the_grace_is_as_long_as_something_could_be_lost(
    run: Run, child: LocalChild, phase: str | None, fields: dict, term: int, kill: int
) -> None:
    if phase:
        with EventWriter(run.events, 1) as events:
            events.phase(phase, 100.0, **fields)
            events.metric(1, {"train/loss": 0.0})
    sent = signals(Insistence(child, run, 1, grace=30.0))
    assert sent == {"SIGTERM": term, "SIGKILL": kill}
    assert child.process.wait(5) == -9


def test_a_phase_that_began_long_ago_is_known(run: Run, child: LocalChild) -> None:
    """Behind two MiB of points: what is trained since must not be taken for nothing."""
    with EventWriter(run.events, 1) as events:
        events.phase("preparing data", 100.0)
        events.phase("training", 100.0, update_seconds=0.5)
        for step in range(40):
            events.write("sample", step=step, text="x" * 50_000)
    assert signals(Insistence(child, run, 1, grace=30.0)) == {"SIGTERM": 30, "SIGKILL": 40}


def test_a_training_that_goes_on_after_the_signal_has_its_grace_again(
    run: Run, child: LocalChild
) -> None:
    """The validation was over just before SIGTERM came: the update to come must not be lost."""
    with EventWriter(run.events, 1) as events:
        insistence = Insistence(child, run, 1, grace=30.0)
        events.phase("validation", 100.0)
        insistence.insist(999.0, stop=True, kill=False)
        assert insistence.sent == "SIGTERM"
        events.phase("training", 100.0, update_seconds=60.0)
        assert signals(insistence)["SIGKILL"] == 180 + KILL_SECONDS - 1


def test_nothing_is_sent_before_somebody_asks(run: Run, child: LocalChild) -> None:
    insistence = Insistence(child, run, 1, grace=0.0)
    insistence.insist(0.0, stop=False, kill=False)
    assert insistence.sent is None and child.poll() is None
    insistence.insist(1.0, stop=True, kill=True)
    assert insistence.sent == "SIGKILL" and child.process.wait(5) == -9


def test_a_grace_that_is_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAWN_GRACE", "soon")
    assert grace_seconds() == 30.0 and "DAWN_GRACE" in capsys.readouterr().out
    monkeypatch.setenv("DAWN_GRACE", "0")
    assert grace_seconds() == 0.0
