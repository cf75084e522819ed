"""What the first attempt of a run decides and the later ones obey: `decided.json` in its folder.

Timed or measured anew, it might come out otherwise, and a resume would not go on as if nothing had
happened. Each checkpoint keeps it too.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from trainer.records import read_record, write_record

FILE = "decided.json"
PRECISIONS = ("fp32", "bf16")


@dataclass(frozen=True)
class Decided:
    """`precision` of the arithmetic; into how many `parts` each batch is cut to fit in memory;
    whether all batches have one of a few shapes, as CUDA graphs need it (`graphs`)."""

    precision: str
    parts: int = 1
    graphs: bool = False

    def write(self, folder: Path) -> None:
        """Keep it for the attempts to come. Raises OSError where the disk refuses."""
        write_record(folder / FILE, asdict(self))


def read_decided(folder: Path, checkpoint: Mapping[str, Any]) -> Decided | None:
    """What was decided, by the run's folder or else its checkpoint; None before the first time."""
    for record in (read_record(folder / FILE), checkpoint.get("decided")):
        if record and record.get("precision") in PRECISIONS and record.get("parts") in (1, 2):
            return Decided(record["precision"], record["parts"], record.get("graphs") is True)
    return None
