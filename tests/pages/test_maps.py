"""Maps: whose they are, where they come from, and the child process that makes them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from pages.ui import background, maps
from pages.ui.catalogue import ModelInfo, find_model
from pages.ui.map_maker import share_done
from transformer.bundle import bundle_hash, load_bundle


@pytest.fixture
def info(dawn_runs: Path) -> Iterator[ModelInfo]:
    found = find_model("toy")
    yield found
    background.stop(maps.cache_file(found))


def write_maps(path: Path, identity: str, size: int) -> None:
    path.parent.mkdir(exist_ok=True)
    points = np.full((size, 3), 7, np.float32)
    named = {"src_pca": points, "src_share": points[0], "src_umap2": points[:, :2]}
    np.savez(path, allow_pickle=False, hash=np.array(identity), src_umap3=points, **named)


def test_without_a_file_there_is_pca_alone(info: ModelInfo) -> None:
    found = maps.read_maps(info)
    size = len(load_bundle(info.folder).src_tokenizer)
    assert found.pca.shape == (size, 3)
    assert 0 < found.share.sum() < 1
    assert found.umap2 is None and found.umap3 is None
    flat = maps.map_points(info, "src", maps.Settings("PCA", 2))
    assert flat is not None and flat.shape == (size, 2)


@pytest.mark.parametrize("place", ["bundle", "cache"])
def test_maps_are_read_from_the_bundle_or_the_cache(info: ModelInfo, place: str) -> None:
    path = info.folder / "projection.npz" if place == "bundle" else maps.cache_file(info)
    write_maps(path, bundle_hash(info.folder), 9)
    flat = maps.map_points(info, "src", maps.Settings("UMAP", 2))
    assert flat is not None and flat.shape == (9, 2)


def test_maps_of_another_model_and_broken_files_are_passed_over(info: ModelInfo) -> None:
    write_maps(info.folder / "projection.npz", "0" * 64, 9)
    maps.cache_file(info).parent.mkdir(exist_ok=True)
    maps.cache_file(info).write_bytes(b"PK\x03\x04 cut short")
    assert maps.read_maps(info).umap2 is None


def test_a_file_made_anew_and_a_model_exported_anew_are_read_again(info: ModelInfo) -> None:
    file, before = info.folder / "projection.npz", maps.identity(info)
    write_maps(file, "0" * 64, 9)
    assert maps.read_maps(info).umap2 is None
    write_maps(file, before, 9)
    assert maps.read_maps(info).umap2 is not None
    weights = load_file(info.folder / "model.safetensors")
    name = min(weights)
    save_file(weights | {name: weights[name] + 1}, info.folder / "model.safetensors")
    assert maps.identity(info) == bundle_hash(info.folder) != before
    assert maps.read_maps(info).umap2 is None


def sleeper(words: str, code: int = 0) -> list[str]:
    text = f"import sys, time; print({words!r}, flush=True); time.sleep({20 if not code else 0})"
    return [sys.executable, "-c", f"{text}; sys.exit({code})"]


def progress_words(info: ModelInfo) -> str | None:
    progress = background.progress(maps.cache_file(info))
    return progress and progress[0]


def test_one_child_runs_is_followed_and_is_stopped(info: ModelInfo, monkeypatch) -> None:
    monkeypatch.setattr(maps, "command", lambda *_: sleeper("Map 1 of 2: round 3 of 9"))
    maps.start_map(info, maps.Settings("UMAP"))
    process = background.jobs()[maps.cache_file(info)].process
    maps.start_map(info, maps.Settings("UMAP"))
    assert background.jobs()[maps.cache_file(info)].process is process
    deadline = time.monotonic() + 20
    while progress_words(info) == "Starting" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert progress_words(info) == "Map 1 of 2: round 3 of 9"
    background.stop(maps.cache_file(info))
    assert process.poll() is not None
    assert (
        background.progress(maps.cache_file(info)) is None
        and background.problem(maps.cache_file(info)) is None
    )


def test_a_child_that_fails_leaves_its_last_words(info: ModelInfo, monkeypatch) -> None:
    monkeypatch.setattr(maps, "command", lambda *_: sleeper("No room on the disk.", 1))
    maps.start_map(info, maps.Settings("UMAP"))
    background.jobs()[maps.cache_file(info)].process.wait(timeout=20)
    assert background.progress(maps.cache_file(info)) is None
    assert background.problem(maps.cache_file(info)) == "No room on the disk."


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("Starting", 0),
        ("Map 1 of 2: round 250 of 500", 0.25),
        ("Map 2 of 2: round 500 of 500", 1),
        ("[t-SNE] Iteration 250: error = 93.6, gradient norm = 0.003 (50 iterations)", 0.25),
    ],
)
def test_the_bar_follows_the_childs_words(words: str, share: float) -> None:
    assert share_done(words) == share


@pytest.mark.slow
def test_the_real_child_makes_a_umap_that_is_found(info: ModelInfo) -> None:
    pytest.importorskip("umap")
    maps.start_map(info, maps.Settings("UMAP"))
    job = background.jobs()[maps.cache_file(info)]
    assert job.process.wait(timeout=150) == 0, job.log.read_text()
    assert maps.read_maps(info).umap3 is not None
    assert not {"umap", "sklearn"} & loaded_by("pages.ui.maps")


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_each_setting_has_a_map_of_its_own(info: ModelInfo) -> None:
    settings = [
        maps.Settings("UMAP"),
        maps.Settings("UMAP", 2, 30),
        maps.Settings("UMAP", 2, 15, 0.5),
        maps.Settings("UMAP", 3, 30),
        maps.Settings("t-SNE", 2, 15),
        maps.Settings("t-SNE", 3, 15),
    ]
    assert len({maps.made_file(info, one) for one in settings}) == len(settings)
    assert maps.made_file(info, maps.Settings("UMAP", 3)) == maps.cache_file(info)
    told = maps.command(info.folder, Path("out.npz"), maps.Settings("t-SNE", 3, 40))
    assert told[2] == "trainer.layouts" and "tsne" in told and "40" in told
    assert maps.command(info.folder, Path("x"), maps.Settings("UMAP"))[2] == "trainer.project"


def test_a_map_with_settings_is_read_and_a_broken_one_is_not(info: ModelInfo) -> None:
    mine = maps.Settings("t-SNE", 2, 7)
    assert maps.map_points(info, "src", mine) is None
    file = maps.made_file(info, mine)
    file.parent.mkdir(exist_ok=True)
    np.savez(file, allow_pickle=False, src=np.ones((9, 2), np.float32))
    found = maps.map_points(info, "src", mine)
    assert found is not None and found.shape == (9, 2)
    file.write_bytes(b"PK\x03\x04 cut short")
    assert maps.map_points(info, "src", mine) is None
