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
    at.session_state["work.stopped"] = True
    at.run()
    assert [found.value for found in at.markdown] == ["not yet"] and not at.session_state["done"]
    at.button(key="work.on").click().run()
    assert [found.value for found in at.markdown] == ["finished"]
    assert at.session_state["done"] == [0, 1, 2] and not at.button
