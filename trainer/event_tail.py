"""Following one growing file of events by its byte offset."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from trainer.event_columns import Metrics, parse_metrics
from trainer.event_format import MAX_LINE, Event

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

    def read(self) -> Iterator[Event | Metrics]:
        """What was added, a chunk of the file at a time; to be asked for until its end."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self._offset)
                while chunk := file.read(_CHUNK):
                    if self._offset == 0:
                        self._head = chunk[:_HEAD]
                    lines, used = self._lines(chunk)
                    if not used:
                        break
                    self._offset += used
                    file.seek(self._offset)
                    yield from self._events(lines)
        except FileNotFoundError:
            return

    def _lines(self, chunk: bytes) -> tuple[list[bytes], int]:
        """The complete lines of `chunk`, and how many of its bytes are done with."""
        complete, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            if not self._in_long_line:
                if len(rest) <= MAX_LINE:
                    return [], 0  # a line that is still being written
                self._in_long_line = True
                self.skipped += 1
            return [], len(rest)
        lines = complete.split(b"\n")
        if self._in_long_line:
            del lines[0]  # the end of a long line, counted when it began
            self._in_long_line = False
        return lines, len(complete) + 1

    def _events(self, lines: list[bytes]) -> Iterator[Event | Metrics]:
        fitting = [line for line in lines if 0 < len(line) <= MAX_LINE]
        self.skipped += len(lines) - len(fitting) - lines.count(b"")
        for told in parse_metrics(fitting):
            if told is None:
                self.skipped += 1
            else:
                yield told
