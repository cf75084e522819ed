"""Runs as jobs of a real SLURM: submitted, watched, stopped, pre-empted, resumed."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.cluster import Cluster, missing
from tests.trainer.small_runs import Tiny, events_of, metric, prepared_run, wait_for
from trainer.bin import delete
from trainer.checkpoints import listed_checkpoints
from trainer.child import environment
from trainer.config import TrainConfig
from trainer.decided import Decided
from trainer.launch import launch, resume
from trainer.locks import is_locked, take_lock
from trainer.records import boot_id, process_start, read_record, write_record
from trainer.runs import Run, RunError, create_run, kill, list_runs, request, status
from trainer.slurm import SlurmJob, check_slurm, exit_code, job_lives, look, parameters, submit

ABSENT = [*missing(), *([] if importlib.util.find_spec("submitit") else ["submitit"])]
needs_slurm = pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)}")


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[Cluster]:
    with Cluster(grace=60) as made:
        yield made


@pytest.fixture
def cluster(shared_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The cluster, for this process and all that it starts."""
    for name, value in shared_cluster.environment().items():
        monkeypatch.setenv(name, value)
    return shared_cluster


def on_slurm(config: TrainConfig, **more: Any) -> dict[str, Any]:
    return replace(config, engine="slurm", minutes=30, partition="low", **more).to_dict()


def ended(run: Run) -> str:
    wait_for(run, lambda: not is_locked(run.lock))
    return status(run).state


def reached(run: Run, step: int) -> Callable[[], bool]:
    return lambda: (status(run).step or 0) >= step


def job_of(run: Run, attempt: int = 1) -> str:
    return str((read_record(run.process_record(attempt)) or {})["job"])


@needs_slurm
@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_is_a_job(cluster: Cluster, tiny: Tiny, runs: Path, processes: int) -> None:
    """With one rank and two; its events, status and export are those of any run."""
    run = launch(on_slurm(tiny(steps=6, bleu_pairs=4), processes=processes), ["python"])
    assert ended(run) == "finished", (status(run), run.log.read_text()[-2000:])
    assert list(metric(run, "train/loss")) == [1, 2, 3, 4, 5, 6]
    assert (run.export / "model.safetensors").exists()
    told = look(job_of(run)) or {}
    assert told["JobState"] == "COMPLETED" and exit_code(told) == 0


@needs_slurm
@pytest.mark.slow
def test_a_job_that_waits_says_so_and_is_taken_out_of_the_line(
    cluster: Cluster, tiny: Tiny, runs: Path
) -> None:
    blocker = cluster.run(
        "sbatch",
        "--parsable",
        "-p",
        "high",
        "--exclusive",
        "--output=/dev/null",
        "--wrap=sleep 600",
    )
    try:
        run = launch(on_slurm(tiny()), ["python"])
        wait_for(run, lambda: "Resources" in status(run).reason)
        stands = status(run)
        assert stands.state == "queued"
        assert stands.reason == f"Job {job_of(run)} waits for SLURM: Resources."
        request(run, "stop")
        assert ended(run) == "stopped"
        assert status(run).reason.startswith("It was stopped; nothing is saved yet")
        assert not job_lives(job_of(run))
    finally:
        cluster.run("scancel", blocker)


@needs_slurm
@pytest.mark.slow
def test_a_job_is_stopped_and_resumed(cluster: Cluster, tiny: Tiny, runs: Path) -> None:
    run = launch(on_slurm(tiny(steps=5000, save_every=5000, valid_every=5000)), ["python"])
    wait_for(run, reached(run, 5))
    with pytest.raises(RunError, match="has not ended yet"):
        resume(run)
    request(run, "stop")
    assert ended(run) == "stopped"
    saved = listed_checkpoints(run.checkpoints)[0].step
    assert status(run).reason == f"It was asked to stop; its state at step {saved:,} is saved."
    resume(run)
    wait_for(run, reached(run, saved + 3))
    assert status(run).attempt == 2
    kill(run)
    wait_for(run, lambda: not job_lives(job_of(run, 2)))
    assert ended(run) == "stopped"


@needs_slurm
@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_that_gives_its_place_to_others_goes_on_as_the_second_attempt(
    cluster: Cluster, tiny: Tiny, runs: Path, processes: int
) -> None:
    config = tiny(steps=5000, save_every=5000, valid_every=5000)
    run = launch(on_slurm(config, processes=processes), ["python"])
    wait_for(run, reached(run, 5))
    high = cluster.run(
        "sbatch", "--parsable", "-p", "high", "--exclusive", "--output=/dev/null", "--wrap=sleep 3"
    )
    wait_for(run, lambda: status(run).attempt == 2)
    end = next(e for e in events_of(run) if e.kind == "end" and e.attempt == 1)
    assert end.fields["reason"].startswith("SLURM wanted its place back")
    saved = listed_checkpoints(run.checkpoints)[0].step
    assert saved >= 5
    wait_for(run, lambda: (look(high) or {}).get("JobState") == "COMPLETED")
    wait_for(run, lambda: status(run).state == "running" and reached(run, saved + 3)())
    begun = [e.fields["from_step"] for e in events_of(run) if e.kind == "resume"]
    assert begun == [0, saved]
    request(run, "stop")
    assert ended(run) == "stopped"


@needs_slurm
@pytest.mark.slow
def test_a_job_outlives_its_supervisor_and_is_not_started_twice(
    cluster: Cluster, tiny: Tiny, runs: Path
) -> None:
    run = launch(on_slurm(tiny(steps=5000, save_every=5, valid_every=5000)), ["python"])
    wait_for(run, reached(run, 12))
    process = read_record(run.process_record(1)) or {}
    os.kill(process["supervisor_pid"], signal.SIGKILL)
    wait_for(run, lambda: status(run).state == "lost", 5)
    job = job_of(run)
    assert status(run).reason == f"Its supervisor went away; job {job} of SLURM may still train."
    with pytest.raises(RunError, match="is still ending"):
        resume(run)
    kill(run)
    wait_for(run, lambda: not job_lives(job))
    resume(run)
    wait_for(run, lambda: status(run).state == "running" and reached(run, 15)())


@needs_slurm
@pytest.mark.slow
def test_what_slurm_refuses_is_told(cluster: Cluster, tiny: Tiny, runs: Path) -> None:
    run = launch(on_slurm(tiny()) | {"partition": "none-such"}, ["python"])
    assert ended(run) == "failed"
    assert "invalid partition" in status(run).reason.lower()


def test_a_full_disk_is_not_the_end_of_a_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it was last seen is written when there is room again."""
    file = tmp_path / "slurm" / "job.json"  # in a folder that is not there
    monkeypatch.setattr("trainer.slurm.look", lambda job: {"JobState": "RUNNING"})
    job = SlurmJob("7", file)
    assert job.returncode is None
    file.parent.mkdir()
    job.looked = 0.0
    assert job.poll() is None
    assert read_record(file) == {"job": "7", "JobState": "RUNNING"}


def test_a_full_memory_is_known_though_srun_killed_another_rank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job has the exit code of the rank that was killed, not of the one that asked."""
    (tmp_path / "slurm").mkdir()
    Decided("fp32").write(tmp_path)
    monkeypatch.setattr("trainer.slurm.look", lambda job: {"JobState": "RUNNING"})
    job, other = (SlurmJob("7", tmp_path / "slurm" / "job.json") for _ in range(2))
    monkeypatch.setattr(
        "trainer.slurm.look", lambda job: {"JobState": "FAILED", "ExitCode": "137:0"}
    )
    other.looked = job.looked = 0.0
    assert other.poll() == -9 and not other.wants_again()
    Decided("fp32", parts=2).write(tmp_path)
    assert job.poll() == -9 and job.wants_again()


@needs_slurm
def test_a_controller_that_is_away_is_not_a_job_that_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "slurm.conf").write_text(
        "ClusterName=away\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=9\n"
        "MessageTimeout=2\nNodeName=localhost\nPartitionName=low Nodes=ALL\n"
    )
    monkeypatch.setenv("SLURM_CONF", str(tmp_path / "slurm.conf"))
    monkeypatch.setattr("trainer.slurm.ASK_SECONDS", 1.0)
    assert look("1") is None
    with pytest.raises(RunError, match="cannot be asked"):
        job_lives("1")


def test_no_cluster_is_told_before_there_is_a_folder(
    tiny: Tiny, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RunError, match="this machine has no sbatch"):
        check_slurm()
    with pytest.raises(RunError, match="this machine has no sbatch"):
        launch(on_slurm(tiny()), ["python"])
    assert list_runs() == []


def job_record(run: Run, **more: Any) -> None:
    write_record(run.process_record(1), {"attempt": 1, "job": "7", "pid": None, **more})


def test_who_waits_for_a_job_is_not_killed_with_it(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SLURM takes its time to end a job: its supervisor is there to put the end on record."""
    ended_jobs: list[str] = []
    monkeypatch.setattr("trainer.ending.scancel", ended_jobs.append)
    run = create_run({"preset": "nano"}, [], run_id="it")
    lock = take_lock(run.lock)
    assert lock is not None
    with subprocess.Popen(["sleep", "30"]) as supervisor:
        who = {"supervisor_pid": supervisor.pid, "boot_id": boot_id()}
        job_record(run, **who, supervisor_start_time=process_start(supervisor.pid))
        kill(run, patience=0.1)
        os.close(lock)
        assert ended_jobs == ["7"]
        with pytest.raises(subprocess.TimeoutExpired):
            supervisor.wait(0.5)
        supervisor.kill()


def test_a_run_whose_job_lives_is_not_deleted(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = create_run({"preset": "nano"}, [], run_id="it")
    job_record(run)
    monkeypatch.setattr("trainer.slurm.look", lambda job: {"JobState": "RUNNING"})
    with pytest.raises(RunError, match="is still ending"):
        delete(run)
    monkeypatch.setattr("trainer.slurm.look", lambda job: {"JobState": "COMPLETED"})
    delete(run)


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        ("COMPLETED", "0:0", 0),
        ("FAILED", "75:0", 75),
        ("FAILED", "137:0", -9),
        ("FAILED", "0:15", -15),
        ("CANCELLED", "0:0", -15),
        ("TIMEOUT", "0:15", -15),
        ("PREEMPTED", "0:9", -9),
        ("OUT_OF_MEMORY", "0:125", -9),
    ],
)
def test_how_a_job_ended(state: str, code: str, expected: int) -> None:
    assert exit_code({"JobState": state, "ExitCode": code}) == expected


def test_a_job_asks_for_what_the_run_says(tiny: Tiny, runs: Path) -> None:
    config = tiny(threads=3, workers=1, device="cuda")
    more = {"processes": 4, "nodes": 2, "sbatch": "mem=16G, --qos=low"}
    wanted = parameters(prepared_run(TrainConfig(**on_slurm(config, **more))))
    assert (wanted["nodes"], wanted["ntasks_per_node"], wanted["time"]) == (2, 4, 30)
    assert (wanted["cpus_per_task"], wanted["gpus_per_node"]) == (4, 4)
    assert wanted["partition"] == "low"
    more = wanted["additional_parameters"]
    assert (more["mem"], more["qos"], more["no-requeue"]) == ("16G", "low", True)


@needs_slurm
def test_a_python_with_a_space_in_its_path(
    tiny: Tiny, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line that the job's script runs is read by a shell."""
    script = tmp_path / "script.sh"
    said = "Submitted batch job 7"
    (tmp_path / "sbatch").write_text(f'#!/bin/sh\ncat "$1" > {script}\necho {said}\n')
    (tmp_path / "sbatch").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr("sys.executable", "/my code/python")
    monkeypatch.setattr("trainer.slurm.look", lambda job: {})
    submit(prepared_run(TrainConfig(**on_slurm(tiny()))), 1)
    assert "'/my code/python' -P -u -m submitit" in script.read_text()


def test_a_local_run_inside_of_a_job_is_a_run_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    others = ("SLURM_NTASKS", "SLURM_PROCID", "RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR")
    for name in (*others, "TORCHELASTIC_RUN_ID", "SUBMITIT_EXECUTOR", "PMI_RANK"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("SLURM_CONF", "kept")
    monkeypatch.setenv("FRANK", "kept")
    seen = environment()
    assert seen["SLURM_CONF"] == seen["FRANK"] == "kept"
    assert not {*others, "TORCHELASTIC_RUN_ID", "SUBMITIT_EXECUTOR", "PMI_RANK"} & seen.keys()
