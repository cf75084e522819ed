"""What a run tells while it trains: one JSON object a line, one file an attempt and writer.

    {"schema": 1, "attempt": 1, "seq": 7, "wall": 1.7e9, "mono": 42.1, "kind": "metric",
     "step": 30, "phase": "training", "train/loss": 4.2, "lr": null, "nonfinite": {"lr": "nan"}}

`wall` is seconds since 1970, `mono` the host's monotonic clock in seconds. Every event names the
phase it fell in, so the last line alone tells where a run is. Further fields by kind:
metric: a number for each name · phase: `expect`, the seconds until the next event at the latest ·
resume: `from_step`, the first event of an attempt · end: `outcome` (finished, stopped, failed) and
`reason`, the last one · alert: `message` · sample, snapshot, checkpoint: what their writer needs.
"""

from trainer.downsample import minmax_downsample
from trainer.event_format import KINDS, MAX_LINE, Event, event_file, last_events
from trainer.event_reader import EventReader
from trainer.event_writer import EventWriter, Unheard

__all__ = [
    "KINDS",
    "MAX_LINE",
    "Event",
    "EventReader",
    "EventWriter",
    "Unheard",
    "event_file",
    "last_events",
    "minmax_downsample",
]
