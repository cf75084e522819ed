"""The look: what a person is looking at, shared by every page, kept in the session and in the URL.

Layers and heads are counted from 1 here, in the URL and on the screen; from 0 in tensor names,
through `Look.layer_index` and `Look.head_index`. The URL holds only what differs from the default
look, so a bare address is the default look, and Back to it is Back to the default.

Each write of `st.query_params` is one entry in the browser's history. So a look is written once per
committed action (`write_look`), and what changes with every key is kept in the session alone
(`edit_sentence`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from pages.ui.catalogue import what_is_broken
from transformer.analysis.edits import LONGEST, format_edits, parse_edits

EXAMPLES = (
    "edmund closed his banking account",
    "The red car is in front of the house.",
    "I lost the keys because they were small.",
    "She gave her brother the book he wanted.",
    "We are going to the sea tomorrow.",
)
KINDS = ("encoder", "decoder", "cross")
PANELS = (
    *("walk", "edit", "why"),  # of attention
    *("steps", "file", "beside", "train"),  # of tokens
    *("axes", "kinds", "context"),  # of embeddings
    *("stable", "lab"),  # of positions
)
HIDES = ("source", "prefix", "both")
MAX_CHARS = 1_000
SETTINGS = (
    *("map", "context", "axes", "kinds", "tokens", "positions"),
    *("channels", "vision", "machines", "gradcam"),
)
MAX_SETTINGS = 7_000  # characters of what is set in a panel

_LOOK, _SEEN, _REVISION, _NOTICES = "look", "look.seen", "look.revision", "look.notices"


@dataclass(frozen=True)
class Look:
    """What is looked at: a model at a step, a sentence, and one head of one kind of attention.

    step None is the model's newest; tgt None is the model's own translation; layer and head count
    from 1. edits is the text form of transformer/analysis/edits.py; whether they fit the model and
    the sentence is seen where both are read (`pages/ui/edited.py`). panel is the laboratory that is
    open below the heads; word the piece of the target that is asked about in it, counted from 1,
    None for the longest; hide what its curves hide. Each of SETTINGS holds what is set in the panel
    of that name, in the text form of `pages/ui/kept.py`, which sees to what is not there.
    """

    model: str = "tiny"
    step: int | None = None
    src: str = EXAMPLES[0]
    tgt: str | None = None
    kind: str = "encoder"
    layer: int = 1
    head: int = 1
    edits: str = ""
    panel: str = ""
    word: int | None = None
    hide: str = "source"
    map: str = ""
    context: str = ""
    axes: str = ""
    kinds: str = ""
    tokens: str = ""
    positions: str = ""
    channels: str = ""
    vision: str = ""
    machines: str = ""
    gradcam: str = ""

    @property
    def layer_index(self) -> int:
        """The layer as tensor names count it, from 0."""
        return self.layer - 1

    @property
    def head_index(self) -> int:
        """The head as tensor names count it, from 0."""
        return self.head - 1


_NAMES = tuple(field.name for field in fields(Look))


def look_to_query(look: Look) -> dict[str, str]:
    """The URL parameters of a look: only what differs from the default one."""
    default = Look()
    pairs = {name: getattr(look, name) for name in _NAMES}
    return {n: str(v) for n, v in pairs.items() if v != getattr(default, n) and v is not None}


def look_from_query(params: Mapping[str, str]) -> tuple[Look, list[str]]:
    """The look that URL parameters ask for, and one sentence for each value not taken."""
    values: dict[str, Any] = {}
    notices: list[str] = []
    for name in ("model", "src", "tgt"):
        if name in params:
            values[name] = _limited(params[name], notices) if name != "model" else params[name]
    if not values.get("tgt", "").strip():
        values.pop("tgt", None)  # an empty field: the model's own
    for name, lowest in (("step", 0), ("layer", 1), ("head", 1), ("word", 1)):
        if name in params:
            number = _whole(params[name])
            if number is not None and number >= lowest:
                values[name] = number
            else:
                notices.append(
                    f"The link asks for {name} “{params[name][:40]}”, which is not a number from "
                    f"{lowest} up; showing {_default_words(name)}."
                )
    if "kind" in params:
        if params["kind"] in KINDS:
            values["kind"] = params["kind"]
        else:
            notices.append(
                f"There is no attention called “{params['kind'][:40]}”; showing the encoder's."
            )
    for name, known in (("panel", PANELS), ("hide", HIDES)):
        if params.get(name) in known:
            values[name] = params[name]
        elif name in params:
            notices.append(
                f"There is no {name} called “{params[name][:40]}”; showing the page without it."
            )
    for name in SETTINGS:
        if len(params.get(name, "")) > MAX_SETTINGS:
            notices.append(f"What the link sets in “{name}” is too long to be read; left out.")
        elif name in params:
            values[name] = params[name]
    if "edits" in params:
        edits, told = parse_edits(params["edits"])
        values["edits"] = format_edits(edits)
        notices += told
    return Look(**values), notices


def fit_look(
    look: Look,
    models: Sequence[str] | None = None,
    layers: int | None = None,
    heads: int | None = None,
) -> tuple[Look, list[str]]:
    """The look inside what there is, and one sentence for each value that lay outside."""
    notices: list[str] = []
    changes: dict[str, Any] = {}
    if models and look.model not in models:
        broken = what_is_broken(look.model)
        reason = broken or f"There is no model “{look.model[:40]}” here"
        notices.append(f"{reason}; showing {models[0]}.")
        changes.update(model=models[0], step=None)
    elif models and look.step is not None:
        notices.append(f"There is no step {look.step} of this model; showing its newest.")
        changes["step"] = None
    for name, count in (("layer", layers), ("head", heads)):
        number = getattr(look, name)
        if count is not None and not 1 <= number <= count:
            notices.append(f"There is no {name} {number} in this model; showing {name} 1.")
            changes[name] = 1
    return replace(look, **changes), notices


def read_look(
    models: Sequence[str] | None = None, layers: int | None = None, heads: int | None = None
) -> Look:
    """The look: a URL parameter where it differs from what was last seen, else the session.

    Call it first without limits to learn the model, then again with that model's layers and heads.
    What lies outside falls back, and `notices()` says so for as long as the address asks for it.
    """
    params = {name: st.query_params[name] for name in _NAMES if name in st.query_params}
    asked, notices = look_from_query(params)
    look = asked
    if _SEEN in st.session_state:
        seen = st.session_state[_SEEN]
        changed = {n: getattr(asked, n) for n in _NAMES if params.get(n) != seen.get(n)}
        look = replace(st.session_state[_LOOK], **changed)
        if "src" in changed:
            _bump_revision()
    look, _ = fit_look(look, models, layers, heads)
    st.session_state[_LOOK] = look
    st.session_state[_SEEN] = params
    st.session_state[_NOTICES] = notices + fit_look(asked, models, layers, heads)[1]
    return look


def write_look(**changes: Any) -> None:
    """Commit a change: into the session and, as one history entry, into the URL.

    A change of `src` or `model` drops a target sentence typed for the former one, unless `tgt` is
    given; a change of any of the three drops the piece that was asked about.
    """
    look = current_look()
    if "tgt" not in changes and any(
        changes.get(n, getattr(look, n)) != getattr(look, n) for n in ("src", "model")
    ):
        changes = {**changes, "tgt": None}
    if any(changes.get(n, getattr(look, n)) != getattr(look, n) for n in ("src", "model", "tgt")):
        changes.setdefault("word", None)
    if changes.get("src", look.src) != look.src:
        _bump_revision()
    st.session_state[_LOOK] = look = replace(look, **changes)
    query = look_to_query(look)
    others = {n: st.query_params.get_all(n) for n in st.query_params if n not in _NAMES}
    if {n: st.query_params[n] for n in _NAMES if n in st.query_params} != query:
        st.query_params.from_dict({**others, **query})
    st.session_state[_SEEN] = query


def change_edits(change: Callable[[str], str], **also: Any) -> None:
    """Commit what `change` makes of the edits, those included that do not fit at the moment, and in
    the same step of the history what else is given. One more than a link has room for is not made:
    a reload would lose them all."""
    edits = current_look().edits
    changed = change(edits)
    if len(edits) < len(changed) > LONGEST:
        st.toast("A link has no room for one more edit like this: undo one first.")
    elif changed != edits:
        write_look(edits=changed, **also)


def edit_sentence(text: str) -> None:
    """A key was typed: the sentence changes in the session, the URL waits until it is committed."""
    look = current_look()
    if text != look.src:
        look = replace(look, src=text, tgt=None, word=None)
    st.session_state[_LOOK] = look
    # The key was typed after whatever the address said: an address on its way must not undo it.
    seen = dict(st.session_state.get(_SEEN, {}))
    seen.pop("src", None)
    if "src" in st.query_params:
        seen["src"] = st.query_params["src"]
    st.session_state[_SEEN] = seen


def current_look() -> Look:
    """The look as it stands at this moment, in a fragment and in a callback as well."""
    look: Look = st.session_state.get(_LOOK, Look())
    return look


def current_query() -> dict[str, str]:
    """The URL parameters that a link to another page must carry."""
    return look_to_query(current_look())


def sentence_revision() -> int:
    """Counts the changes of the sentence that did not come from its own box: a link, Back."""
    return int(st.session_state.get(_REVISION, 0))


def notices() -> list[str]:
    """One sentence for each value in the address that could not be shown. Plain text: escape it."""
    return list(st.session_state.get(_NOTICES, []))


def _bump_revision() -> None:
    st.session_state[_REVISION] = sentence_revision() + 1


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _limited(text: str, notices: list[str]) -> str:
    if len(text) <= MAX_CHARS:
        return text
    notices.append(
        f"The sentence in this link has {len(text):,} characters; "
        f"the first {MAX_CHARS:,} are shown."
    )
    return text[:MAX_CHARS]


def _default_words(name: str) -> str:
    own = {"step": "the newest step", "word": "the longest piece"}
    return own.get(name, f"{name} 1")
