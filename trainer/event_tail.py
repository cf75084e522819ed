"""Following one growing file of events by its byte offset."""

from __future__ import annotations

import os
from pathlib import Path

from trainer.event_format import MAX_LINE, Event, parse_lines

_CHUNK = 8 << 20
_HEAD = 256


class EventTail:
    """One file, read from where the last reading ended, complete lines only."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.skipped = 0
        self._offset = 0
        self._head = b""
        self._in_long_line = False

    def replaced(self) -> bool:
        """Whether what was read is no longer what the file begins with."""
        try:
            with open(self.path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                return size < self._offset or file.read(len(self._head)) != self._head
        except OSError:
            return True

    def read(self) -> list[Event]:
        events: list[Event] = []
        try:
            with open(self.path, "rb") as file:
                file.seek(self._offset)
                while chunk := file.read(_CHUNK):
                    if self._offset == 0:
                        self._head = chunk[:_HEAD]
                    used = self._use(chunk, events)
                    if not used:
                        break
                    self._offset += used
                    file.seek(self._offset)
        except FileNotFoundError:
            return events
        return events

    def _use(self, chunk: bytes, events: list[Event]) -> int:
        """Parse the complete lines of `chunk` into `events`; how many bytes are done with."""
        complete, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            if not self._in_long_line:
                if len(rest) <= MAX_LINE:
                    return 0  # a line that is still being written
                self._in_long_line = True
                self.skipped += 1
            return len(rest)
        lines = complete.split(b"\n")
        if self._in_long_line:
            del lines[0]  # the end of a long line, counted when it began
            self._in_long_line = False
        lines = [line for line in lines if line]
        fitting = [line for line in lines if len(line) <= MAX_LINE]
        sound = [event for event in parse_lines(fitting) if event is not None]
        self.skipped += len(lines) - len(sound)
        events += sound
        return len(complete) + 1
