"""The source shown is that of the classes that a model is made of."""

from collections.abc import Callable

import pytest

from transformer.analysis.sources import functions_of
from transformer.model import Transformer


@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_the_layers_own_forward_comes_first(
    make_model: Callable[..., Transformer], norm: str, kind: str
) -> None:
    found = functions_of(make_model(norm=norm), kind, 1)
    side = "Encoder" if kind == "encoder" else "Decoder"
    assert found[0][0] == f"{norm.title()}Norm{side}Layer.forward"
    assert [name.partition(".")[2] for name, _ in found[1:]] == [
        *("forward", "split", "keys_values", "attention")
    ]
    for name, source in found:
        assert source.startswith(f"def {name.partition('.')[2]}(")
