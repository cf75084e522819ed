"""What deserves a person's attention in the numbers of a run, said once each time it happens."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Mapping

from trainer.events import EventWriter

WINDOW = 50  # points that a new training loss is compared with
FEWEST = 20
DEVIATIONS = 8.0  # a spike is this many deviations above the median of the window
LEAST_JUMP = 0.3  # nats; and at least this much
PATIENCE = 5  # validations in which the held-out NLL must have fallen
LEAST_FALL = 0.005  # of itself
RISES = 3  # validations in a row above the best one
LEAST_RISE = 0.01  # of itself


class Alarms:
    """Watches a run's metrics as they are written; an alarm is an `alert` event with a `code`.

    Each stays silent until what it told of is over: a spike until the loss is down again, a
    plateau or a rise until the held-out NLL is lower than ever before.
    """

    def __init__(self, events: EventWriter) -> None:
        self.events = events
        self.losses: deque[float] = deque(maxlen=WINDOW)
        self.held_out: list[float] = []
        self.raised: set[str] = set()

    def see(self, step: int, values: Mapping[str, float]) -> None:
        """The metrics of `step`, by name; those that no rule is about are passed over."""
        if "train/loss" in values:
            self._spike(step, values["train/loss"])
        if "val/nll" in values:
            self.held_out.append(values["val/nll"])
            if min(self.held_out) == self.held_out[-1]:
                self.raised -= {"rise"}
            self._plateau(step)
            self._rise(step)

    def _spike(self, step: int, loss: float) -> None:
        """A loss far above those before it; its deviation is robust (1.48 x median deviation)."""
        if len(self.losses) >= FEWEST:
            usual = statistics.median(self.losses)
            deviation = 1.4826 * statistics.median(abs(past - usual) for past in self.losses)
            if loss > usual + max(DEVIATIONS * deviation, LEAST_JUMP):
                self._raise(
                    "spike",
                    step,
                    f"The training loss jumped to {loss:.2f}, from about {usual:.2f}: if it does "
                    "not come down by itself, lower the rate or clip the gradient.",
                )
                return  # what is a spike is no measure for the next
            self.raised.discard("spike")
        self.losses.append(loss)

    def _plateau(self, step: int) -> None:
        if len(self.held_out) <= PATIENCE:
            return
        before, lately = min(self.held_out[:-PATIENCE]), min(self.held_out[-PATIENCE:])
        if lately < before * (1 - LEAST_FALL):
            self.raised.discard("plateau")
            return
        self._raise(
            "plateau",
            step,
            f"The held-out NLL has hardly fallen in {PATIENCE} validations ({before:.3f} before, "
            f"{lately:.3f} at best since): finish now, or go on with a lower rate or more text.",
        )

    def _rise(self, step: int) -> None:
        best = min(self.held_out)
        lately = self.held_out[-RISES:]
        if len(self.held_out) > RISES and min(lately) > best * (1 + LEAST_RISE):
            self._raise(
                "rise",
                step,
                f"The held-out NLL has been above its best ({best:.3f}) for {RISES} validations, "
                f"now {lately[-1]:.3f}: the model learns its text by heart; more text, more "
                "dropout or an earlier end help.",
            )

    def _raise(self, code: str, step: int, message: str) -> None:
        if code not in self.raised:
            self.raised.add(code)
            self.events.write("alert", step=step, level="warning", code=code, message=message)
