"""What the commands of `python -m trainer` do. torch is imported by those that need it."""

import argparse
import json
import shlex
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.config import TrainConfig, resolve
from trainer.corpora import load_data
from trainer.events import Event, EventReader
from trainer.folder import Run, RunError, runs_folder
from trainer.launch import launch, resume
from trainer.runs import list_runs, open_run, request, status

if TYPE_CHECKING:
    from transformer.bundle import Bundle

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "assets" / "models"
POLL = 0.5  # seconds between two looks at a run
SHOWN = 10.0  # seconds between two lines of metrics


def run(arguments: argparse.Namespace) -> int:
    """Launch and follow."""
    names = [field.name for field in fields(TrainConfig) if field.name != "preset"]
    given = {n: getattr(arguments, n) for n in names if getattr(arguments, n) is not None}
    config = resolve(arguments.preset, given)
    data = {corpus.name: corpus.sha256 for corpus in load_data(config.data)}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in given.items()]
    argv = ["python", "-m", "trainer", "run", "--preset", arguments.preset, *options]
    launched = launch(config.to_dict(), argv, data=data)
    print(f"{launched.id}: {launched.path}")
    return 0 if arguments.detach else watch(launched)


def follow(arguments: argparse.Namespace) -> int:
    """Follow a run that lives, or tell how it ended."""
    return watch(open_run(arguments.id))


def resume_run(arguments: argparse.Namespace) -> int:
    """The next attempt of a run."""
    resumed = resume(open_run(arguments.id))
    print(f"{resumed.id}: attempt {status(resumed).attempt}")
    return 0 if arguments.detach else watch(resumed)


def list_all(arguments: argparse.Namespace) -> int:
    """One line a run."""
    for found in list_runs():
        state = status(found)
        step = "" if state.step is None else f"step {state.step}"
        print(f"{found.id:<36} {state.state:<9} {step:<12} {state.reason}")
    return 0


def stop(arguments: argparse.Namespace) -> int:
    """Ask a run to stop or to finish."""
    request(open_run(arguments.id), "finish" if arguments.finish else "stop")
    print(f"{arguments.id} was asked to {'finish' if arguments.finish else 'stop'}.")
    return 0


def export_run(arguments: argparse.Namespace) -> int:
    """A bundle from the newest checkpoint, also while the run goes on."""
    from trainer.export import export

    print(export(open_run(arguments.id).path, arguments.out, arguments.title))
    return 0


def hand_in(arguments: argparse.Namespace) -> int:
    """The course's three things: a link to the model file, the training log, the final loss."""
    found = open_run(arguments.id)
    epochs = [e for e in read_all(found) if e.kind == "metric" and "epoch/loss" in e.fields]
    if not epochs:
        raise RunError(f"The run {found.id} has not ended an epoch yet: there is no final loss.")
    folder = arguments.out or found.path / "hand-in"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "transformer" / "model.py", folder / "model.py")
    with (folder / "training-log.jsonl").open("w", encoding="utf-8") as log:
        for event in read_all(found):
            if event.kind == "metric":
                log.write(json.dumps({"step": event.step, **event.fields}) + "\n")
    final = epochs[-1].fields
    text = (
        f"# Hand-in: {found.id}\n\n"
        "1. The model: [transformer/model.py](model.py)\n"
        "2. The training log: [training-log.jsonl](training-log.jsonl)\n"
        f"3. The final loss: **{final['epoch/loss']:.3f}** (mean of train/loss over epoch "
        f"{final['epoch'] + 1}, label smoothing {found.config['label_smoothing']:g}; "
        f"NLL {final['epoch/nll']:.3f})\n\n"
        f"Run with `{shlex.join(found.spec.get('argv', []))}`.\n"
    )
    (folder / "README.md").write_text(text, "utf-8")
    print(folder)
    return 0


def evaluate(arguments: argparse.Namespace) -> int:
    """A table of likelihood and scores, a row for each corpus and decoder."""
    from trainer.card import with_scores
    from trainer.evaluate import likelihood, score
    from trainer.evaluate import translate as translate_all

    folder = model_folder(arguments.model)
    bundle = load_model(folder)
    rows = [
        "| data | pairs | NLL | bits/char | [UNK] | decoding | BLEU | chrF |",
        "|---|---:|---:|---:|---:|---|---:|---:|",
    ]
    signature = ""
    for corpus in load_data(arguments.data):
        kept = [p for p in corpus.pairs if fits(bundle, p)]
        found = likelihood(bundle, kept)
        name = Path(corpus.name.split(":")[0]).name.split(".")[0]
        for beams in dict.fromkeys((1, arguments.beams)):
            outs = translate_all(bundle, [source for source, _ in kept], beams)
            scores = score(outs, [target for _, target in kept])
            signature = f"{scores.bleu_signature}; {scores.chrf_signature}"
            decoding = "greedy" if beams == 1 else f"beam {beams}"
            rows.append(
                f"| {name} | {len(kept):,} | {found.nll:.3f} | {found.bits_per_character:.3f} | "
                f"{found.unknown:.2%} | {decoding} | {scores.bleu:.1f} | {scores.chrf:.1f} |"
            )
    table = "\n".join(rows) + f"\n\nsacreBLEU signatures: `{signature}`"
    print(table)
    if arguments.card:
        card = folder / "card.md"
        card.write_text(with_scores(card.read_text("utf-8"), table), "utf-8")
    return 0


def translate(arguments: argparse.Namespace) -> int:
    """Results alone on standard output: a line out for each line in, blank for blank."""
    from trainer.evaluate import translate as translate_all

    if (arguments.text is None) == (arguments.file is None):
        raise ValueError("give either a text or --file.")
    if arguments.file == "-":
        texts = sys.stdin.read().splitlines()
    elif arguments.file is not None:
        texts = Path(arguments.file).read_text("utf-8").splitlines()
    else:
        texts = [arguments.text.replace("\n", " ")]
    if arguments.beams < 1:
        raise ValueError(f"--beams is {arguments.beams}, but must be at least 1.")
    for line in translate_all(load_model(model_folder(arguments.model)), texts, arguments.beams):
        print(line.replace("\n", " "))
    return 0


def model_folder(name: str) -> Path:
    """The folder of a shipped model, of a run's export, or a path. Raises `RunError`."""
    for folder in (SHIPPED / name, runs_folder() / name / "export", Path(name)):
        if (folder / "config.json").is_file():
            return folder
    raise RunError(f"There is no model '{name}': name one in assets/models, a run, or a folder.")


def load_model(folder: Path) -> "Bundle":
    """The bundle, on the GPU where there is one."""
    import torch

    from transformer.bundle import load_bundle

    bundle = load_bundle(folder)
    if torch.cuda.is_available():
        bundle.model.cuda()
    return bundle


def fits(bundle: "Bundle", pair: tuple[str, str]) -> bool:
    """Whether both sides have positions enough in the model."""
    limit = bundle.model.config.max_tokens - 1
    lengths = (
        len(bundle.src_tokenizer.encode(pair[0]).ids),
        len(bundle.tgt_tokenizer.encode(pair[1]).ids),
    )
    return max(lengths) <= limit


def read_all(found: Run) -> Sequence[Event]:
    """Every event of a run."""
    return EventReader(found.events).read()


def watch(followed: Run) -> int:
    """Print what the run tells until it ends; Ctrl-C asks it to stop, a second one lets it go on.

    Exit code 0 when it finished or stopped, 1 when it failed or was lost.
    """
    reader, asked, shown, place = EventReader(followed.events), False, 0.0, None
    while True:
        try:
            alive = status(followed).alive  # before reading, so that the last events are read
            for event in reader.read():
                shown = show(event, shown)
            state = status(followed)
            if state.place is not None and state.place != place:
                place = state.place
                print(state.reason, flush=True)
            if not alive:
                print(f"{state.state}: {state.reason}", flush=True)
                return 0 if state.state in ("finished", "stopped") else 1
            time.sleep(POLL)
        except KeyboardInterrupt:
            if asked:
                print(f"\nIt goes on by itself: python -m trainer follow {followed.id}")
                return 0
            asked = True
            request(followed, "stop")
            print("\nAsked it to save and stop; Ctrl-C again leaves it to itself.", flush=True)


def show(event: Event, shown: float) -> float:
    """Print an event for a person; metrics at most every `SHOWN` seconds. When it last did."""
    values: dict[str, Any] = event.fields
    if event.kind == "phase":
        print(f"[{event.phase}]", flush=True)
    elif event.kind == "alert":
        print(values.get("message"), flush=True)
    elif event.kind == "sample":
        for line in values.get("translations", []):
            print(f"    {line['src']}\n      -> {line['out']}", flush=True)
    elif event.kind == "metric" and ("train/loss" not in values or event.mono >= shown + SHOWN):
        numbers = "  ".join(f"{k} {v:.4g}" for k, v in values.items() if v is not None)
        print(f"step {event.step}  {numbers}", flush=True)
        return event.mono if "train/loss" in values else shown
    return shown
