"""One head's attention as a table of colours: a row for each piece that looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures.alignment import plain
from pages.ui.theme import plotly_template, weight_scale

ROW = 24  # pixels for a piece
LEAST = 260


def weights(table: np.ndarray, rows: Sequence[str], columns: Sequence[str], kind: str) -> go.Figure:
    """table (rows, columns) of weights in 0..1, in the hue of their kind of attention."""
    rows, columns = [plain(label) for label in rows], [plain(label) for label in columns]
    names = np.array([[f"{row} looks at {column}" for column in columns] for row in rows])
    figure = go.Figure(
        go.Heatmap(
            z=table.astype(np.float32),
            text=names,
            zmin=0,
            zmax=1,
            colorscale=[list(stop) for stop in weight_scale(kind)],
            showscale=False,
            xgap=1,
            ygap=1,
            hovertemplate="%{text}: %{z:.4f}<extra></extra>",
        ),
        layout={"template": plotly_template()},
    )
    figure.update_layout(height=max(LEAST, ROW * len(rows) + 90), margin={"t": 8})
    ticks = {"showgrid": False, "zeroline": False, "fixedrange": True, "tickmode": "array"}
    figure.update_xaxes(
        tickvals=list(range(len(columns))), ticktext=columns, tickangle=-60, side="bottom", **ticks
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=rows, autorange="reversed", **ticks
    )
    return figure
