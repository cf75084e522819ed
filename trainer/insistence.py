"""How a stop is insisted on, and that nobody waits for what cannot be lost."""

from __future__ import annotations

import os

from trainer.checkpoints import what_is_saved
from trainer.engines import Child
from trainer.event_format import last_of_kind
from trainer.events import event_file, last_events
from trainer.folder import Run

GRACE_SECONDS = 30.0  # from a request to stop to SIGTERM; DAWN_GRACE overrides it
KILL_SECONDS = 10.0  # from SIGTERM to SIGKILL, or the grace if that is shorter
HASTE_SECONDS = 3.0  # the same where nothing can be lost
UPDATES = 3  # the grace is as long as so many, where they are slow: a stop waits for the end of one


class Insistence:
    """Watches over a trainer that was asked to stop: SIGTERM after `grace` seconds, then SIGKILL.

    Before the first update has ended and during a validation nothing can be lost: SIGTERM is sent
    at once. A wish to kill leaves SIGTERM out.
    """

    def __init__(self, child: Child, run: Run, attempt: int, grace: float) -> None:
        self.child, self.grace = child, grace
        self.run, self.attempt = run, attempt
        self.sent: str | None = None
        self.in_haste = False  # the newest signal was sent where nothing could be lost
        self._asked_at: float | None = None
        self._sent_at = 0.0

    def insist(self, now: float, *, stop: bool, kill: bool) -> None:
        """Send what is due at `now`, monotonic seconds. Call it as long as the trainer lives."""
        if kill and self.sent != "SIGKILL":
            self._send("SIGKILL", now)
        if not stop or self.sent == "SIGKILL":
            return
        if self._asked_at is None:
            self._asked_at = now
        grace = self._grace()
        haste = grace is None
        if self.sent is None and now - self._asked_at >= (grace or 0.0):
            self.in_haste = haste
            self._send("SIGTERM", now)
        elif self.sent == "SIGTERM":
            patience = min(HASTE_SECONDS if haste else KILL_SECONDS, self.grace)
            if self.in_haste:  # where it went on training meanwhile, it has its grace again
                patience += grace or 0.0
            if now - self._sent_at >= patience:
                self.in_haste = haste
                self._send("SIGKILL", now)

    def last_word(self) -> str | None:
        """How the trainer ended, where a signal left it no word; None where it has said so."""
        if not self.sent:
            return None
        code = self.child.returncode or 0
        file = event_file(self.run.events, self.attempt)
        if code > 0 or (code == 0 and last_of_kind(file, "end")):
            return None  # what it said counts; its ranks may have had no time to
        how = "It did not react to the request to stop and was ended"
        if (self.run.control / "kill").exists():
            how = "It was killed as asked"
        elif self.in_haste:
            how = "It was stopped"
        return f"{how}; {what_is_saved(self.run.checkpoints)}."

    def _send(self, name: str, now: float) -> None:
        if name == "SIGTERM":
            self.child.terminate()
        else:
            self.child.kill()
        self.sent, self._sent_at = name, now

    def _grace(self) -> float | None:
        """Seconds that a stop may take as the trainer stands, None where nothing can be lost."""
        file = event_file(self.run.events, self.attempt)
        newest = next(last_events(file), None)
        if newest is None or newest.phase in (None, "preparing data", "validation"):
            return None
        began = last_of_kind(file, "phase")  # None where it lies too far back to be looked for
        seconds = began.fields.get("update_seconds", 0.0) if began else 0.0
        if seconds is None:  # the first update of the attempt has not ended yet
            return None
        slow = UPDATES * seconds if isinstance(seconds, int | float) else 0.0
        return max(self.grace, slow)


def grace_seconds() -> float:
    """How long a trainer may take to react to a stop: DAWN_GRACE in seconds, else 30."""
    wish = os.environ.get("DAWN_GRACE", "")
    try:
        return max(0.0, float(wish)) if wish else GRACE_SECONDS
    except ValueError:
        print(f"DAWN_GRACE is {wish!r}, no number of seconds; {GRACE_SECONDS:.0f} it is.")
        return GRACE_SECONDS
