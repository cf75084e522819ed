"""What the commands of `python -m trainer` do. torch is imported by those that need it."""

import argparse
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.card import corpus_name
from trainer.child import environment
from trainer.config import TrainConfig
from trainer.corpora import SHIPPED as SHIPPED_CORPORA
from trainer.corpora import Corpus, DataError, Pair, load_data
from trainer.engines import COMMANDS, RENDEZVOUS
from trainer.folder import RunError, in_run_words, runs_folder
from trainer.launch import launch, resume
from trainer.locks import is_locked
from trainer.notes import read_notes
from trainer.options import command_line, from_texts, typed
from trainer.presets import resolve
from trainer.progress import watch
from trainer.records import read_record
from trainer.runs import kill, list_runs, open_run, request, status, what_is_lost

if TYPE_CHECKING:
    from transformer.bundle import Bundle

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = ROOT / "assets" / "models"
MOST_BEAMS = 64
HEAD = (
    "| data | pairs | NLL | bits/char | [UNK] | decoding | BLEU | chrF |",
    "|---|---:|---:|---:|---:|---|---:|---:|",
)


def run(arguments: argparse.Namespace) -> int:
    """Launch and follow; a mistake in settings or data is told before a run is made."""
    given = typed(arguments)
    config = resolve(arguments.preset, from_texts(given))
    config = with_whole_paths(config)
    data = {corpus.name: corpus.sha256 for corpus in load_data(config.data)}
    check_start_folder(config)
    launched = launch(config.to_dict(), command_line(arguments.preset, given), data=data)
    print(f"{launched.id}: {launched.path}", flush=True)
    return 0 if arguments.detach else watch(launched)


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

    print(export(open_run(arguments.id).path, arguments.out, arguments.title))
    return 0


def hand_in(arguments: argparse.Namespace) -> int:
    """The assignment, written into a folder."""
    from trainer.hand_in import hand_in as write

    found = open_run(arguments.id)
    print(write(found, arguments.out or found.path / "hand-in"))
    return 0


def evaluate(arguments: argparse.Namespace) -> int:
    """A table of likelihood and scores, a row for each corpus and decoder."""
    from trainer.card import with_scores
    from trainer.evaluate import signatures

    check_beams(arguments.beams)
    folder = model_folder(arguments.model)
    bundle = load_model(folder)
    corpora = load_data(arguments.data)
    rows = [row for corpus in corpora for row in measured(bundle, corpus, arguments.beams)]
    table = "\n".join([*HEAD, *rows, "", f"sacreBLEU signatures: `{signatures()}`"])
    print(table)
    if arguments.card:
        path = folder / "card.md"
        text = path.read_text("utf-8") if path.exists() else f"# {folder.name}"
        path.write_text(with_scores(text, table), "utf-8")
    return 0


def measured(bundle: "Bundle", corpus: Corpus, beams: int) -> list[str]:
    """The rows of a corpus: greedy and beam search. Raises `DataError` where no pair fits."""
    from trainer.evaluate import encode_pairs, fitting, likelihood, score
    from trainer.evaluate import translate as translate_all

    limit = bundle.model.config.max_tokens
    kept = [corpus.pairs[place] for place in fitting(encode_pairs(bundle, corpus.pairs), limit)]
    if not kept:
        raise DataError(
            f"No pair of {corpus.name} has {limit} tokens or fewer: shorten its sentences."
        )
    if left_out := len(corpus.pairs) - len(kept):
        print(f"{corpus.name}: {left_out:,} pairs are too long for the model.", file=sys.stderr)
    found = likelihood(bundle, kept)
    rows = []
    for count in dict.fromkeys((1, beams)):
        outs = translate_all(bundle, [source for source, _ in kept], count)
        scores = score(outs, [target for _, target in kept])
        rows.append(
            f"| {corpus_name(corpus.name)} | {len(kept):,} | {found.nll:.3f} | "
            f"{found.bits_per_character:.3f} | {found.unknown:.2%} | "
            f"{'greedy' if count == 1 else f'beam {count}'} | {scores.bleu:.1f} | "
            f"{scores.chrf:.1f} |"
        )
    return rows


def derive(arguments: argparse.Namespace) -> int:
    """What a bundle holds beside its model: maps, the recorded example, its heads, its counts."""
    from trainer.export import record_example
    from trainer.project import FILE, projections, write_arrays

    folder = model_folder(arguments.model)
    derive_counts(folder, arguments.data)
    derive_heads(folder, arguments.data, arguments.held_out or arguments.data)
    write_arrays(folder / FILE, projections(folder))
    record_example(folder)
    print(folder)
    return 0


def derive_counts(folder: Path, data: str) -> None:
    """merges.json: how often each merge and each token of its tokenizers occurs in `data`."""
    from transformer.analysis.counts import count, save_counts

    bundle = read_bundle(folder)
    pairs, name = named_pairs(data)
    tokenizers = (bundle.src_tokenizer, bundle.tgt_tokenizer)
    if tokenizers[0] is tokenizers[1]:
        texts = [text for pair in pairs for text in pair]
        return save_counts(folder, {"src": count(tokenizers[0], texts, name)})
    save_counts(
        folder,
        {
            side: count(tokenizer, [pair[place] for pair in pairs], name)
            for place, (side, tokenizer) in enumerate(zip(("src", "tgt"), tokenizers, strict=True))
        },
    )


def derive_heads(folder: Path, data: str, held_out: str) -> None:
    """roles.json and ablation.json: what each head does on `data`, what it is worth on `held_out`.

    They are two texts, because words are associated by some thousands of pairs, while what a head
    is worth should be measured where nothing was learned by heart.
    """
    import torch

    from trainer import head_losses
    from transformer.analysis.roles import measure, save_roles
    from transformer.bundle import bundle_hash

    torch.set_num_threads(1)  # short batches: more threads wait for each other
    bundle = read_bundle(folder)
    save_roles(folder, measure(bundle, *named_pairs(data)))
    worth = head_losses.measure(bundle, *named_pairs(held_out), bundle_hash(folder))
    head_losses.write(folder, worth)


def named_pairs(data: str) -> tuple[list[Pair], str]:
    """All pairs of a data spec, and what it is called."""
    corpora = load_data(data)
    pairs = [pair for corpus in corpora for pair in corpus.pairs]
    return pairs, ", ".join(corpus_name(corpus.name) for corpus in corpora)


def translate(arguments: argparse.Namespace) -> int:
    """Results alone on standard output: a line out for each line in, blank for blank."""
    from trainer.evaluate import translate as translate_all

    if (arguments.text is None) == (arguments.file is None):
        raise ValueError("give either a text or --file.")
    check_beams(arguments.beams)
    texts = [one_line(arguments.text)] if arguments.file is None else lines_of(arguments.file)
    found = translate_all(load_model(model_folder(arguments.model)), texts, arguments.beams)
    sys.stdout.flush()
    sys.stdout.buffer.write("".join(one_line(line) + "\n" for line in found).encode("utf-8"))
    sys.stdout.flush()
    return 0


def lines_of(file: str) -> list[str]:
    """The lines of a file, or of standard input for `-`. Raises `DataError`."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror}): name a text file.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{file} is not UTF-8 (in line {line}): save it as UTF-8.") from error
    # Not splitlines(): it would also cut inside a sentence, at U+2028 and the like.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def one_line(text: str) -> str:
    """`text` with spaces for whatever breaks a line."""
    return " ".join(text.splitlines())


def check_beams(beams: int) -> None:
    """Raise ValueError for a number of beams that makes no sense."""
    if not 1 <= beams <= MOST_BEAMS:
        raise ValueError(f"--beams is {beams}, but must be between 1 and {MOST_BEAMS}.")


def model_folder(name: str) -> Path:
    """The folder of a shipped model, of a run's export, or a path. Raises `RunError`."""
    for folder in (SHIPPED / name, runs_folder() / name / "export", Path(name)):
        if (folder / "config.json").is_file():
            return folder
    raise RunError(f"There is no model '{name}': name one in assets/models, a run, or a folder.")


def load_model(folder: Path) -> "Bundle":
    """The bundle, on the GPU where there is one."""
    import torch

    bundle = read_bundle(folder)
    if torch.cuda.is_available():
        bundle.model.cuda()
    return bundle


def read_bundle(folder: Path) -> "Bundle":
    """The bundle, on the CPU. Raises `BundleError` with the name of its run."""
    from transformer.bundle import BundleError, load_bundle

    try:
        return load_bundle(folder)
    except BundleError as error:
        raise BundleError(in_run_words(str(error), folder)) from error
