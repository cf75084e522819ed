"""What the commands of `python -m trainer` do with models. torch is imported where needed."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.corpora import Corpus, DataError, Pair, load_data
from trainer.data_lines import corpus_name
from trainer.folder import RunError, in_run_words, runs_folder

if TYPE_CHECKING:
    from transformer.bundle import Bundle

SHIPPED = Path(__file__).resolve().parents[1] / "assets" / "models"
MOST_BEAMS = 64
HEAD = (
    "| data | pairs | NLL | bits/char | [UNK] | decoding | BLEU | chrF |",
    "|---|---:|---:|---:|---:|---|---:|---:|",
)


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
    from trainer.arrays import write_arrays
    from trainer.export import record_example
    from trainer.project import FILE, projections

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
