"""What trained eyes see: `python -m recipes.seeing scores|pointing|gathering BUNDLE...`.

scores: every bundle on held-out scenes by both vendors, one of which none has learned from.
pointing: how often the hottest point lies on what was asked for, per layer and method.
gathering: whether the channels that answer to a class gather in a group, per layer of a CNN.

Each prints a table in Markdown; the scenes are made from a seed that no training has. The last two
set each model beside one of its sizes that has learned nothing (Adebayo et al., "Sanity Checks for
Saliency Maps", 2018): what that one shows as well comes from the architecture or the scenes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from trainer.emoji import VENDORS
from trainer.image_scores import image_scores
from trainer.images import VALID_SEED, Scenes, collate_images
from trainer.scenes import Scene, compose
from transformer.analysis.gathering import FAVOURITES, answers, gathering
from transformer.analysis.pointing import at_centre, by_chance, point
from transformer.analysis.sight import Eyes, open_sight
from transformer.analysis.sight_methods import SightMethod, sight_methods
from transformer.cnn import Cnn
from transformer.one_stream import load_one_stream

BATCH = 100
SEED = VALID_SEED + 1
FRESH = 3  # models that have learned nothing
CUTS = (4, 8)  # groups that a CNN of one group is counted in, where chance is the right answer


def row(*cells: object) -> None:
    """A line of a table; numbers with three digits."""
    print("|", " | ".join(f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells), "|")


def header(*names: str) -> None:
    row(*names)
    row(*["---"] * len(names))


def load(folder: Path) -> Eyes:
    """A bundle that sees scenes."""
    bundle = load_one_stream(folder)
    if bundle.architecture not in ("vision", "cnn") or bundle.about.get("images") != "emoji":
        raise SystemExit(f"{folder.name} sees no scenes of emoji.")
    return bundle.model  # type: ignore[return-value]


def untrained(model: Eyes, seed: int) -> Eyes:
    """One of the same sizes with fresh weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return type(model)(model.config).eval()  # type: ignore[arg-type]


def scores(folders: list[Path], count: int) -> None:
    """Of each bundle, by the vendor it learned from and by the other."""
    header(
        "model", "parameters", "drawn by", "recall", "average precision", "painting", "mean colour"
    )
    for folder in folders:
        model = load(folder)
        size = sum(parameter.numel() for parameter in model.parameters())
        for vendor in VENDORS:
            scenes = Scenes(SEED, count, (vendor,), False)
            loader = DataLoader(scenes, BATCH, collate_fn=collate_images)
            found = image_scores(model, loader, "cpu")
            painted = (found.get(name, "") for name in ("painting", "painting_baseline"))
            row(
                folder.name,
                f"{size:,}",
                vendor,
                found["recall"],
                found["average_precision"],
                *painted,
            )


def batches(count: int, vendor: str) -> Iterator[list[Scene]]:
    """Scenes of two emoji and more, where it matters which one is asked for."""
    batch: list[Scene] = []
    index = made = 0
    while made < count:
        scene = compose(SEED, index, (vendor,))
        index += 1
        if len(scene.placed) > 1:
            batch.append(scene)
            made += 1
        if len(batch) == min(BATCH, count) or made == count:
            yield batch
            batch = []


def points(model: Eyes, methods: list[SightMethod], scenes: list[Scene]) -> tuple[Tensor, Tensor]:
    """On the query, on another, nowhere: (methods + 2, 3, B); whether the query is recognised (B,).

    The last two rows are the baselines.
    """
    numbers = [number % len(scene.placed) for number, scene in enumerate(scenes)]
    pairs = list(zip(numbers, scenes, strict=True))
    queries = [scene.placed[number].emoji for number, scene in pairs]
    asked = torch.from_numpy(np.stack([scene.masks[number] for number, scene in pairs]))
    others = torch.from_numpy(np.stack([scene.masks.any(axis=0) for scene in scenes])) & ~asked
    images = torch.from_numpy(np.stack([scene.image for scene in scenes])).float() / 255
    sight = open_sight(model, images, queries)
    hits = [point(method.locate(sight), asked, others) for method in methods]
    rows = [torch.stack([part.float() for part in hit]) for hit in hits]
    for baseline in (by_chance, at_centre):
        own, other = (baseline(mask).float() for mask in (asked, others))
        rows.append(torch.stack([own, other, torch.zeros_like(own)]))
    rank = (sight.logits > sight.logits.gather(1, sight.queries[:, None])).sum(dim=1)
    there = torch.tensor([len(scene.placed) for scene in scenes])
    return torch.stack(rows), rank < there


def played(model: Eyes, count: int, vendor: str) -> tuple[Tensor, Tensor]:
    """`points` of so many scenes."""
    methods = sight_methods(model)
    parts = [points(model, methods, scenes) for scenes in batches(count, vendor)]
    return torch.cat([part[0] for part in parts], dim=-1), torch.cat([part[1] for part in parts])


def pointing_of(folder: Path, count: int, vendor: str) -> dict[str, Any]:
    """The pointing game of one model, beside one of its sizes that has learned nothing."""
    model = load(folder)
    names: list[tuple[str, int | None]] = [(one.name, one.layer) for one in sight_methods(model)]
    names += [("a random pixel", None), ("the centre", None)]
    hits, known = played(model, count, vendor)
    fresh, _ = played(untrained(model, 0), count, vendor)
    rows = [
        {
            "method": name,
            "layer": layer,
            **dict(
                zip(("on_query", "on_another", "nowhere"), own.mean(dim=1).tolist(), strict=True)
            ),
            "where_recognised": float(own[0][known].mean()),
            "untrained": float(other[0].mean()),
        }
        for (name, layer), own, other in zip(names, hits, fresh, strict=True)
    ]
    recognised = float(known.float().mean())
    return {"scenes": count, "vendor": vendor, "recognised": recognised, "rows": rows}


def pointing(folders: list[Path], count: int, vendor: str, keep: bool) -> None:
    """The table of the pointing game, half the width of a 95 % interval after ±."""
    print(f"{count} scenes of two to four emoji by {vendor}, one of them asked for.\n")
    shares = ("where_recognised", "on_another", "nowhere", "untrained")
    for folder in folders:
        found = pointing_of(folder, count, vendor)
        header(
            "model", "method", "layer", "on the query", *(name.replace("_", " ") for name in shares)
        )
        for one in found["rows"]:
            share = one["on_query"]
            spread = 1.96 * (share * (1 - share) / count) ** 0.5
            layer = {None: "", 0: "all"}.get(one["layer"], one["layer"])
            told = f"{share:.3f} ± {spread:.3f}"
            row(folder.name, one["method"], layer, told, *(one[name] for name in shares))
        print(f"\n{folder.name} recognises {found['recognised']:.1%} of the queries.\n")
        if keep:
            write(folder / "pointing.json", found)


def gathering_of(folder: Path, count: int) -> dict[str, Any] | None:
    """Of the channels that answer most to a class, the share in its fullest group; the same with
    channels dealt to groups at random, and in models that have learned nothing. None for a model
    that is no CNN."""
    model = load(folder)
    if not isinstance(model, Cnn):
        return None
    fresh = [untrained(model, seed) for seed in range(FRESH)]
    loader = DataLoader(Scenes(SEED, count, ("noto",), False), BATCH, collate_fn=collate_images)
    scenes = [(images.float() / 255, there) for images, there in loader]
    own, rows = model.config.groups, []
    for layer in range(1, len(model.layers)):
        found, *others = (answers(each, scenes, layer) for each in (model, *fresh))  # type: ignore[arg-type]
        for groups in (own,) if own > 1 else CUTS:
            result = gathering(found, groups)
            base = [gathering(other, groups, shuffles=1).share for other in others]
            rows.append(
                {
                    "layer": layer + 1,
                    "groups": groups,
                    "share": result.share,
                    "by_chance": float(result.by_chance.mean()),
                    "as_high_by_chance": result.as_high_by_chance,
                    "untrained": float(np.mean(base)),
                }
            )
    return {"scenes": count, "favourites": FAVOURITES, "own_groups": own, "rows": rows}


def gather(folders: list[Path], count: int, keep: bool) -> None:
    """The table of the gathering of channels in groups."""
    print(f"The {FAVOURITES} channels that rise most for a class, over {count} scenes.\n")
    header(
        "model", "layer", "groups", "in the fullest", "by chance", "as many by chance", "untrained"
    )
    for folder in folders:
        found = gathering_of(folder, count)
        if not found:
            continue
        for one in found["rows"]:
            cut = str(one["groups"]) if found["own_groups"] > 1 else f"none, as {one['groups']}"
            numbers = ("share", "by_chance", "as_high_by_chance", "untrained")
            row(folder.name, one["layer"], cut, *(one[name] for name in numbers))
        if keep:
            write(folder / "gathering.json", found)


def write(file: Path, found: dict[str, Any]) -> None:
    """Beside the model's other files, numbers with four digits."""
    rows = [
        {name: round(x, 4) if isinstance(x, float) else x for name, x in one.items()}
        for one in found["rows"]
    ]
    known = {name: round(x, 4) if isinstance(x, float) else x for name, x in found.items()}
    file.write_text(json.dumps({**known, "rows": rows}, indent=1) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes.seeing", description=__doc__)
    parser.add_argument("table", choices=("scores", "pointing", "gathering"))
    parser.add_argument("bundles", metavar="BUNDLE", nargs="+", type=Path)
    parser.add_argument("--scenes", type=int, default=1000)
    parser.add_argument("--vendor", choices=VENDORS, default="noto", help="of pointing")
    parser.add_argument(
        "--json", action="store_true", help="keep pointing or gathering beside each bundle as well"
    )
    given = parser.parse_args()
    if given.table == "scores":
        scores(given.bundles, given.scenes)
    elif given.table == "pointing":
        pointing(given.bundles, given.scenes, given.vendor, given.json)
    else:
        gather(given.bundles, given.scenes, given.json)


if __name__ == "__main__":
    main()
