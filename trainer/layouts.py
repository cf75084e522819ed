"""One map of a bundle's embeddings with settings of one's own: `python -m trainer.layouts BUNDLE
--method tsne --dims 2 --near 30 --out FILE`.

UMAP and t-SNE as their libraries make them (umap-learn, scikit-learn), by cosine, with one seed and
one thread, so that the same bundle and settings give the same file on the same machine.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from torch import Tensor

from trainer.arrays import write_arrays
from trainer.project import SEED, has_umap, umap_points
from trainer.side_work import exit_code, stand_back
from transformer.analysis.projections import neighbour_graph, unit_rows
from transformer.bundle import load_bundle

METHODS = ("umap", "tsne")


def main(argv: list[str] | None = None) -> int:
    """Make the file; progress goes to stdout, what went wrong to stderr as one sentence."""
    parser = argparse.ArgumentParser(prog="python -m trainer.layouts", description=__doc__)
    parser.add_argument("bundle", type=Path, help="the folder of a model")
    parser.add_argument("--out", type=Path, required=True, help="the .npz to write")
    parser.add_argument("--method", choices=METHODS, required=True)
    parser.add_argument("--dims", type=int, choices=(2, 3), default=2)
    parser.add_argument("--near", type=int, default=15, help="UMAP: neighbours; t-SNE: perplexity")
    parser.add_argument("--spread", type=float, default=0.1, help="UMAP: least distance of points")
    given = parser.parse_args(argv)

    def work() -> None:
        made = layout(given.bundle, given.method, given.dims, given.near, given.spread)
        write_arrays(given.out, made)

    return exit_code(work, "The map")


def layout(folder: Path, method: str, dims: int, near: int, spread: float) -> dict[str, np.ndarray]:
    """`src` (V, dims), and `tgt` where the bundle has a second matrix, float32.

    Raises `BundleError`, and ValueError for settings that fit no map of this vocabulary.
    """
    model = load_bundle(folder).model
    if not has_umap():
        raise ValueError("umap-learn, which brings both methods, is not installed here.")
    matrices = {"src": model.src_embedding.weight.detach()}
    if model.src_embedding.weight is not model.tgt_embedding.weight:
        matrices["tgt"] = model.tgt_embedding.weight.detach()
    smallest = min(map(len, matrices.values()))
    if not 2 <= near < smallest:
        raise ValueError(f"A vocabulary of {smallest:,} pieces takes 2 to {smallest - 1:,} near.")
    if method == "tsne":
        return {side: tsne_points(matrix, dims, near) for side, matrix in matrices.items()}
    return {
        side: umap_points(matrix, neighbour_graph(matrix, near), dims, spread)
        for side, matrix in matrices.items()
    }


def tsne_points(matrix: Tensor, dims: int, perplexity: int) -> np.ndarray:
    """t-SNE (van der Maaten & Hinton, 2008) of the rows of (V, D): (V, dims).

    Of rows at length 1, whose squared distances are 2 - 2 cosines.
    """
    print("Reading the neighbours", flush=True)
    from sklearn.manifold import TSNE

    layout = TSNE(
        dims, perplexity=perplexity, init="pca", random_state=SEED, n_jobs=1, verbose=2,
        method="barnes_hut",
    )  # fmt: skip
    return np.asarray(layout.fit_transform(unit_rows(matrix).numpy()), np.float32)


if __name__ == "__main__":
    stand_back()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.exit(main())
