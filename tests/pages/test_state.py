"""The look: from and to the URL, validated, the newest word of the two winning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.ui.state import (
    EXAMPLES,
    KINDS,
    MAX_CHARS,
    Look,
    fit_look,
    look_from_query,
    look_to_query,
)

EDITS = ("", "off:encoder.1.2", "mean:cross.3;row:decoder.1.1.2=0.25,0.75", "swap:2=la;hide:1")
LOOKS = st.builds(
    Look,
    model=st.text(min_size=1, max_size=20),
    step=st.none() | st.integers(0, 10**8),
    src=st.text(max_size=80),
    tgt=st.none() | st.text(max_size=80).filter(str.strip),
    kind=st.sampled_from(KINDS),
    layer=st.integers(1, 48),
    head=st.integers(1, 64),
    edits=st.sampled_from(EDITS),
)


@given(LOOKS)
def test_a_look_survives_the_address(look: Look) -> None:
    assert look_from_query(look_to_query(look)) == (look, [])


@pytest.mark.parametrize("tgt", ["", "  ", "\n"])
def test_a_blank_target_is_the_models_own(tgt: str) -> None:
    assert look_from_query({"tgt": tgt}) == (Look(), [])


def test_the_default_look_needs_no_parameters_and_opens_with_the_lesson() -> None:
    assert look_to_query(Look()) == {}
    assert Look().src == EXAMPLES[0] == "edmund closed his banking account"


def test_layers_and_heads_count_from_one_for_people_and_from_zero_for_tensors() -> None:
    look, _ = look_from_query({"layer": "2", "head": "3"})
    assert (look.layer, look.head, look.layer_index, look.head_index) == (2, 3, 1, 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layer", "0"),
        ("layer", "-1"),
        ("layer", "two"),
        ("layer", "²"),
        ("layer", "9" * 5000),
        ("head", ""),
        ("step", "1e3"),
        ("kind", "sideways"),
        ("edits", "off:everything"),
        ("word", "0"),
        ("panel", "cellar"),
        ("hide", "everything"),
    ],
)
def test_nonsense_falls_back_with_one_sentence(name: str, value: str) -> None:
    look, notices = look_from_query({name: value})
    assert look == Look()
    assert len(notices) == 1 and notices[0].endswith(".") and len(notices[0]) < 150


def test_a_long_sentence_is_limited_and_says_so() -> None:
    look, notices = look_from_query({"src": "a" * 5000})
    assert len(look.src) == MAX_CHARS
    assert notices == ["The sentence in this link has 5,000 characters; the first 1,000 are shown."]


def test_what_the_model_lacks_falls_back_with_a_notice_each() -> None:
    look, notices = fit_look(replace(Look(), model="huge", layer=9, head=5), ["tiny"], 4, 4)
    assert look == Look()
    assert notices == [
        "There is no model “huge” here; showing tiny.",
        "There is no layer 9 in this model; showing layer 1.",
        "There is no head 5 in this model; showing head 1.",
    ]


def test_a_step_that_is_not_kept_is_not_said_to_be_shown() -> None:
    look, notices = fit_look(replace(Look(), step=300), ["tiny"])
    assert look == Look()
    assert notices == ["There is no step 300 of this model; showing its newest."]


def page() -> None:
    """A page that reads the look and shows it, with the two ways of changing it as buttons."""
    import streamlit as st

    from pages.ui.state import edit_sentence, notices, read_look, sentence_revision, write_look

    look = read_look(["tiny"], layers=4, heads=4)
    st.button("layer 3", on_click=write_look, kwargs={"layer": 3})
    st.button("key", on_click=edit_sentence, args=["typed"])
    st.session_state["shown"] = (look, notices(), sentence_revision())


def opened(**params: str) -> AppTest:
    at = AppTest.from_function(page)
    for name, value in params.items():
        at.query_params[name] = value
    return at.run()


def shown(at: AppTest) -> Any:
    assert not at.exception
    return at.session_state["shown"]


def address(at: AppTest) -> dict[str, str]:
    """The parameters, each as one string: AppTest gives back a list once the app has written it."""
    return {n: v if isinstance(v, str) else v[-1] for n, v in at.query_params.items()}


def click(at: AppTest, label: str) -> AppTest:
    return next(b for b in at.button if b.label == label).click().run()


def test_opening_a_page_writes_nothing_to_the_address() -> None:
    at = opened()
    assert shown(at)[0] == Look()
    assert address(at) == {}


def test_a_commit_reaches_the_address_and_leaves_foreign_parameters_alone() -> None:
    at = click(opened(src="hello", utm="x"), "layer 3")
    assert shown(at)[0] == Look(src="hello", layer=3)
    assert address(at) == {"src": "hello", "layer": "3", "utm": "x"}


def test_a_key_stays_in_the_session_until_it_is_committed() -> None:
    at = click(opened(src="hello"), "key")
    assert shown(at)[0].src == "typed"
    assert address(at) == {"src": "hello"}
    assert shown(at.run())[0].src == "typed"


def test_a_changed_address_wins_over_the_session_and_is_told_to_the_box() -> None:
    at = click(click(opened(src="hello"), "key"), "layer 3")
    assert address(at)["src"] == "typed"
    before = shown(at)[2]
    at.query_params["src"] = "earlier"
    del at.query_params["layer"]
    look, _, revision = shown(at.run())
    assert look == Look(src="earlier")
    assert revision > before


def test_a_bad_link_keeps_its_notice_until_the_next_commit() -> None:
    at = opened(layer="9")
    sentence = ["There is no layer 9 in this model; showing layer 1."]
    assert shown(at)[:2] == (Look(), sentence)
    assert shown(at.run())[:2] == (Look(), sentence)
    assert shown(click(at, "layer 3"))[:2] == (Look(layer=3), [])
