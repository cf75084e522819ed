"""The parts of a model are named as a person counts them."""

from __future__ import annotations

import pytest

from pages.ui.run_inside import named


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("src_embedding", "src embedding"),
        ("encoder.layers.0.self_attention", "encoder, layer 1, self attention"),
        ("layers", "layers"),
        ("decoder.layers.x.norm", "decoder.layers.x.norm"),
    ],
)
def test_a_part_has_a_name_whatever_it_is_called(part: str, name: str) -> None:
    assert named(part) == name
