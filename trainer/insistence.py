"""How a stop is insisted on, and that nobody waits for what cannot be lost."""

from __future__ import annotations

import signal
import subprocess

from trainer.child import end_group
from trainer.events import event_file, last_events
from trainer.folder import Run

KILL_SECONDS = 10.0  # from SIGTERM to SIGKILL, or the grace if that is shorter
HASTE_SECONDS = 3.0  # the same where nothing can be lost


class Insistence:
    """Watches over a trainer that was asked to stop: SIGTERM after `grace` seconds, then SIGKILL.

    Before the training and during a validation nothing can be lost: SIGTERM is sent at once. A
    wish to kill leaves SIGTERM out.
    """

    def __init__(
        self, child: subprocess.Popen[bytes], run: Run, attempt: int, grace: float
    ) -> None:
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
        haste = self._nothing_at_stake()
        if self.sent is None and (haste or now - self._asked_at >= self.grace):
            self.in_haste = haste
            self._send("SIGTERM", now)
        elif self.sent == "SIGTERM":
            patience = min(KILL_SECONDS, self.grace)
            if haste:
                patience = min(HASTE_SECONDS, patience)
            elif self.in_haste:  # it went on training meanwhile, and has its grace again
                patience += self.grace
            if now - self._sent_at >= patience:
                self.in_haste = haste
                self._send("SIGKILL", now)

    def _send(self, name: str, now: float) -> None:
        if name == "SIGTERM":
            self.child.send_signal(signal.SIGTERM)
        else:
            end_group(self.child.pid)
        self.sent, self._sent_at = name, now

    def _nothing_at_stake(self) -> bool:
        phase = None
        for event in last_events(event_file(self.run.events, self.attempt)):
            phase = event.phase
            break
        return phase in (None, "preparing data", "validation")
