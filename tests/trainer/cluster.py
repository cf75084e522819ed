"""A real SLURM of one node for the tests: munged, slurmctld and slurmd on this machine.

A pretend `sbatch` would only repeat what we believe about SLURM. This one is the real thing, it
starts in a few seconds, and all it writes lies in one temporary folder. It has no accounting, so
`sacct` does not work, as on many small clusters.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

PROGRAMS = ("sbatch", "srun", "slurmctld", "slurmd", "munged", "setpriv")
PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
CPUS = 4
"""More than most test machines have: SLURM is told to believe it."""

MARK = "TEST_CLUSTER"
"""Jobs inherit this variable, even those that scrub all SLURM_ ones, so they can be found."""

CONFIG = """\
ClusterName=lab
SlurmctldHost={node}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
MinJobAge=86400
KillWait=5
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
PreemptType=preempt/partition_prio
PreemptMode={preempt_mode}
NodeName={node} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1024 State=UNKNOWN
PartitionName=low Nodes={node} Default=YES PriorityTier=1 GraceTime={grace} MaxTime=60
PartitionName=high Nodes={node} PriorityTier=2 MaxTime=60
"""


def missing() -> list[str]:
    """The programs a cluster needs that are not installed: `slurm-wlm` and `munge` bring them."""
    return [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]


class Cluster:
    """`with Cluster() as cluster:` is a SLURM that takes jobs, and nothing of it stays behind.

    Partition `low` (the default) is pre-empted by partition `high`, `grace` seconds after SIGTERM.
    """

    def __init__(self, preempt_mode: str = "REQUEUE", grace: int = 20) -> None:
        self.preempt_mode, self.grace = preempt_mode, grace
        self._daemons: list[subprocess.Popen[bytes]] = []
        self._stack = ExitStack()

    def environment(self) -> dict[str, str]:
        """What a client command needs in its environment to speak to this cluster."""
        conf = self.folder / "slurm.conf"
        return {"SLURM_CONF": str(conf), MARK: str(self.folder), "PATH": PATH}

    def run(self, *command: str) -> str:
        """What a client command prints, such as `run("squeue", "-h")`."""
        done = subprocess.run(
            command, env=os.environ | self.environment(), capture_output=True, text=True, timeout=60
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def __enter__(self) -> Cluster:
        # Not pytest's tmp_path, which is closed to others: munged wants its socket open to all.
        with ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True)
            self.folder = Path(stack.enter_context(folder))
            self.folder.chmod(0o711)
            stack.callback(self._end)
            self._configure()
            self._start_daemons()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stack.close()

    def _configure(self) -> None:
        (self.folder / "state").mkdir(mode=0o700)
        (self.folder / "spool").mkdir(mode=0o755)
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        text = CONFIG.format(
            node=socket.gethostname().split(".")[0],
            user=pwd.getpwuid(os.geteuid()).pw_name,
            ports=_free_ports(2),
            folder=self.folder,
            cpus=CPUS,
            preempt_mode=self.preempt_mode,
            grace=self.grace,
        )
        (self.folder / "slurm.conf").write_text(text, encoding="utf-8")

    def _start_daemons(self) -> None:
        files = [
            f"--{name}-file={self.folder}/munge.{name}" for name in ("key", "pid", "log", "seed")
        ]
        self._start("munged", "--foreground", *files, f"--socket={self.folder}/munge.socket")
        self._wait_for((self.folder / "munge.socket").exists)
        self._start("slurmctld", "-D", "-i")
        self._start("slurmd", "-D")
        self._wait_for(self._is_idle)

    def _start(self, *command: str) -> None:
        # The kernel ends a daemon whose test process was killed; Ctrl-C is for the tests alone.
        with (self.folder / "errors").open("ab") as errors:
            daemon = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command],
                env=os.environ | self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        self._daemons.append(daemon)

    def _wait_for(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Returns once `ready()` holds, or says what the daemons said last."""
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end or any(daemon.poll() is not None for daemon in self._daemons):
                said = (self.folder / "errors").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"SLURM did not start: ...{said[-2000:]}")
            time.sleep(0.05)

    def _is_idle(self) -> bool:
        with suppress(RuntimeError):
            return self.run("sinfo", "-h", "-p", "low", "-o", "%t") == "idle"
        return False

    def _end(self) -> None:
        """The daemons first, so that nobody starts the next job; then what the jobs left."""
        for daemon in reversed(self._daemons):
            daemon.kill()
            daemon.wait()
        while left := list(self._left_behind()):
            for process in left:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.05)

    def _left_behind(self) -> Iterator[int]:
        """Step daemons, job processes, and orphans that SLURM lost sight of."""
        mark = f"{MARK}={self.folder}\0".encode()
        for path in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError):
                if int(path.parent.name) != os.getpid() and mark in path.read_bytes():
                    yield int(path.parent.name)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
