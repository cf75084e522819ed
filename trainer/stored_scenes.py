"""Scenes made ahead of a training: `python -m trainer.stored_scenes FOLDER --count N`.

A GPU learns faster than a few processors compose. What is stored is what `Scenes` would have made,
in the same order, 27,648 bytes each; runs share it, read-only.
"""

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from torch.utils.data import Dataset

from trainer.emoji import labels
from trainer.images import Item, Scenes
from trainer.records import read_record, write_record
from trainer.scenes import SIDE

ABOUT = "about.json"  # written last, when all of them are there
CHUNK = 500  # scenes that a process makes before it takes the next ones


class StoredScenes(Dataset[Item]):
    """The scenes in a folder, read from the disk as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.labels = np.load(folder / "labels.npy", mmap_mode="r")

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Item:
        return self.images[index], self.labels[index].astype(np.float32)


def holds(folder: Path, scenes: Scenes) -> bool:
    """Whether all of these scenes, and no others, are stored in a folder."""
    return read_record(folder / ABOUT) == about(scenes)


def about(scenes: Scenes) -> dict[str, Any]:
    """What stored scenes follow from."""
    own = {"seed": scenes.seed, "count": len(scenes), "varied": scenes.varied}
    return {**own, "vendors": list(scenes.vendors)}


def store(folder: Path, scenes: Scenes, processes: int | None = None) -> None:
    """Write all of `scenes` into `folder`, with as many processes, or one a core."""
    folder.mkdir(parents=True, exist_ok=True)
    count = len(scenes)
    open_memmap(folder / "images.npy", "w+", np.uint8, (count, 3, SIDE, SIDE)).flush()
    open_memmap(folder / "labels.npy", "w+", np.uint8, (count, len(labels()))).flush()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn) as pool:  # whose processes may not die unheard
        list(pool.map(partial(_fill, folder, scenes), range(0, count, CHUNK)))
    write_record(folder / ABOUT, about(scenes))


def _fill(folder: Path, scenes: Scenes, first: int) -> None:
    images = np.load(folder / "images.npy", mmap_mode="r+")
    there = np.load(folder / "labels.npy", mmap_mode="r+")
    for index in range(first, min(first + CHUNK, len(scenes))):
        images[index], there[index] = scenes[index]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m trainer.stored_scenes", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args()
    store(given.folder, Scenes(given.seed, given.count, ("noto",), True), given.processes)


if __name__ == "__main__":
    main()
