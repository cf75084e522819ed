"""One attempt of a run: `python -m trainer.train <run folder> --attempt N`, by the supervisor.

Exit codes: 0 finished or stopped as asked (the `end` event says which), 1 failed with a reason,
75 (`AGAIN`) for another attempt at once, with what was decided meanwhile.
"""

import argparse
import logging
import os
import sys
import traceback
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.plugins.environments import ClusterEnvironment
from pytorch_lightning.utilities.warnings import PossibleUserWarning

from trainer import ranks
from trainer.assembly import assemble
from trainer.callbacks import TrainingFailed
from trainer.card import hardware
from trainer.checkpoints import find_checkpoint, read_checkpoint, what_is_saved
from trainer.config import TrainConfig
from trainer.control import Control, StopRequested, cause
from trainer.corpora import DataError
from trainer.decided import Decided, read_decided
from trainer.engines import AGAIN
from trainer.events import EventWriter, Unheard
from trainer.hardware import pick_device, pick_graphs, pick_precision, threads
from trainer.identity import check_config, check_texts, identity
from trainer.memory import MemoryFull, is_memory_full, make_room
from trainer.records import read_record
from trainer.tasks import Prepared, Task, task_of
from transformer.bundle import BundleError
from transformer.config import ConfigError
from transformer.tokenizer import TokenizerError


class RankLost(RuntimeError):
    """Another of the processes that train together is there no more; the message says so."""


# Errors whose message is a sentence for a person.
EXPECTED = (
    ConfigError,
    DataError,
    TokenizerError,
    BundleError,
    TrainingFailed,
    MemoryFull,
    RankLost,
    StopRequested,
)

COMPILER = ("torch._dynamo", "torch._inductor")

DEVICES = {"cpu": "CPU", "cuda": "GPU"}


def train(folder: Path, attempt: int) -> None:
    """Run or resume the run in `folder`; what happens is in its events.

    Raises `StopRequested` when asked to stop, `MemoryFull` when the next attempt shall go on,
    `TrainingFailed` and the one-sentence errors of data, config, bundle and tokenizer.
    """
    settings = (read_record(folder / "spec.json") or {}).get("config", {})
    place = ranks.environment(settings.get("engine", "local"))
    writer = Unheard if place.global_rank() else EventWriter
    with writer(folder / "events", attempt) as events:
        try:
            config = TrainConfig.from_dict(settings)
            ranks.join(place, pick_device(config))
            checkpoint, damaged = ranks.all_told(lambda: find_checkpoint(folder / "checkpoints"))
            earlier = summary(checkpoint)
            step = earlier["global_step"]
            events.write("resume", step=step, from_step=step)
            if note := beginning(attempt, step, damaged):
                events.write("alert", step=step, message=note)
            ending = fit(folder, config, place, events, checkpoint, earlier)
        except StopRequested as stop:
            events.write("end", outcome="stopped", reason=str(stop))
            raise
        except Exception as error:
            told = lost(folder) if ranks.is_lost(error) else error
            outcome = "stopped" if isinstance(told, StopRequested) else "failed"
            events.write("end", outcome=outcome, reason=reason(told))
            if told is error:
                raise
            raise told from error
        events.write("end", outcome="finished", reason=ending)


def summary(checkpoint: Path | None) -> dict[str, Any]:
    """The small things in a checkpoint: its step, what was decided, what the run was."""
    content = read_checkpoint(checkpoint) if checkpoint else {}
    return {"global_step": 0} | {
        name: content[name] for name in ("global_step", "decided", "identity") if name in content
    }


def beginning(attempt: int, from_step: int, damaged: list[str]) -> str:
    """What a person should know of where an attempt begins; nothing where all is as expected."""
    if damaged:
        place = f"step {from_step:,}" if from_step else "the beginning"
        return f"Damaged, so passed over: {', '.join(damaged)}. It goes on from {place}."
    if attempt > 1 and not from_step:
        return "No checkpoint was there: it begins at the beginning."
    return ""


def fit(
    folder: Path,
    config: TrainConfig,
    place: ClusterEnvironment,
    events: EventWriter,
    checkpoint: Path | None,
    earlier: dict[str, Any],
) -> str:
    """Prepare, train and validate, writing `events`. How it ended, in one sentence.

    earlier: the `summary` of `checkpoint`.
    """
    control = Control(events, folder, config.save_every, config.valid_every)
    control.listen()
    from_step = earlier["global_step"]
    control.saved = from_step if checkpoint else -1
    check_config(earlier.get("identity", {}), config)
    device = pick_device(config)
    torch.set_num_threads(threads(config))
    pl.seed_everything(config.seed, workers=True, verbose=False)
    events.phase("preparing data", expect=600, step=from_step)
    with ranks.all_after_the_first():
        task = task_of(config)
        prepared = task.prepare(folder, folder.name, checkpoint is not None, not ranks.rank())
    control.heed()
    run = identity(config, folder)
    check_texts(earlier.get("identity", {}), run)
    decided = ranks.all_told(lambda: read_decided(folder, earlier) or decide(config, device))
    decided.write(folder)
    control.about = {"identity": run, "decided": asdict(decided)}
    parts = assemble(config, folder, prepared, decided, device, events, control, place)
    announce(events, from_step, task, prepared, decided, device)
    parts.pace.say(from_step)
    module, trainer = parts.module, parts.trainer
    try:
        trainer.fit(module, parts.train, parts.valid, ckpt_path=checkpoint, weights_only=True)
    except (MemoryError, OSError, RuntimeError) as error:
        if not is_memory_full(error):
            raise
        traceback.clear_frames(error.__traceback__)  # they hold what filled it
        raise make_room(folder, decided, events, trainer.global_step) from error
    if trainer.global_step != parts.validation.step:
        trainer.validate(module, parts.valid, verbose=False)
    if control.saved != trainer.global_step:
        raise TrainingFailed(
            "All steps are done, but the disk did not take the last of them: free some space and "
            f"resume it; {what_is_saved(folder / 'checkpoints')}."
        )
    if module.finish:
        return f"It was asked to finish, and did at step {trainer.global_step:,}."
    return "All steps are done."


def decide(config: TrainConfig, device: str) -> Decided:
    """What the first attempt finds best for this machine."""
    graphs = pick_graphs(config, device)
    return Decided(pick_precision(config, device), graphs=graphs)


def announce(
    events: EventWriter,
    step: int,
    task: Task,
    prepared: Prepared,
    decided: Decided,
    device: str,
) -> None:
    """What trains where, for people; with what the card and the curves want to know of it."""
    model = prepared.bundle.model
    parameters = sum(parameter.numel() for parameter in model.parameters())
    note = f"{len(prepared.train):,} {task.items}, {parameters:,} parameters"
    machine = hardware(device)
    if ranks.together():
        machine = f"{ranks.size()} processes on {machine}{' each' * (device == 'cuda')}"
        note = f"{note}, {ranks.size()} processes"
    events.write(
        "alert",
        step=step,
        level="note",
        message=f"Training on the {DEVICES[device]} in {decided.precision}: {note}.",
        hardware=machine,
        loss_floor=task.floor(model),
    )


def lost(folder: Path) -> RankLost | StopRequested:
    """What it is when another rank went away: one that was asked to stop did so a little earlier"""
    saved = what_is_saved(folder / "checkpoints")
    if (folder / "control" / "stop").exists():
        return StopRequested(f"It was asked to stop; {saved}.")
    others = f"Another of its {ranks.size()} processes ended, log.txt says how"
    return RankLost(f"{others}; {saved}: resume it.")


def reason(error: BaseException) -> str:
    """Why a run failed, in one sentence for a person."""
    if isinstance(error, EXPECTED):
        return str(error)
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return "The memory is full: lower batch_tokens, or choose a smaller model."
    if isinstance(error, OSError):
        return f"The disk refused ({cause(error)}): free some space there and check its rights."
    if type(error).__module__.startswith(COMPILER):
        return (
            f"torch.compile could not compile the step ({cause(error)}): install what it asks for, "
            "such as a C++ compiler, or set compile to false."
        )
    return f"It met an error of its own ({type(error).__name__}: {cause(error)}); see log.txt."


def quieten() -> None:
    """Leave log.txt to people: no advertisements and hints of Lightning, but its warnings."""
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", category=PossibleUserWarning)
    warnings.filterwarnings("ignore", message=r"`isinstance\(treespec")  # torch's, to Lightning


def main() -> int:
    """The command line of the supervisor."""
    parser = argparse.ArgumentParser(prog="python -m trainer.train")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--attempt", type=int, default=1)
    arguments = parser.parse_args()
    quieten()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    try:
        train(arguments.folder, arguments.attempt)
    except StopRequested:
        if ranks.rank() == 0:
            print("Stopped as asked.")
    except MemoryFull as full:
        print(full)
        return AGAIN
    except Exception as error:
        if not isinstance(error, EXPECTED):
            traceback.print_exc()
        print(f"Failed: {reason(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # to tear torch down takes seconds on a busy machine, and a stop waits for it
