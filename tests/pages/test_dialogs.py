"""What changes by itself draws the page anew, but never under an open dialog."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from pages.ui.dialogs import dialog, draw_anew, page_is_drawn

    @dialog("Notes")
    def notes() -> None:
        st.text_input("Name")

    page_is_drawn()
    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    if st.button("Open"):
        notes()
    if st.session_state["drawn"] % 2:
        draw_anew()


def test_an_open_dialog_is_not_closed_by_what_changes_by_itself() -> None:
    at = AppTest.from_function(page).run()
    assert at.session_state["drawn"] == 2  # drawn anew at once: nothing was open
    at.button[0].click().run()
    assert at.session_state["drawn"] == 3
    assert [field.label for field in at.text_input] == ["Name"]
    at.run()
    at.run()
    assert at.session_state["drawn"] == 6  # drawing the page had closed the dialog
    assert not at.text_input
