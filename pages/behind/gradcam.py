"""Which pixels said tiger? Grad-CAM and its kin on what really sees, measured, then on words."""

from __future__ import annotations

import streamlit as st

from pages.ui.bridge_panel import bridge_panel
from pages.ui.catalogue import find_model
from pages.ui.errors import plain_errors
from pages.ui.gradcam_controls import chosen_image, chosen_model, chosen_queries
from pages.ui.gradcam_measured import pointing_table
from pages.ui.gradcam_view import gradcam_view
from pages.ui.kept import Kept, yes_or_no
from pages.ui.layout import notice, page_header, prose, sentence_box
from pages.ui.one_stream import eyes
from pages.ui.subject import fitted_look

text = prose("gradcam")
look = fitted_look()
page_header(text["title"], text["lead"])

st.markdown(text["steps"])
if infos := sorted(eyes("cnn", "vision"), key=lambda one: one.architecture):
    kept = Kept("gradcam")
    info = chosen_model(infos, kept, text)
    seen = chosen_image(kept, text)
    queries = chosen_queries(seen, kept, text)
    whole = st.toggle(text["all"], **kept.bound("all", False, yes_or_no), help=text["all-help"])
    kept.tell()
    with plain_errors(stop=False):
        gradcam_view(info, seen, queries, whole)
    st.caption(text["methods"])
    st.subheader(text["measured"], anchor=False)
    pointing_table(info, text)
else:
    notice(text["absent"])

st.subheader(text["bridge"], anchor=False)
st.markdown(text["bridge-lead"])
sentence_box(look)
with plain_errors(stop=False):
    bridge_panel(look, find_model(look.model), text)
