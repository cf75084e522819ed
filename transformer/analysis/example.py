"""The recorded look of a bundle: one sentence already translated and traced, as plain arrays.

It paints before torch is imported; `record` makes it again from the model, and a test holds both
equal. Reading it needs numpy alone.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

if TYPE_CHECKING:
    from transformer.bundle import Bundle

FILE = "example.npz"
# What reading a file of arrays may raise, broken by accident or on purpose.
UNREADABLE = (
    OSError, EOFError, ValueError, LookupError, TypeError, RuntimeError, BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """What a page needs of one sentence: its pieces, its greedy translation, all attention.

    src_pieces end in [EOS], tgt_pieces begin with [SOS]; attention maps encoder (L, H, S, S),
    decoder (L, H, T, T) and cross (L, H, T, S) to float16 weights.
    """

    src: str
    translation: str
    src_pieces: list[str]
    tgt_pieces: list[str]
    attention: dict[str, np.ndarray]


def record(bundle: "Bundle", text: str, max_tokens: int | None = None) -> Example:
    """Translate `text` greedily, into `max_tokens` at most, and trace one teacher-forced pass over
    the result."""
    return record_all(bundle, [text], max_tokens)[0]


def record_all(
    bundle: "Bundle", texts: Sequence[str], max_tokens: int | None = None
) -> list[Example]:
    """The same for each text; they are translated together, in the time of the longest."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    from transformer.decoding import greedy
    from transformer.tokenizer import EOS

    device = next(bundle.model.parameters()).device
    sources = [[*bundle.src_tokenizer.encode(text).ids, EOS] for text in texts]
    if not sources:
        return []
    read = pad_sequence([torch.tensor(src) for src in sources], batch_first=True).to(device)
    found = greedy(bundle.model, read, max_tokens)
    return [
        _traced(bundle, text, src, hypothesis.ids)
        for text, src, hypothesis in zip(texts, sources, found, strict=True)
    ]


def _traced(bundle: "Bundle", text: str, src: list[int], out: list[int]) -> Example:
    import torch

    from transformer.tokenizer import SOS
    from transformer.trace import tracing

    device = next(bundle.model.parameters()).device
    tgt = [SOS, *out]
    with torch.no_grad(), tracing(bundle.model) as trace:
        bundle.model(torch.tensor([src], device=device), torch.tensor([tgt], device=device))

    def stack(side: str, kind: str) -> np.ndarray:
        count = len(getattr(bundle.model, side).layers)
        names = (f"{side}.layers.{layer}.{kind}_attention.weights" for layer in range(count))
        return torch.cat([trace[name] for name in names]).float().cpu().numpy().astype(np.float16)

    return Example(
        text,
        bundle.tgt_tokenizer.decode(out),
        [bundle.src_tokenizer.label(number) for number in src],
        [bundle.tgt_tokenizer.label(number) for number in tgt],
        {
            "encoder": stack("encoder", "self"),
            "decoder": stack("decoder", "self"),
            "cross": stack("decoder", "cross"),
        },
    )


def save_example(folder: Path, example: Example) -> None:
    """Write `example.npz` into a bundle."""
    text = {name: value for name, value in asdict(example).items() if name != "attention"}
    np.savez_compressed(folder / FILE, text=np.array(json.dumps(text)), **example.attention)  # type: ignore[arg-type]


def load_example(folder: Path) -> Example | None:
    """The recorded look of a bundle, None where it has none that can be read."""
    try:
        with np.load(folder / FILE, allow_pickle=False) as data:
            text = json.loads(str(data["text"]))
            return Example(**text, attention={n: data[n] for n in ("encoder", "decoder", "cross")})
    except UNREADABLE:
        return None
