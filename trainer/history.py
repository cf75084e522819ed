"""All that a run told, over its attempts, without what a later resume went back behind."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from trainer.events import Event, EventReader


def read_events(folder: Path) -> list[Event]:
    """Every event of the run in `folder`, in their order, undone ones included."""
    return EventReader(folder / "events").read()


def surviving(events: Iterable[Event]) -> list[Event]:
    """The events that count: of an attempt, those up to where a later one went on."""
    told = list(events)
    resumes = [(e.attempt, e.fields.get("from_step")) for e in told if e.kind == "resume"]
    return [event for event in told if not _is_undone(event, resumes)]


def _is_undone(event: Event, resumes: Sequence[tuple[int, object]]) -> bool:
    return event.step is not None and any(
        attempt > event.attempt and isinstance(step, int) and step < event.step
        for attempt, step in resumes
    )
