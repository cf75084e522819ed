"""What `base` makes of the English of its own training text, to teach `tiny` with.

`python -m recipes.translations SHARD OF TEXT OUT` is one of several processes that share a GPU.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import time
from pathlib import Path

from recipes.base import bundle

FILE = "translations.tsv.gz"
PROCESSES = 3
CHUNK = 4096  # sentences between two writes
RATIO = 2.2  # a translation this much longer or shorter in characters has gone wrong


def write(text: Path, out: Path, seconds: float) -> None:
    """Leave `translations.tsv.gz` in `out`, as far as they came; the everyday text comes first."""
    command = [sys.executable, "-m", "recipes.translations"]
    shards = [
        subprocess.Popen([*command, str(number), str(PROCESSES), str(text), str(out)])
        for number in range(PROCESSES)
    ]
    end = time.monotonic() + seconds
    while any(shard.poll() is None for shard in shards) and time.monotonic() < end:
        time.sleep(0.3)
    for shard in shards:
        shard.terminate()
        shard.wait()
    found = [(out / f"shard-{number}.tsv") for number in range(PROCESSES)]
    lines = [line for path in found if path.exists() for line in path.open(encoding="utf-8")]
    whole = [line for line in lines if line.endswith("\n") and usable(*line[:-1].split("\t"))]
    if whole:
        (out / FILE).write_bytes(gzip.compress("".join(whole).encode("utf-8"), mtime=0))
    print(f"translations: {len(whole):,} of {len(lines):,} are usable", flush=True)


def usable(source: str, translation: str) -> bool:
    """Whether the lengths of the two are like those of a sentence and its translation."""
    shorter, longer = sorted((len(source), len(translation)))
    return shorter > 0 and longer <= RATIO * shorter + 20


def sources(text: Path) -> list[str]:
    """The distinct English sentences of the training text, in its order."""
    with gzip.open(text / "train.tsv.gz", "rt", encoding="utf-8") as lines:
        return list(dict.fromkeys(line.split("\t")[0] for line in lines))


def translate_shard(number: int, of: int, text: Path, out: Path) -> None:
    """Every `of`-th sentence from `number` on, chunk by chunk, the longest chunks as they come."""
    import torch

    from trainer.evaluate import translate
    from trainer.model_commands import load_model

    torch.set_float32_matmul_precision("high")
    model = load_model(bundle(out))
    limit = model.model.config.max_tokens
    mine = sources(text)[number::of]
    lengths = [len(ids) for ids in model.src_tokenizer.encode_batch(mine)]
    fitting = [line for line, length in zip(mine, lengths, strict=True) if length < limit]
    with (out / f"shard-{number}.tsv").open("w", encoding="utf-8") as file:
        for start in range(0, len(fitting), CHUNK):
            chunk = fitting[start : start + CHUNK]
            outs = translate(model, chunk)
            for source, translation in zip(chunk, outs, strict=True):
                file.write(f"{source}\t{' '.join(translation.split())}\n")
            file.flush()


if __name__ == "__main__":
    place, count, folder, target = sys.argv[1:]
    translate_shard(int(place), int(count), Path(folder), Path(target))
