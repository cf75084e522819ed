"""The end of a file of events is found without the rest."""

from __future__ import annotations

from pathlib import Path

from tests.trainer.raw_events import raw_metric
from trainer.event_format import event_file, last_events, last_of_kind
from trainer.events import EventWriter


def test_the_end_of_a_file_is_read_without_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "0001.jsonl"
    path.write_bytes(b"".join(raw_metric(step) for step in range(5_000)) + b"torn")
    newest = list(last_events(path))
    assert newest[0].step == 4_999 and newest[1].step == 4_998
    assert len(newest) < 200
    with open(path, "ab") as file:
        file.write(b"x" * 50_000 + b"\n")
    assert next(last_events(path)).step == 4_999
    assert list(last_events(tmp_path / "none.jsonl")) == []


def test_a_phase_is_found_behind_garbage(tmp_path: Path) -> None:
    path = event_file(tmp_path, 1)
    with EventWriter(tmp_path, 1) as events:
        events.phase("training", expect=20.0)
        events.write("alert", message='not a "kind":"phase" of ours')
    with path.open("ab") as file:
        file.write(b'\x00\xff{"kind":"phase"\n' * 3 + b'{"torn "kind":"phase"')
    found = last_of_kind(path, "phase")
    assert found and found.fields["expect"] == 20.0
    assert last_of_kind(path, "end") is None
    assert last_of_kind(tmp_path / "none", "phase") is None
