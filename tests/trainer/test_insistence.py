"""How long a stop waits before it is insisted on: as long as something could be lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trainer.small_runs import wait_for
from tests.trainer.workshop import Workshop, ended, training, wait_for_status
from trainer.engines import LocalChild
from trainer.events import EventReader, EventWriter
from trainer.insistence import HASTE_SECONDS, KILL_SECONDS, Insistence, grace_seconds
from trainer.records import read_record
from trainer.runs import Run, create_run, request


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
def run(runs: Path) -> Run:
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


@pytest.mark.parametrize(("behaviour", "sent"), [("slow", "SIGTERM"), ("deaf", "SIGKILL")])
def test_a_stop_is_insisted_on(workshop: Workshop, behaviour: str, sent: str) -> None:
    run = workshop.start(behaviour)
    training(run)
    request(run, "stop")
    stands = ended(run)
    assert stands.state == "stopped" and "did not react" in stands.reason
    record = read_record(run.exit_record(1))
    assert record and (record["escalated"], record["signal"]) == (sent, sent)


@pytest.mark.parametrize("behaviour", ["importing", "preparing", "stubborn"])
@pytest.mark.slow
def test_a_stop_before_the_training_waits_for_no_grace(
    workshop: Workshop, behaviour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it imports, while it prepares its data, and deaf at that: nothing can be lost yet."""
    monkeypatch.setenv("DAWN_GRACE", "600")
    run = workshop.start(behaviour)
    phase = None if behaviour == "importing" else "preparing data"
    wait_for_status(run, lambda s: s.state == "running" and s.phase == phase)
    request(run, "stop")
    stands = wait_for_status(run, lambda s: not s.alive, seconds=10.0)
    assert (stands.state, stands.reason) == (
        "stopped",
        "It was stopped; nothing is saved yet, so a resume begins at the beginning.",
    )
    (end,) = (event for event in EventReader(run.events).read() if event.kind == "end")
    assert end.fields == {"outcome": "stopped", "reason": stands.reason}
    assert not run.export.exists()


def test_a_stop_while_the_ranks_are_started(workshop: Workshop) -> None:
    """Who starts them heeds it, and none of them could say a word yet."""
    run = workshop.start("starting ranks")
    wait_for_status(run, lambda s: run.log.exists() and "They are starting" in run.log.read_text())
    request(run, "stop")
    stands = ended(run)
    assert stands.state == "stopped" and stands.reason.startswith("It was stopped; nothing is")


def test_a_grace_that_is_no_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DAWN_GRACE", "soon")
    assert grace_seconds() == 30.0 and "DAWN_GRACE" in capsys.readouterr().out
    monkeypatch.setenv("DAWN_GRACE", "0")
    assert grace_seconds() == 0.0
