"""Maps of a model's embeddings: `python -m trainer.project <bundle> [--out FILE]`.

Writes projection.npz: PCA in three dimensions with the share of the variance each keeps, and UMAP
in two and in three where umap-learn is installed. The file is derived: the same bundle gives the
same file on the same machine, and its identity is that of the bundle it was made from.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import warnings
from pathlib import Path

import numpy as np
from torch import Tensor

from trainer.arrays import write_arrays
from trainer.side_work import exit_code, stand_back
from transformer.analysis.projections import neighbour_graph, pca
from transformer.bundle import bundle_hash, load_bundle

FILE = "projection.npz"
NEIGHBOURS = 15
SEED = 0


def main(argv: list[str] | None = None) -> int:
    """Make the file; progress goes to stdout, what went wrong to stderr as one sentence."""
    parser = argparse.ArgumentParser(prog="python -m trainer.project", description=__doc__)
    parser.add_argument("bundle", type=Path, help="the folder of a model")
    parser.add_argument("--out", type=Path, help=f"default: {FILE} in that folder")
    given = parser.parse_args(argv)

    def work() -> None:
        write_arrays(given.out or given.bundle / FILE, projections(given.bundle))

    return exit_code(work, "The map")


def projections(folder: Path) -> dict[str, np.ndarray]:
    """The maps of a bundle by name: hash, and for "src" (and "tgt" where it has a matrix of its
    own) `src_pca` (V, 3), `src_share` (3,), `src_umap2` (V, 2), `src_umap3` (V, 3), float32.

    Raises `BundleError`.
    """
    model = load_bundle(folder).model
    arrays = {"hash": np.array(bundle_hash(folder))}
    sides = {"src": model.src_embedding.weight.detach()}
    if model.src_embedding.weight is not model.tgt_embedding.weight:
        sides["tgt"] = model.tgt_embedding.weight.detach()
    for side, matrix in sides.items():
        points, share = pca(matrix, min(3, *matrix.shape))
        arrays |= {f"{side}_pca": points.numpy(), f"{side}_share": share.numpy()}
        if has_umap():
            graph = neighbour_graph(matrix, NEIGHBOURS)
            for dims in (2, 3):
                arrays[f"{side}_umap{dims}"] = umap_points(matrix, graph, dims)
    if not has_umap():
        print("umap-learn is not installed, so these are the PCA maps alone.")
    return arrays


def has_umap() -> bool:
    """Whether umap-learn is installed; found out without importing it, which takes seconds."""
    return importlib.util.find_spec("umap") is not None


def umap_points(
    matrix: Tensor, graph: tuple[np.ndarray, np.ndarray], dims: int, spread: float = 0.1
) -> np.ndarray:
    """UMAP (McInnes et al., 2018) of the rows by cosine, from their exact neighbours: (V, dims)."""
    print(f"Map {dims - 1} of 2: reading the neighbours", flush=True)
    import umap

    bar = {
        "disable": False,
        "file": sys.stdout,
        "bar_format": f"Map {dims - 1} of 2: round {{n}} of {{total}}",
        "mininterval": 0.5,
    }
    layout = umap.UMAP(
        n_components=dims,
        n_neighbors=graph[0].shape[1],
        metric="cosine",
        min_dist=spread,
        precomputed_knn=graph,
        force_approximation_algorithm=True,  # else small vocabularies would drop the graph given
        random_state=SEED,
        n_jobs=1,
        tqdm_kwds=bar,
    )
    with warnings.catch_warnings():
        # That new points cannot be placed and that a seed means one thread are both meant.
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(layout.fit_transform(matrix.numpy()), np.float32)


if __name__ == "__main__":
    stand_back()
    sys.exit(main())
