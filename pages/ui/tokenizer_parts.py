"""The parts of a tokenizer.json in plain words, and the JSON of each beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pages.ui.pieces import straight

Spec = Mapping[str, Any]
SHOWN = 600  # characters of JSON below a part
FIRST = 8  # entries of a long list


@dataclass(frozen=True)
class Part:
    """A part of the file: what it is called, what it does, its JSON, and the parts inside it."""

    name: str
    said: str
    raw: str
    inside: tuple[Part, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As a component is given it."""
        inside = [part.to_dict() for part in self.inside]
        return {"name": self.name, "said": self.said, "raw": self.raw, "inside": inside}


def parts_of(file: Spec) -> list[Part]:
    """The parts of a tokenizer.json, in the order in which a text goes through them."""
    added = file.get("added_tokens") or []
    names = ", ".join(f"{token['content']} {token['id']}" for token in added)
    return [
        step("Normaliser", file.get("normalizer"), "Nothing: the text stays as it is typed."),
        step("Words first", file.get("pre_tokenizer"), "Nothing: the text is one long word."),
        _model(file["model"]),
        Part(
            "Special pieces",
            f"{len(added)} pieces that no text makes: {names}. A typed “[EOS]” is text like any "
            "other; the model's code sets the real ones."
            if added
            else "None.",
            _raw(added),
        ),
        step("Added around", file.get("post_processor"), "Nothing: [SOS] and [EOS] are set by the "
             "model's code, which knows what is source and what is target."),
        _decoder(file.get("decoder")),
        _length(file),
    ]  # fmt: skip


def step(name: str, spec: Spec | None, otherwise: str) -> Part:
    """A step that has a type; a sequence has its steps inside."""
    if not spec:
        return Part(name, otherwise, "")
    kind = str(spec.get("type"))
    if kind == "Sequence":
        lists = (value for value in spec.values() if isinstance(value, list))
        inside = tuple(step(str(one.get("type")), one, "") for one in next(lists, []))
        return Part(name, f"{len(inside)} steps, one after the other.", "", inside)
    known = SAID.get(kind)
    said = known(spec) if known else f"{kind}: a step that this page has no words for."
    return Part(name, straight(said), _raw(spec))


def _decoder(spec: Spec | None) -> Part:
    kind = (spec or {}).get("type")
    said = {
        None: "Nothing: the pieces are joined by spaces.",
        "ByteLevel": "Each printable character becomes its byte again, read as UTF-8.",
        "WordPiece": "Pieces are joined by spaces, not before punctuation, nor where one begins "
        f"with “{(spec or {}).get('prefix')}”.",
        "Metaspace": f"Each {(spec or {}).get('replacement')} becomes a space again.",
    }.get(kind, f"{kind}: a step that this page has no words for.")
    return Part("Back to text", straight(said), _raw(spec) if spec else "")


def _model(model: Spec) -> Part:
    size = len(model.get("vocab", []))
    kind = str(model.get("type"))
    inside: tuple[Part, ...]
    if kind == "BPE":
        merges = model["merges"]
        first = ", ".join(f"{left} + {right}" for left, right in merges[:FIRST])
        inside = (
            Part("Vocabulary", f"{size:,} pieces: the specials, all 256 bytes, and a piece for "
                 "each merge that training made.", _raw(model["vocab"])),
            Part("Merges", f"{len(merges):,} pairs in the order in which training joined them. The "
                 f"first: {first} (Ġ is the space).", _raw(merges)),
        )  # fmt: skip
        said = "Byte-pair encoding: the pairs below are joined, the first of the list first."
    else:
        lost = model.get("unk_token")
        inside = (Part("Vocabulary", f"{size:,} entries.", _raw(model.get("vocab"))),)
        said = {
            "WordLevel": f"Each word is looked up whole; one that is not there is {lost}.",
            "WordPiece": "The longest piece that fits is cut off, again and again; ## marks one "
            f"inside a word, and a word that cannot be cut so is {lost}.",
            "Unigram": "Each piece has a probability; of all ways to cut, the likeliest is taken.",
        }.get(kind, f"{kind}: a model that this page has no words for.")
    options = {k: v for k, v in model.items() if k not in ("vocab", "merges")}
    return Part("Model", said, _raw(options), inside)


def _length(file: Spec) -> Part:
    both = {name: file.get(name) for name in ("truncation", "padding")}
    said = "Texts are neither cut nor filled up here; batches are padded where they are made."
    return Part("Length", "Cut or filled up." if any(both.values()) else said, _raw(both))


def _raw(value: Any) -> str:
    """The JSON, its beginning where it is long, nothing in it that turns the text around."""
    if isinstance(value, dict) and len(value) > 40:
        value = dict(sorted(value.items(), key=lambda pair: str(pair[1]).zfill(9))[:40])
    if isinstance(value, list):
        value = value[:40]
    text = straight(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def _byte_level(spec: Spec) -> str:
    front = " A space is put before the first word." if spec.get("add_prefix_space") else ""
    return (
        "Words are split by a pattern, each with the space before it; then every byte is written "
        f"as one printable character, so that nothing is unknown.{front}"
    )


def _replace(spec: Spec) -> str:
    pattern = spec.get("pattern") or {}
    found = pattern.get("Regex") or pattern.get("String") or ""
    made = str(spec.get("content") or "")
    return f"Each {' or '.join(map(_named, found.strip('[]')))} becomes {_named(made)}."


def _named(text: str) -> str:
    """A sign with its code point, because many look alike; longer text in quotes."""
    return f"{text} (U+{ord(text):04X})" if len(text) == 1 else f"“{text}”" if text else "nothing"


SAID: dict[str, Callable[[Spec], str]] = {
    "NFC": lambda _: "An accent typed on its own joins its letter (Unicode's NFC).",
    "Replace": _replace,
    "ByteLevel": _byte_level,
    "Whitespace": lambda _: (
        "Runs of letters and digits are words, runs of other signs too; spaces are dropped."
    ),
    "WhitespaceSplit": lambda _: "Whatever stands between spaces is a word.",
    "Metaspace": lambda spec: (
        f"Each space becomes {spec.get('replacement')}, which goes with the word behind it."
    ),
    "Punctuation": lambda _: "Each sign of punctuation is a word of its own.",
}
