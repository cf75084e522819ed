"""Start a run and return at once: the one path of page and command line.

The lock is taken before spec.json exists and its descriptor is handed on to the supervisor, so a
run that can be seen is never without its holder. The supervisor lives in a session of its own:
closing the app or the terminal does not end it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer.attempt import name_attempt
from trainer.child import environment
from trainer.ending import still_ending
from trainer.folder import (
    Run,
    RunError,
    checked_id,
    make_folder,
    new_id,
    unwritable,
    write_spec,
)
from trainer.line import device_of, join_line
from trainer.locks import check_system, take_lock
from trainer.runs import REQUESTS, load_run, open_run
from trainer.slurm import check_slurm
from trainer.status import current_attempt

_SPEC_SECONDS = 2.0


def launch(
    config: Mapping[str, Any],
    argv: Sequence[str],
    *,
    run_id: str | None = None,
    data: Mapping[str, str] | None = None,
    trainer: Sequence[str] | None = None,
    exporter: Sequence[str] | None = None,
) -> Run:
    """Make the run's folder and start its supervisor.

    With the `run_id` of a run that exists already, that run is returned, and started only if it
    never was: two launches of one prepared id are one run. `trainer` and `exporter` replace the
    commands that the supervisor starts; the run's folder is appended to them. Raises RunError.
    """
    check_system()  # before there is a folder
    if config.get("engine") == "slurm" and trainer is None:
        check_slurm()
    run_id = checked_id(run_id) if run_id is not None else new_id(config)
    try:
        path = make_folder(run_id)
    except FileExistsError:
        return _launch_existing(run_id, trainer, exporter)
    descriptor = _hold(path)
    if descriptor is None:
        return _launch_existing(run_id, trainer, exporter)
    try:
        name_attempt(descriptor, 1)  # first: who sees the spec sees that it is being started
        run = write_spec(path, config, argv, data)
        _start(run, descriptor, 1, trainer, exporter)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        os.close(descriptor)
    return run


def resume(
    run: Run,
    *,
    trainer: Sequence[str] | None = None,
    exporter: Sequence[str] | None = None,
) -> Run:
    """The next attempt in the same folder.

    Raises RunError while the run lives, or where its folder cannot be written.
    """
    if run.problem:
        raise RunError(f"The run {run.id} cannot be resumed: {run.problem}")
    if run.read_only:
        raise RunError(f"The run {run.id} is {run.origin}, so it cannot go on here: clone it.")
    descriptor = _hold(run.path)
    if descriptor is None:
        raise RunError(f"The run {run.id} has not ended yet: stop it before you resume it.")
    try:
        attempt = current_attempt(run)
        if still_ending(run, attempt):
            raise RunError(
                f"The trainer of {run.id} is still ending: try again in a moment, or end it with "
                f"`python -m trainer stop {run.id} --kill`."
            )
        for name in (*REQUESTS, "kill"):
            (run.control / name).unlink(missing_ok=True)
        _start(run, descriptor, attempt + 1, trainer, exporter)
    except OSError as error:
        raise unwritable(run.path, error) from error
    finally:
        os.close(descriptor)
    return run


def _launch_existing(
    run_id: str, trainer: Sequence[str] | None, exporter: Sequence[str] | None
) -> Run:
    """Another launch made the folder: its run, started here if nobody has."""
    deadline = time.monotonic() + _SPEC_SECONDS
    while True:
        try:
            run = open_run(run_id)
            break
        except RunError:
            if time.monotonic() > deadline:
                raise RunError(
                    f"The folder of {run_id!r} holds no run: remove it, or choose another name."
                ) from None
            time.sleep(0.02)  # the other launch is still writing the spec
    if run.problem or run.read_only or current_attempt(run) > 0:
        return run
    descriptor = _hold(run.path)
    if descriptor is None:
        return run
    try:
        if current_attempt(run) == 0:
            _start(run, descriptor, 1, trainer, exporter)
    except OSError as error:
        raise unwritable(run.path, error) from error
    finally:
        os.close(descriptor)
    return load_run(run.path)


def _hold(path: Path) -> int | None:
    try:
        return take_lock(path / "run.lock")
    except OSError as error:
        raise unwritable(path, error) from error


def _start(
    run: Run,
    descriptor: int,
    attempt: int,
    trainer: Sequence[str] | None,
    exporter: Sequence[str] | None,
) -> None:
    """Start the supervisor of an attempt; one that could not be started never was."""
    name_attempt(descriptor, attempt)
    command = [sys.executable, "-P", "-m", "trainer.supervise", str(run.path)]
    command += ["--lock-fd", str(descriptor)]
    command += ["--trainer", json.dumps(list(trainer))] if trainer else []
    command += ["--exporter", json.dumps(list(exporter))] if exporter else []
    try:
        if device := device_of(run.config):
            join_line(run.path, device, anew=True)
        with open(run.log, "ab") as log:
            supervisor = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(),
                pass_fds=(descriptor,),
                start_new_session=True,
            )
    except OSError as error:
        name_attempt(descriptor, attempt - 1)
        raise RunError(f"The run {run.id} could not be started ({error}): try it again.") from error
    # Reap it when it ends, so that a long-lived app collects no zombies.
    threading.Thread(target=supervisor.wait, name=f"reap-{run.id}", daemon=True).start()
