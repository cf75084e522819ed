"""Work in steps: a bar, a button that stops it, and one that goes on."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import stepwise


def test_work_in_steps_is_told_stopped_and_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> None:
        import streamlit as st

        from pages.ui.stepwise import all_done

        done = st.session_state.setdefault("done", [])
        steps = [lambda number=number: done.append(number) for number in range(3)]
        st.write("finished" if all_done("work", "Working …", steps) else "not yet")

    monkeypatch.setattr(stepwise, "PATIENCE", -1.0)
    at = AppTest.from_function(page)
    at.session_state["work.stopped"] = None  # nothing in particular was asked
    at.run()
    assert [found.value for found in at.markdown] == ["not yet"] and not at.session_state["done"]
    at.button(key="work.on").click().run()
    assert [found.value for found in at.markdown] == ["finished"]
    assert at.session_state["done"] == [0, 1, 2] and not at.button


def test_what_was_stopped_is_not_what_is_asked_next() -> None:
    def page() -> None:
        import streamlit as st

        from pages.ui.stepwise import all_done

        asked = st.session_state["asked"]
        st.write("finished" if all_done("work", "Working …", [], asked) else "not yet")

    at = AppTest.from_function(page)
    at.session_state["work.stopped"] = at.session_state["asked"] = ("one", 1)
    assert [found.value for found in at.run().markdown] == ["not yet"]
    at.session_state["asked"] = ("two", 2)
    assert [found.value for found in at.run().markdown] == ["finished"] and not at.button
    at.session_state["asked"] = ("one", 1)
    assert [found.value for found in at.run().markdown] == ["finished"]


def test_work_that_goes_wrong_leaves_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    def page() -> None:
        import streamlit as st

        from pages.ui.stepwise import all_done

        try:
            all_done("work", "Working …", [lambda: None, lambda: int("none")])
        except ValueError:
            st.write("told")

    monkeypatch.setattr(stepwise, "PATIENCE", -1.0)
    at = AppTest.from_function(page).run()
    assert [found.value for found in at.markdown] == ["told"] and not at.button
