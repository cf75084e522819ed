"""`python -m trainer.torchrun <run folder> --attempt N`: the ranks of an attempt on this machine.

It is torchrun through its own interface: PyTorch's agent starts the processes, tells each which
rank it is, and ends all when one dies. Its end is theirs: 0, 75 where a rank asked to be started
again, else the code or the signal of the rank that went first. Where several machines train, the
first writes where the others shall meet it (rendezvous.json), and `python -m trainer join RUN`
starts the same there.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from torch.distributed.elastic.multiprocessing import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from trainer.config import TrainConfig
from trainer.engines import AGAIN, RENDEZVOUS
from trainer.records import read_record, write_record

RANK = ("-P", "-m", "trainer.train")  # what each runs, with Python
MEET_SECONDS = 3600  # for the other machines to come
PATIENCE = 30  # seconds that the others have when one rank has died


def launch_config(folder: Path, attempt: int, config: TrainConfig, meet: str) -> LaunchConfig:
    """meet: host and port at which the agents of all machines find each other."""
    alone = config.nodes == 1
    return LaunchConfig(
        min_nodes=config.nodes,
        max_nodes=config.nodes,
        nproc_per_node=config.processes,
        run_id=f"{folder.name}-{attempt}",
        rdzv_backend="c10d",
        rdzv_endpoint=meet,
        rdzv_configs={"join_timeout": MEET_SECONDS},
        max_restarts=0,  # the supervisor's to decide, as another attempt
        local_addr="localhost" if alone else None,
        shutdown_timeout=PATIENCE,
    )


def meeting_place(folder: Path, attempt: int, config: TrainConfig) -> str:
    """Where the agents meet: on this machine, or, told in the folder, for those of others."""
    if config.nodes == 1:
        return "localhost:0"
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    meet = f"{socket.gethostname()}:{port}"
    write_record(folder / RENDEZVOUS, {"attempt": attempt, "meet": meet})
    others = "another machine" if config.nodes == 2 else f"{config.nodes - 1} other machines"
    print(f"Waiting for {others}: `python -m trainer join {folder.name}` there.", flush=True)
    return meet


def follow(folder: Path, attempt: int, config: TrainConfig, meet: str) -> int:
    """Start the ranks and wait for their end; the exit code that tells of it, negative a signal."""
    ranks = elastic_launch(launch_config(folder, attempt, config, meet), sys.executable)
    try:
        ranks(*RANK, str(folder), "--attempt", str(attempt))
    except ChildFailedError as error:
        for rank, failure in error.failures.items():
            print(f"Rank {rank} (process {failure.pid}) ended with {failure.exitcode}.", flush=True)
        return ending(error.failures.values())
    except SignalException:  # passed on: what came of it is in the events
        return 0
    return 0


def ending(failures: Iterable[ProcessFailure]) -> int:
    """The exit code of the rank that went first. The agent ends the others, by SIGTERM."""
    codes = [failure.exitcode for failure in sorted(failures, key=lambda f: f.timestamp)]
    if AGAIN in codes:
        return AGAIN
    killed = [code for code in codes if code < 0 and code != -signal.SIGTERM]
    return killed[0] if killed else codes[0]


def main(argv: list[str] | None = None) -> int:
    """The command line of the supervisor, and of `join`."""
    parser = argparse.ArgumentParser(prog="python -m trainer.torchrun")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--attempt", type=int, default=1)
    parser.add_argument("--meet", help="where the other machines are, host:port")
    arguments = parser.parse_args(argv)
    spec: dict[str, Any] = read_record(arguments.folder / "spec.json") or {}
    config = TrainConfig.from_dict(spec.get("config", {}))
    meet = arguments.meet or meeting_place(arguments.folder, arguments.attempt, config)
    return follow(arguments.folder, arguments.attempt, config, meet)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    if code < 0:
        os.kill(os.getpid(), -code)
    sys.exit(code)
