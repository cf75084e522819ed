"""pack(): what it writes can be read back by the letter of docs/architecture.md."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.components import pack
from pages.ui.heads_view import attention_view
from tests.pages.blobs import read_blob


@pytest.mark.parametrize("text", ["", "a", "è", "👩‍👩‍👧 שלום", "x" * 1000])
def test_a_blob_is_read_back_as_it_was(text):
    arrays: dict[str, np.ndarray] = {
        "half": np.linspace(0, 1, 15, dtype=np.float16).reshape(3, 5),
        "byte": np.arange(7, dtype=np.uint8),
        "big_endian": np.arange(3, dtype=">i4"),
        "transposed": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "empty": np.zeros((0, 2), np.float64),
    }
    blob = pack({"text": text}, arrays)
    header, read = read_blob(blob)
    assert header["text"] == text
    assert len(blob) % 8 == 0
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)


def test_a_header_keeps_arrays_for_itself():
    with pytest.raises(ValueError, match="arrays"):
        pack({"arrays": {}}, {})


def test_a_header_holds_numbers_that_json_knows():
    with pytest.raises(ValueError):
        pack({"loss": float("nan")}, {})


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({}, "at least one"),
        ({"memory": np.ones((1, 1, 2, 2))}, "no attention 'memory'"),
        ({"cross": np.ones((1, 1, 2, 3))}, r"must be \(3, 2\)"),
        ({"encoder": np.ones((2, 2))}, r"must be \(2, 2\)"),
    ],
)
def test_weights_must_fit_their_pieces(arrays, message):
    with pytest.raises(ValueError, match=message):
        attention_view(
            src_pieces=["a", "b"],
            tgt_pieces=["x", "y", "z"],
            arrays=arrays,
            provenance="",
            choice={"kind": "cross", "layer": 1, "head": 1},
            key="view",
        )


def view_page() -> None:
    import numpy as np
    import streamlit as st

    from pages.ui.heads_view import attention_view

    st.session_state.setdefault("look", {"kind": "cross", "layer": 2, "head": 1})
    chosen = attention_view(
        src_pieces=["a", "b"],
        tgt_pieces=["x"],
        arrays={"cross": np.full((2, 3, 1, 2), 0.5, np.float32)},
        provenance="test",
        choice=st.session_state["look"],
        key="view",
    )
    if chosen:
        st.session_state["look"] = chosen
    st.text(chosen)


def sent_header(app: AppTest) -> dict:
    return read_blob(app.get("bidi_component")[0].proto.bytes)[0]


@pytest.fixture
def app():
    return AppTest.from_function(view_page).run()


def test_the_browser_counts_heads_from_0_and_gets_float16(app):
    assert not app.exception
    assert sent_header(app)["choice"] == {"kind": "cross", "layer": 1, "head": 0}
    assert sent_header(app)["arrays"]["cross"]["dtype"] == "float16"
    assert app.text[0].value == "None"


def test_a_committed_choice_is_returned_once_and_back_is_not_undone(app):
    app.session_state["view"] = {"choice": {"kind": "cross", "layer": 0, "head": 2, "n": 1}}
    app.run()
    assert app.text[0].value == "{'kind': 'cross', 'layer': 1, 'head': 3}"
    assert sent_header(app)["choice"] == {"kind": "cross", "layer": 0, "head": 2}
    assert sent_header(app)["seen"] == 1

    app.session_state["look"] = {"kind": "cross", "layer": 2, "head": 1}
    app.run()
    assert app.text[0].value == "None"
    assert sent_header(app)["choice"] == {"kind": "cross", "layer": 1, "head": 0}


@pytest.mark.parametrize(
    "choice",
    [
        {"kind": "encoder", "layer": 0, "head": 0, "n": 1},
        {"kind": "cross", "layer": 2, "head": 0, "n": 1},
        {"kind": "cross", "layer": True, "head": "0", "n": 1},
        {"n": 1},
    ],
)
def test_a_choice_that_does_not_exist_is_dropped(app, choice):
    app.session_state["view"] = {"choice": choice}
    app.run()
    assert not app.exception
    assert app.text[0].value == "None"


def test_pieces_are_put_for_reading_by_the_rule_of_the_other_pages() -> None:
    def page() -> None:
        import numpy as np

        from pages.ui.heads_view import attention_view

        attention_view(
            src_pieces=[" a\u202eb", "<E2 80>"],
            tgt_pieces=["[SOS]"],
            arrays={"encoder": np.full((1, 1, 2, 2), 0.5)},
            provenance="",
            choice={"kind": "encoder", "layer": 1, "head": 1},
            key="attention",
        )

    header = sent_header(AppTest.from_function(page).run())
    assert header["src"] == [
        [["·", True], ["a", False], ["U+202E", True], ["b", False]],
        [["<E2 80>", False]],
    ]
    assert header["tgt"] == [[["[SOS]", False]]]
