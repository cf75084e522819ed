"""Make `assets/digits/digits.npz` from scikit-learn's handwritten digits; run by hand.

    python tools/digits.py

scikit-learn comes with umap-learn. What it writes is read by `trainer/digits.py`, with numpy alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script

from trainer.arrays import write_arrays  # noqa: E402


def main() -> None:
    digits = load_digits()
    images = digits.images.astype(np.uint8)  # 0..16, whole numbers
    path = ROOT / "assets" / "digits" / "digits.npz"
    write_arrays(path, {"images": images, "labels": digits.target.astype(np.uint8)})
    print(f"{len(images)} digits: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
