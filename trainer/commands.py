"""What the commands of `python -m trainer` do with runs. torch is imported where it is needed."""

import argparse
import os
import subprocess
from dataclasses import replace
from pathlib import Path

from trainer.child import environment
from trainer.config import TrainConfig
from trainer.corpora import SHIPPED as SHIPPED_CORPORA
from trainer.engines import COMMANDS, RENDEZVOUS
from trainer.folder import RunError
from trainer.launch import launch, resume
from trainer.locks import is_locked
from trainer.model_commands import read_bundle
from trainer.notes import read_notes
from trainer.options import command_line, from_texts, typed
from trainer.presets import resolve
from trainer.progress import watch
from trainer.records import read_record
from trainer.runs import kill, list_runs, open_run, request, status, what_is_lost


def run(arguments: argparse.Namespace) -> int:
    """Launch and follow; a mistake in settings or data is told before a run is made."""
    given = typed(arguments)
    config = resolve(arguments.preset, from_texts(given))
    config = with_whole_paths(config)
    data = data_hashes(config)
    check_start_folder(config)
    launched = launch(config.to_dict(), command_line(arguments.preset, given), data=data)
    print(f"{launched.id}: {launched.path}", flush=True)
    return 0 if arguments.detach else watch(launched)


def data_hashes(config: TrainConfig) -> dict[str, str]:
    """The sha256 of all that a run will learn from, by name. Raises `DataError`."""
    from trainer.tasks import task_of

    return task_of(config).data_hashes()


def with_whole_paths(config: TrainConfig) -> TrainConfig:
    """The config with the files and folders that it names by their whole paths."""
    return replace(
        config,
        data=absolute(config.data),
        start_from=own_path(config.start_from),
        tokenizer_file=own_path(config.tokenizer_file),
    )


def absolute(data: str) -> str:
    """Files of a data spec by their whole path, so that a resume finds them from any folder."""
    return ",".join(own_path(part.strip()) for part in data.split(","))


def own_path(spec: str) -> str:
    """The whole path of a file or folder that is there, with its `:cap`; anything else as it is."""
    name, colon, cap = spec.rpartition(":")
    name, end = (name, colon + cap) if colon and cap.isdigit() else (spec, "")
    path = os.path.expanduser(name)  # unlike Path's, it lets stand what names nobody's home
    known = name in SHIPPED_CORPORA or not name or not os.path.exists(path)
    return spec if known else f"{Path(path).absolute()}{end}"


def check_start_folder(config: TrainConfig) -> None:
    """Raise `BundleError` or `ConfigError` where `start_from` is no bundle of this run's sizes, and
    `TokenizerError` where `tokenizer_file` cannot be read."""
    if config.tokenizer_file:
        from transformer.tokenizer import Tokenizer

        Tokenizer.load(Path(config.tokenizer_file))
    if config.start_from:
        from trainer.prepare import check_start

        check_start(config, read_bundle(Path(config.start_from)))


def follow(arguments: argparse.Namespace) -> int:
    """Follow a run that lives, or tell how it ended."""
    return watch(open_run(arguments.id))


def resume_run(arguments: argparse.Namespace) -> int:
    """The next attempt of a run."""
    resumed = resume(open_run(arguments.id))
    print(f"{resumed.id}: attempt {status(resumed).attempt}")
    return 0 if arguments.detach else watch(resumed)


def join(arguments: argparse.Namespace) -> int:
    """Start this machine's ranks of a run that trains on several, whose folder both can reach."""
    found = open_run(arguments.id)
    told = read_record(found.path / RENDEZVOUS) or {}
    attempt = status(found).attempt
    if not is_locked(found.lock) or told.get("attempt") != attempt:
        raise RunError(
            f"The run {found.id} waits for no other machine: launch it with --engine torchrun and "
            "--nodes, then join it."
        )
    options = ["--attempt", str(attempt), "--meet", str(told["meet"])]
    command = [*COMMANDS["torchrun"], str(found.path), *options]
    return subprocess.run(command, env=environment(), check=False).returncode


def list_all(arguments: argparse.Namespace) -> int:
    """One line a run."""
    for found in list_runs():
        state = status(found)
        step = "" if state.step is None else f"step {state.step}"
        words = read_notes(found)
        called = "".join(f"  {word}" for word in (words.name, *(f"#{tag}" for tag in words.tags)))
        print(f"{found.id:<36} {state.state:<9} {step:<12} {state.reason}{called}")
    return 0


def stop(arguments: argparse.Namespace) -> int:
    """Ask a run to stop or to finish, or kill it and say what that cost."""
    found = open_run(arguments.id)
    if arguments.kill:
        lost = what_is_lost(found)
        kill(found)
        print(f"{found.id} was killed. {lost}")
        return 0
    request(found, "finish" if arguments.finish else "stop")
    print(f"{arguments.id} was asked to {'finish' if arguments.finish else 'stop'}.")
    return 0


def export_run(arguments: argparse.Namespace) -> int:
    """A bundle from the newest checkpoint, also while the run goes on."""
    from trainer.export import export

    run = open_run(arguments.id)
    print(export(run.path, arguments.out, arguments.title, arguments.eight_bits))
    return 0


def hand_in(arguments: argparse.Namespace) -> int:
    """The assignment, written into a folder."""
    from trainer.hand_in import hand_in as write

    found = open_run(arguments.id)
    print(write(found, arguments.out or found.path / "hand-in"))
    return 0
