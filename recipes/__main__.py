"""`python -m recipes LEG... --text FOLDER --out FOLDER`: the legs named, one after the other.

Each ends after so many seconds at the latest, so that the four that make models fit in ten minutes
of one GPU; what it leaves in `--out` is what the next ones begin with.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from recipes import ablations, base, eyes, lesson, machines, scores, tiny, translations

Leg = Callable[[Path, Path, float], None]
"""(the text's folder, the folder for what is made, seconds)"""


def measured(*command: str) -> Leg:
    """A leg that prints a table."""

    def run(text: Path, out: Path, seconds: float) -> None:
        try:
            subprocess.run([sys.executable, "-m", *command], timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            print("Its time was over.", flush=True)

    return run


DECODING = ("bench.decoding", "--device", "cuda", "--without", "ctranslate2", "--rounds", "1")
LEGS: dict[str, tuple[Leg, float]] = {
    "base": (base.train, 215),
    "translations": (translations.write, 50),
    "tiny": (tiny.train, 180),
    "lesson": (lesson.train, 110),
    "machines": (machines.train, 240),
    "eyes": (eyes.train, 240),
    "tables": (measured("recipes.tables", "--seconds", "2"), 150),
    "decoding": (measured(*DECODING), 30),
    "profile": (measured("recipes.tables", "--profile"), 110),
    "ablations": (ablations.train, 90),
    "scores": (scores.write, 60),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m recipes", description=__doc__)
    parser.add_argument("legs", metavar="LEG", nargs="+", choices=LEGS, help=", ".join(LEGS))
    parser.add_argument("--text", type=Path, required=True, help="what `recipes.text` wrote")
    parser.add_argument("--out", type=Path, required=True, help="for runs and translations")
    parser.add_argument("--seconds", type=float, help="of each leg, instead of its own")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for name in given.legs:
        leg, usual = LEGS[name]
        began = time.monotonic()
        leg(given.text.absolute(), given.out.absolute(), given.seconds or usual)
        print(f"{name} took {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
