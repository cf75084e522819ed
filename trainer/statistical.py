"""Statistical vectors of a bundle's vocabulary: `python -m trainer.statistical BUNDLE --out FILE`.

Counted in a text, with the bundle's own tokenizers, so that they can be laid beside what the model
has learned: transformer/analysis/ppmi.py. A joint vocabulary is counted in both languages, each
side of a pair being a line of its own; of two vocabularies each is counted in its language.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from trainer.arrays import write_arrays
from trainer.corpora import load_data
from trainer.side_work import exit_code, stand_back
from transformer.analysis.ppmi import WINDOW, pair_counts, ppmi, vectors
from transformer.bundle import Bundle, load_bundle

SHIPPED_TEXT = "libreoffice-help,bible-web-diodati"
CHUNK = 4000  # lines cut into pieces at a time


def main(argv: list[str] | None = None) -> int:
    """Make the file; progress goes to stdout, what went wrong to stderr as one sentence."""
    parser = argparse.ArgumentParser(prog="python -m trainer.statistical", description=__doc__)
    parser.add_argument("bundle", type=Path, help="the folder of a model")
    parser.add_argument("--out", type=Path, required=True, help="the .npz to write")
    parser.add_argument("--data", default=SHIPPED_TEXT, help=f"default: {SHIPPED_TEXT}")
    parser.add_argument("--window", type=int, default=WINDOW, help=f"default: {WINDOW}")
    given = parser.parse_args(argv)

    def work() -> None:
        write_arrays(given.out, statistical(given.bundle, given.data, given.window))

    return exit_code(work, "What was counted")


def statistical(folder: Path, data: str, window: int) -> dict[str, np.ndarray]:
    """`src` (V, D), and `tgt` where the bundle has a second vocabulary, float32; `pieces`, how many
    pieces were read. Raises `BundleError` and `DataError`."""
    bundle = load_bundle(folder)
    print("Step 1 of 4: reading the text", flush=True)
    pairs = [pair for corpus in load_data(data) for pair in corpus.pairs]
    arrays, pieces = {}, 0
    for side, texts in _sides(bundle, pairs).items():
        tokenizer = bundle.src_tokenizer if side == "src" else bundle.tgt_tokenizer
        lines: list[list[int]] = []
        for start in range(0, len(texts), CHUNK):
            print(f"Step 1 of 4: line {start:,} of {len(texts):,}", flush=True)
            lines += tokenizer.encode_batch(texts[start : start + CHUNK])
        pieces += sum(map(len, lines))
        print("Step 2 of 4: counting what stands beside what", flush=True)
        counts = pair_counts(lines, len(tokenizer), window)
        print("Step 3 of 4: weighing the counts", flush=True)
        information = ppmi(counts)
        print("Step 4 of 4: taking the matrix apart", flush=True)
        arrays[side] = vectors(information, bundle.model.config.d_model).numpy()
    return {**arrays, "pieces": np.array(pieces)}


def _sides(bundle: Bundle, pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    src, tgt = ([pair[side] for pair in pairs] for side in (0, 1))
    if bundle.src_tokenizer is bundle.tgt_tokenizer:
        return {"src": src + tgt}
    return {"src": src, "tgt": tgt}


if __name__ == "__main__":
    stand_back()
    sys.exit(main())
