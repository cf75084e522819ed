"""A run as a zip: what may be in it, and how much; `pack` and `unpack` both hold to it.

No checkpoints: a checkpoint is for the machine that goes on with the run. Nothing in a zip is ever
run, and no file in it is a pickle.
"""

from __future__ import annotations

import re

MANIFEST = "dawn-run.json"
FORMAT = "dawn run"
SCHEMA = 1

ENTRY = b"PK\x01\x02"  # begins each entry in a zip's list of files
MOST_FILES = 2000
MOST_BYTES = 1 << 30  # unpacked, all together
MOST_RECORD = 8 << 20  # bytes of a JSON record

_NUMBER = r"[0-9]{4}"
RECORDS = re.compile(
    rf"{re.escape(MANIFEST)}|(spec|data|notes|decided)\.json|(proc|exit)-{_NUMBER}\.json"
)
EVENTS = re.compile(rf"events/{_NUMBER}(-[a-z]{{1,20}})?\.jsonl")
LOGS = re.compile(r"log\.txt|run\.lock")
BUNDLE_RECORDS = re.compile(r"export/(config|tokenizer(\.src|\.tgt)?|roles|ablation|merges)\.json")
BUNDLE_TEXTS = re.compile(r"export/(card\.md|metrics\.jsonl)")
WEIGHTS = re.compile(r"export/model\.safetensors")
ARRAYS = re.compile(r"export/(example|projection)\.npz|snapshots/step=[0-9]{1,12}\.npz")
_ALL = (RECORDS, EVENTS, LOGS, BUNDLE_RECORDS, BUNDLE_TEXTS, WEIGHTS, ARRAYS)


def belongs(name: str) -> bool:
    """Whether a file of this name, a path inside the run's folder, may be in a run's zip."""
    return any(pattern.fullmatch(name) for pattern in _ALL)
