"""Make `assets/emoji/` from two unpacked npm packages; run by hand, needs Pillow.

    npm pack emoji-datasource-google emoji-datasource-twitter    # in a folder of its own
    for each: mkdir NAME && tar xzf NAME-*.tgz -C NAME
    python tools/emoji.py GOOGLE/package TWITTER/package

What it writes is read by `trainer/emoji.py`, with numpy alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script

from trainer.arrays import write_arrays  # noqa: E402
from trainer.emoji import SIDE, VENDORS  # noqa: E402

FOLDER = ROOT / "assets" / "emoji"
PACKAGES = {"noto": "google", "twemoji": "twitter"}  # the vendor's name there

# category: the package's short names; =NAME where people say another word than Unicode.
CHOSEN = {
    "animals": """
        tiger2 tiger cat2 cat dog2 dog lion_face=lion leopard mouse2 mouse rabbit2 rabbit racehorse
        horse cow2 cow pig2 pig monkey monkey_face bear=bear panda_face=panda koala fox_face=fox
        wolf=wolf frog=frog elephant giraffe_face=giraffe zebra_face=zebra camel=camel rooster
        penguin owl eagle duck flamingo hatching_chick=chick shark whale2=whale dolphin octopus
        tropical_fish crab snail butterfly bee=bee ladybug=ladybird turtle snake crocodile hedgehog
    """,
    "food": """
        apple=apple banana strawberry watermelon pineapple grapes lemon cherries peach avocado
        carrot corn=corn tomato broccoli hot_pepper=pepper hamburger pizza=pizza hotdog=hotdog taco
        fries doughnut cookie birthday=cake icecream=ice-cream cheese_wedge=cheese croissant pretzel
        sushi fried_egg=egg beer=beer
    """,
    "vehicles": """
        car=car taxi bus police_car ambulance fire_engine truck=lorry tractor bike=bicycle
        motor_scooter=scooter steam_locomotive=locomotive airplane helicopter rocket boat=sailboat
    """,
    "nature": """
        cactus sunflower tulip rose mushroom maple_leaf four_leaf_clover=clover palm_tree
        evergreen_tree=fir deciduous_tree=tree rainbow crescent_moon=moon sunny=sun snowman
        fire volcano
    """,
    "objects": """
        guitar violin trumpet soccer=football basketball=basketball trophy camera bulb=bulb key
        hammer scissors=scissors umbrella books gift=gift balloon crown bell hourglass=hourglass
        alarm_clock phone=telephone house=house teddy_bear
    """,
}


def chosen() -> list[tuple[str, str, str]]:
    """(short name, own name or "", category) of each, in order."""
    rows = []
    for category, text in CHOSEN.items():
        for word in text.split():
            short, _, name = word.partition("=")
            rows.append((short, name, category))
    return rows


def entries(package: Path) -> dict[str, dict[str, str]]:
    """The package's list of emoji, by short name."""
    listed = json.loads((package / "emoji.json").read_text("utf-8"))
    return {entry["short_name"]: entry for entry in listed}


def picture(package: Path, vendor: str, file: str) -> np.ndarray:
    """One emoji as uint8 RGBA (64, 64, 4); what is invisible is black."""
    with Image.open(package / "img" / PACKAGES[vendor] / "64" / file) as image:
        pixels = np.array(image.convert("RGBA"))
    if pixels.shape != (SIDE, SIDE, 4):
        raise SystemExit(f"{file} is {pixels.shape[1]} x {pixels.shape[0]}, not {SIDE} x {SIDE}.")
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("google", type=Path, help="the unpacked emoji-datasource-google")
    parser.add_argument("twitter", type=Path, help="the unpacked emoji-datasource-twitter")
    given = parser.parse_args()
    known = entries(given.google)
    labels, files = [], []
    for short, name, category in chosen():
        if short not in known:
            raise SystemExit(f"The package has no emoji '{short}'.")
        entry = known[short]
        label = {"code": entry["unified"], "name": name or entry["name"].lower()}
        labels.append({**label, "category": category})
        files.append(entry["image"])
    packages = zip(VENDORS, (given.google, given.twitter), strict=True)
    images = {
        vendor: np.stack([picture(package, vendor, file) for file in files])
        for vendor, package in packages
    }
    write_arrays(FOLDER / "emoji.npz", images)
    text = "".join(f"  {json.dumps(label)},\n" for label in labels).removesuffix(",\n")
    (FOLDER / "labels.json").write_text(f"[\n{text}\n]\n", "utf-8")
    size = (FOLDER / "emoji.npz").stat().st_size
    print(f"{len(labels)} emoji of {len(images)} vendors: {size:,} bytes")


if __name__ == "__main__":
    main()
