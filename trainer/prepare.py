"""From a config to what a run trains on: split pairs, tokenizers, encoded data, a model."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from trainer.batches import PairDataset
from trainer.config import TrainConfig
from trainer.corpora import Corpus, DataError, Pair
from trainer.data import load_data, split_by_groups
from trainer.evaluate import encode_pairs, fitting
from trainer.records import write_record
from trainer.tasks.task import Prepared
from transformer.bundle import Bundle, load_bundle
from transformer.config import ConfigError
from transformer.model import Transformer
from transformer.tokenizer import Tokenizer, train_bpe, train_words

TOKENIZERS = ("tokenizer.src.json", "tokenizer.tgt.json")


def prepare(
    config: TrainConfig, folder: Path, title: str, resuming: bool = False, first: bool = True
) -> Prepared:
    """Load the data, split it, train the tokenizers (or read those of an earlier attempt), encode.

    resuming: a checkpoint will bring the weights, so those to start from are not asked for.
    first: whether this process is the first of those that train together. It writes the tokenizers
    and the summary `data.json` into the run folder; the others read, all at the same time. Raises
    `DataError`, `ConfigError`, `BundleError` or `TokenizerError`, each one sentence.
    """
    corpora = load_data(config.data)
    pairs = [pair for corpus in corpora for pair in corpus.pairs]
    split = split_by_groups(pairs, config.valid_pairs, config.seed)
    bundle = start_bundle(config, folder, split.train, title, resuming, first)
    full = encode_pairs(bundle, split.train)
    kept = fitting(full, config.max_tokens)
    if not kept:
        raise DataError(f"No pair has {config.max_tokens} tokens or fewer: raise max_tokens.")
    items = [full[place] for place in kept]
    train = PairDataset([source for source, _ in items], [target for _, target in items])
    if first:
        write_summary(folder, corpora, len(train), len(split.valid), len(full) - len(kept))
    return Prepared(bundle, train, split.valid)


def write_summary(
    folder: Path, corpora: Sequence[Corpus], train: int, valid: int, too_long: int
) -> None:
    """`data.json`: what was read, and how much of it is learned from, held out, left out."""
    read = [
        {
            "name": c.name,
            "pairs": len(c.pairs),
            "sha256": c.sha256,
            "licence": c.licence,
            "dropped": c.dropped,
        }
        for c in corpora
    ]
    counts = {"train": train, "valid": valid, "too_long": too_long}
    write_record(folder / "data.json", {"corpora": read, **counts})


def start_bundle(
    config: TrainConfig, folder: Path, pairs: list[Pair], title: str, resuming: bool, first: bool
) -> Bundle:
    """A fresh model, or the weights of `start_from`, with tokenizers to match."""
    languages = (config.src_language, config.tgt_language)
    about = {"title": title, "decoding": {"method": "beam", "beams": 4, "alpha": 0.6}}
    earlier = None
    if config.start_from and not resuming:
        earlier = load_bundle(Path(config.start_from))
        check_start(config, earlier)
        if first:
            write_tokenizers([earlier.src_tokenizer, earlier.tgt_tokenizer], folder)
    src, tgt = run_tokenizers(config, folder, pairs)
    model = Transformer(config.model_config(len(src), len(tgt)))
    if earlier:
        model.load_state_dict(earlier.model.state_dict())
    return Bundle(model, src, tgt, languages, about)


def check_start(config: TrainConfig, earlier: Bundle) -> None:
    """Raise `ConfigError` where a run cannot start from this bundle; its dropout may differ."""
    src, tgt = earlier.src_tokenizer, earlier.tgt_tokenizer
    if config.joint != (joint := src is tgt):
        theirs, kind = ("one vocabulary", "bpe") if joint else ("two vocabularies", "words")
        raise ConfigError(
            f"tokenizer is {config.tokenizer}, but start_from has {theirs} for its two languages: "
            f"set it to {kind}."
        )
    wanted = asdict(replace(earlier.model.config, dropout=config.dropout))
    ours = asdict(config.model_config(len(src), len(tgt)))
    differing = [name for name in ours if ours[name] != wanted[name]]
    if differing:
        sizes = ", ".join(f"{name} {wanted[name]} (not {ours[name]})" for name in differing)
        raise ConfigError(f"start_from has other sizes than this run: set {sizes}.")


def run_tokenizers(
    config: TrainConfig, folder: Path, pairs: list[Pair]
) -> tuple[Tokenizer, Tokenizer]:
    """The tokenizers in the run folder; if it has none, that of `tokenizer_file`, or trained on
    `pairs`. BPE and a file are one, joint."""
    files = [folder / name for name in TOKENIZERS]
    if not all(file.exists() for file in files):
        if config.tokenizer_file:
            trained = [Tokenizer.load(Path(config.tokenizer_file))] * 2
        elif config.tokenizer == "bpe":
            trained = [train_bpe((text for pair in pairs for text in pair), config.vocab_size)] * 2
        else:
            words = (config.min_frequency, config.vocab_size)
            trained = [train_words((pair[side] for pair in pairs), *words) for side in (0, 1)]
        write_tokenizers(trained, folder)
    return read_tokenizers(config, folder)


def read_tokenizers(config: TrainConfig, folder: Path) -> tuple[Tokenizer, Tokenizer]:
    """The tokenizers in the run folder; one twice where they are joint. Raises `TokenizerError`."""
    files = [folder / name for name in TOKENIZERS]
    src = Tokenizer.load(files[0])
    return src, src if config.joint else Tokenizer.load(files[1])


def write_tokenizers(tokenizers: list[Tokenizer], folder: Path) -> None:
    """Source and target tokenizer into the run folder, each file whole or not there."""
    for tokenizer, name in zip(tokenizers, TOKENIZERS, strict=True):
        beside = folder / f"{name}.part"
        tokenizer.save(beside)
        beside.replace(folder / name)
