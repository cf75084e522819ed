"""The compiled step beside the same step as it reads."""

from copy import deepcopy
from pathlib import Path

import pytest
import torch

from tests.trainer.small_runs import Tiny, outcome, prepared_run, start_attempt
from trainer.compiling import Compiled
from trainer.learning import token_losses
from transformer.config import ModelConfig
from transformer.model import Transformer
from transformer.trace import tracing

SIZES = ModelConfig(
    src_vocab=40, tgt_vocab=40, d_model=16, d_ff=32, heads=2, encoder_layers=2, decoder_layers=2,
    dropout=0.0, max_tokens=32,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)  # a compiler takes its time
def test_its_gradients_are_the_same_and_a_trace_sees_everything() -> None:
    torch.manual_seed(0)
    model = Transformer(SIZES)
    plain = deepcopy(model)
    names = named_by_a_trace(plain)
    try:
        compiled = Compiled((*model.encoder.layers, *model.decoder.layers))
        for shape in ((3, 7), (5, 9)):
            src, tgt = torch.randint(4, 40, shape), torch.randint(4, 40, shape)
            (token_losses(plain(src, tgt[:, :-1]), tgt[:, 1:], 0.1)[0]).backward()
            with compiled.step():
                loss, _, _ = compiled.losses(model(src, tgt[:, :-1]), tgt[:, 1:], 0.1)
            loss.backward()
        assert named_by_a_trace(model) == names
    finally:
        torch.compiler.set_stance("default")
        torch.compiler.reset()
    for one, other in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_machine_without_a_compiler(
    tiny: Tiny, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "/nowhere/c++")
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    run = prepared_run(tiny(steps=2, compile=True))
    start_attempt(run).communicate()
    said = outcome(run)["reason"]
    assert said.startswith("torch.compile could not compile the step (")
    assert said.endswith("such as a C++ compiler, or set compile to false.")


def named_by_a_trace(model: Transformer) -> list[str]:
    ids = torch.randint(4, 40, (1, 6))
    with tracing(model) as trace:
        model(ids, ids)
    return list(trace)
