"""What a run learned from, in lines: of its model card, of what is handed in."""

import json
import re
from pathlib import Path


def data_lines(folder: Path, items: str = "pairs") -> list[str]:
    """One line a corpus, then what became of the pairs."""
    try:
        data = json.loads((folder / "data.json").read_text("utf-8"))
    except (OSError, ValueError):
        return ["- not recorded"]
    lines = []
    for corpus in data["corpora"]:
        licence = corpus["licence"] or "licence unknown, the file is not the project's"
        dropped = "".join(f"; {n:,} dropped: {why}" for why, n in corpus["dropped"].items())
        lines.append(
            f"- {corpus_name(corpus['name'])}: {corpus['pairs']:,} {corpus.get('items', 'pairs')} "
            f"({licence}; sha256 {corpus['sha256'][:12]}{dropped})"
        )
    held = f"{data['train']:,} {items} to learn from, {data['valid']:,} held out"
    held += " by groups" if items != "images" else ""
    return [*lines, f"- {held}, {data['too_long']:,} left out as too long"]


def corpus_name(name: str) -> str:
    """A corpus without its folder and endings; one of the hub as it is called there."""
    return name if name.startswith("hf:") else re.sub(r"\.tsv(\.gz)?$", "", Path(name).name)
