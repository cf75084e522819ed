"""What is set in a panel: as text, read with care, and committed to the address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from pages.ui.kept import from_text, one_of, share, to_text, up_to, whole, yes_or_no
from pages.ui.state import MAX_SETTINGS, Look, look_from_query

NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)


@given(st.dictionaries(NAMES, st.text(max_size=40), max_size=6))
def test_any_values_survive_their_text(values: dict[str, str]) -> None:
    assert from_text(to_text(values)) == values


def test_a_text_is_read_by_people() -> None:
    assert to_text({"how": "t-SNE", "near": "30"}) == "how-t-SNE~near-30"
    assert from_text("~~nothing~near-30~") == {"near": "30"}


@pytest.mark.parametrize(
    ("reader", "taken", "refused"),
    [
        (one_of(("a", "b")), {"a": "a"}, ("c", "", "A")),
        (whole(2, 100), {"2": 2, "100": 100}, ("1", "101", "-5", "3.0", "1e1", "٣", "9" * 5000)),
        (share(0.9, 0.05), {"0": 0, "0.35": 0.35, "0.9": 0.9}, ("nan", "inf", "-1", "1", "x", "")),
        (yes_or_no, {"True": True, "False": False}, ("true", "1", "")),
        (up_to(3), {"": "", "abc": "abc"}, ("abcd",)),
    ],
)
def test_a_reader_takes_what_there_is_and_refuses_the_rest(
    reader: Callable[[str], object], taken: dict[str, object], refused: tuple[str, ...]
) -> None:
    assert {text: reader(text) for text in taken} == taken
    for text in refused:
        with pytest.raises(ValueError):
            reader(text)


def test_settings_that_are_too_long_are_left_out_with_a_word() -> None:
    look, told = look_from_query({"context": "x" * (MAX_SETTINGS + 1), "map": "how-UMAP"})
    assert look == Look(map="how-UMAP") and len(told) == 1 and "too long" in told[0]


def panel() -> None:
    import streamlit as st

    from pages.ui.kept import Kept, one_of, whole
    from pages.ui.state import read_look

    read_look()
    kept = Kept("map")
    st.segmented_control(
        "How", ["PCA", "UMAP"], **kept.bound("how", "PCA", one_of(("PCA", "UMAP")))
    )
    st.slider("Near", 2, 100, **kept.bound("near", 15, whole(2, 100)))
    kept.tell()


def asked(at: AppTest) -> str:
    found = at.query_params.get("map", "")
    return found if isinstance(found, str) else found[0]


def test_a_panel_shows_the_address_and_writes_what_differs() -> None:
    at = AppTest.from_function(panel)
    at.query_params["map"] = "how-UMAP~other-x"
    at.run()
    assert (at.button_group[0].value, at.slider[0].value, len(at.info)) == ("UMAP", 15, 0)
    at.slider[0].set_value(40).run()
    assert asked(at) == "how-UMAP~other-x~near-40"
    at.slider[0].set_value(15).run()
    assert asked(at) == "how-UMAP~other-x"
    at.query_params["map"] = "near-7"  # Back, or another link
    at.run()
    assert (at.button_group[0].value, at.slider[0].value) == ("PCA", 7)


def test_what_is_not_there_is_told_for_as_long_as_the_address_asks_for_it() -> None:
    at = AppTest.from_function(panel)
    at.query_params["map"] = "how-<b>magic</b>~near-1000"
    for _ in range(2):
        at.run()
        assert (at.button_group[0].value, at.slider[0].value) == ("PCA", 15)
        assert len(at.info) == 1 and "<b>" not in at.info[0].value.replace("\\<", "")
        assert all(name in at.info[0].value for name in ("magic", "1000"))
    at.slider[0].set_value(20).run()
    at.button_group[0].set_value("UMAP").run()
    assert not at.info and asked(at) == "near-20~how-UMAP"
