"""The last phase of an attempt: what was learned becomes a bundle, in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from trainer.child import end_family, spawn
from trainer.events import EventWriter
from trainer.folder import Run

EXPORT_SECONDS = 900.0
_TICK = 0.1


def export_run(
    run: Run, command: Sequence[str], events: EventWriter, unwanted: Callable[[], bool]
) -> None:
    """Turn the checkpoint into a bundle; a failure is an alert, the run's state stays.

    unwanted: whether somebody wants the export to end.
    """
    events.phase("export", expect=EXPORT_SECONDS)
    problem = None
    try:
        child = spawn([*command, str(run.path)], run.log)
    except OSError as error:
        problem = f"The export could not be started: {error}."
    else:
        deadline = time.monotonic() + EXPORT_SECONDS
        while child.poll() is None:
            if unwanted() or time.monotonic() > deadline:
                end_family(child.pid)
                child.wait()
            time.sleep(_TICK)
        if child.returncode:
            problem = f"The export ended with code {child.returncode}; log.txt says why."
    if problem:
        events.write("alert", message=problem)
