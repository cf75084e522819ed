"""What a run asks of its machine: processor, memory, GPU, disk. Read from outside the training.

The supervisor looks, so a trainer that hangs is seen to hang and no time of its own is taken.
psutil tells of processor and memory where it is installed, nvidia-smi of GPUs where there are any.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from trainer.events import EventWriter, event_file, last_events
from trainer.folder import Run

EVERY = 10.0  # seconds between two looks
LOW_DISK = 1 << 30  # bytes; or three checkpoints, if that is more
GIB = 1 << 30
_SMI = ("--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits")


class Monitor:
    """Writes `metric` events of the machine beside a run's own, each file with one writer.

    machine/cpu: per cent of all cores that are busy. machine/run_cpu: cores that the run uses.
    machine/memory: per cent of the memory in use. machine/run_memory: GiB that the run holds.
    machine/gpu: per cent of the time in which a GPU was busy, machine/gpu_memory: GiB in use there,
    both over all GPUs. machine/disk_free: GiB left where the run lies.
    """

    def __init__(self, run: Run, attempt: int, pid: int) -> None:
        self.run, self.attempt = run, attempt
        self.events = EventWriter(run.events, attempt, source="machine")
        self.processes, self.gpus = Processes(pid), Gpus()
        self.next = 0.0
        self.low = False

    def look(self) -> None:
        """Write the readings of now, if it is time."""
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + EVERY
        readings = {**self.processes.read(), **self.gpus.read()}
        free = disk_free(self.run.path)
        if free is not None:
            readings["disk_free"] = free / GIB
        step = self._step()
        self.events.metric(step, {f"machine/{name}": value for name, value in readings.items()})
        self._tell_of_disk(free, step)

    def close(self) -> None:
        """No more readings."""
        self.gpus.close()
        self.events.close()

    def _step(self) -> int:
        """The newest step that the trainer told of."""
        told = last_events(event_file(self.run.events, self.attempt))
        return next((event.step for event in told if event.step is not None), 0)

    def _tell_of_disk(self, free: int | None, step: int) -> None:
        """An alert each time the disk becomes too small for the checkpoints to come."""
        if free is None:
            return
        sizes = (checkpoint_size(path) for path in self.run.checkpoints.glob("*.ckpt"))
        low = free < max(LOW_DISK, 3 * max(sizes, default=0))
        if low and not self.low:
            message = f"Only {free / GIB:.1f} GiB are left on the disk: free some space there."
            self.events.write("alert", step=step, level="warning", code="disk", message=message)
        self.low = low


class Processes:
    """Processor and memory of a process with its children, and of the machine; {} without psutil.

    Shares of time are those since the last reading; the first has none.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.psutil = _psutil()
        self.began, self.used = 0.0, 0.0

    def read(self) -> dict[str, float]:
        if self.psutil is None:
            return {}
        readings = {"memory": float(self.psutil.virtual_memory().percent)}
        seconds, held = self._family()
        now = time.monotonic()
        busy = float(self.psutil.cpu_percent())
        if self.began:
            readings["cpu"] = busy
            # a child that ended took its seconds with it
            readings["run_cpu"] = max(0.0, seconds - self.used) / (now - self.began)
        if held:
            readings["run_memory"] = held / GIB
        self.began, self.used = now, seconds
        return readings

    def _family(self) -> tuple[float, int]:
        """Processor seconds and bytes of the process and all below it that still live."""
        assert self.psutil is not None
        seconds, held = 0.0, 0
        try:
            root = self.psutil.Process(self.pid)
            family = [root, *root.children(recursive=True)]
        except self.psutil.Error:
            return seconds, held
        for process in family:
            try:
                times = process.cpu_times()
                held += process.memory_info().rss
            except self.psutil.Error:
                continue
            seconds += times.user + times.system
        return seconds, held


class Gpus:
    """What nvidia-smi says of the GPUs; {} where it shows none.

    It may take seconds, in which a stop must not wait: it is started at one reading and asked at
    the next.
    """

    def __init__(self) -> None:
        self.program = shutil.which("nvidia-smi")
        self.asked: subprocess.Popen[str] | None = None

    def read(self) -> dict[str, float]:
        """Mean use and summed memory, as they were at the last reading; and ask anew."""
        said = ""
        if self.asked is not None and self.asked.poll() is not None:
            said, _ = self.asked.communicate()
            self.asked = None
        if self.asked is None and self.program:
            self.asked = self._ask(self.program)
        rows = list(_numbers(said.splitlines()))
        if not rows:
            return {}
        use, mebibytes = zip(*rows, strict=True)
        return {"gpu": sum(use) / len(use), "gpu_memory": sum(mebibytes) / 1024}

    def close(self) -> None:
        """End a question that was not answered."""
        if self.asked is not None:
            self.asked.kill()
            self.asked.communicate()
            self.asked = None

    @staticmethod
    def _ask(program: str) -> subprocess.Popen[str] | None:
        quiet = subprocess.DEVNULL
        try:
            return subprocess.Popen(
                [program, *_SMI], stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True
            )
        except OSError:
            return None


def _numbers(lines: Sequence[str]) -> Iterator[tuple[float, float]]:
    for line in lines:
        try:
            use, mebibytes = map(float, line.split(","))
        except ValueError:  # "[N/A]", as for a GPU that is shared out
            continue
        yield use, mebibytes


def disk_free(path: Path) -> int | None:
    """Bytes left where `path` lies; None where nobody knows."""
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None


def checkpoint_size(path: Path) -> int:
    """Bytes of a file; 0 for one that has just been removed."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _psutil() -> ModuleType | None:
    try:
        import psutil
    except ImportError:
        return None
    module: ModuleType = psutil
    return module
