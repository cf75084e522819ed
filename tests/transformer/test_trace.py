"""What a trace shows is true, costs nothing to the output, and is nobody else's."""

import asyncio
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from transformer.model import Transformer
from transformer.trace import TraceError, tap, tracing

MakeModel = Callable[..., Transformer]
BOTH = pytest.mark.parametrize("norm", ["pre", "post"])
# The fixtures' sizes, all different; pieces of the source and target vocabulary are not traced.
LETTERS = {"b": 2, "s": 7, "t": 5, "d": 12, "h": 3, "k": 4, "f": 20, "v": 19}
WEIGHTS = "decoder.layers.1.cross_attention.weights"
HEADS = "decoder.layers.1.cross_attention.heads"


def expected_names() -> list[str]:
    attention = ["q", "k", "v", "scores", "weights", "heads", "output"]
    names = []
    for side in ("src", "tgt"):
        names += [f"{side}_embedding.rows", f"{side}_embedding.scaled"]
        names += [f"{side}_positions.encoding", f"{side}_positions.sum"]
    for stack, layers, kinds in (
        ("encoder", 2, ["self"]),
        ("decoder", 3, ["self", "cross"]),
    ):
        for number in range(layers):
            layer = f"{stack}.layers.{number}"
            names += [f"{layer}.{kind}_attention.{part}" for kind in kinds for part in attention]
            names += [f"{layer}.feed_forward.hidden", f"{layer}.feed_forward.output"]
            names += [f"{layer}.output"]
    return [*names, "encoder.memory", "decoder.state", "output.logits"]


@BOTH
def test_every_tensor_has_the_dims_it_says(
    make_model: MakeModel, norm: str, src: Tensor, tgt: Tensor
) -> None:
    model = make_model(norm=norm)
    with tracing(model) as trace:
        model(src, tgt)
    assert sorted(trace) == sorted(expected_names()) == sorted(trace.dims)
    for name, tensor in trace.items():
        assert list(tensor.shape) == [LETTERS[letter] for letter in trace.dims[name].split()], name


def test_the_trace_keeps_the_order_of_the_pass(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    with tracing(model) as trace:
        logits = model(src, tgt)
    names = list(trace)
    assert names[0] == "src_embedding.rows" and names[-1] == "output.logits"
    assert names.index("encoder.memory") < names.index("decoder.layers.0.cross_attention.k")
    assert trace["output.logits"] is logits and len(trace) == len(names)


@BOTH
def test_the_numbers_fit_together(
    make_model: MakeModel, norm: str, src: Tensor, tgt: Tensor
) -> None:
    """Scores, weights and heads are equation 1 of the traced queries, keys and values."""
    model = make_model(norm=norm)
    with tracing(model) as trace:
        model(src, tgt)
    for name in filter(lambda name: name.endswith("cross_attention.q"), trace):
        q, k, v, scores, weights, heads = (
            trace[name.removesuffix("q") + part]
            for part in ("q", "k", "v", "scores", "weights", "heads")
        )
        torch.testing.assert_close(scores, q @ k.mT / 4**0.5)
        torch.testing.assert_close(weights, scores.softmax(-1))
        torch.testing.assert_close(heads, weights @ v)
    rows = model.src_embedding.weight[src]
    assert torch.equal(trace["src_embedding.rows"], rows)
    torch.testing.assert_close(trace["src_embedding.scaled"], rows * 12**0.5)


@BOTH
def test_tracing_and_an_identity_edit_change_no_bit(
    make_model: MakeModel, norm: str, src: Tensor, tgt: Tensor
) -> None:
    model = make_model(norm=norm)
    plain = model(src, tgt)
    with tracing(model):
        assert torch.equal(model(src, tgt), plain)
    with tracing(model, dict.fromkeys(expected_names(), lambda tensor: tensor)):
        assert torch.equal(model(src, tgt), plain)
    assert torch.equal(model(src, tgt), plain)


def test_an_edit_changes_what_comes_after_it(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    with tracing(model) as plain:
        model(src, tgt)
    with tracing(model, {WEIGHTS: lambda x: torch.full_like(x, 1 / 7)}) as edited:
        model(src, tgt)
    assert (edited[WEIGHTS] == 1 / 7).all()
    names = list(plain)
    for name in names[: names.index(WEIGHTS)]:
        assert torch.equal(edited[name], plain[name]), name
    values = edited["decoder.layers.1.cross_attention.v"]
    torch.testing.assert_close(edited[HEADS], values.mean(2, keepdim=True).expand(2, 3, 5, 4))
    assert not torch.allclose(edited["output.logits"], plain["output.logits"], atol=1e-3)


@pytest.mark.parametrize("head", [0, 1, 2])
def test_head_ablation_takes_away_one_heads_share_and_no_other(
    make_model: MakeModel, src: Tensor, tgt: Tensor, head: int
) -> None:
    model = make_model()
    with tracing(model) as plain:
        model(src, tgt)
    with tracing(model, {HEADS: lambda x: x.index_fill(1, torch.tensor(head), 0.0)}) as ablated:
        model(src, tgt)
    share = model.decoder.layers[1].cross_attention.w_o.weight[:, 4 * head : 4 * head + 4]  # type: ignore[union-attr, index]
    lost = plain[HEADS][:, head] @ share.T
    output = HEADS.replace("heads", "output")
    torch.testing.assert_close(ablated[output], plain[output] - lost, atol=1e-5, rtol=1e-5)
    others = [other for other in range(3) if other != head]
    assert torch.equal(ablated[HEADS][:, others], plain[HEADS][:, others])
    assert ablated[HEADS][:, head].count_nonzero() == 0


def failing(model: nn.Module, edits: dict[str, Any], work: Callable[[], object]) -> str:
    with pytest.raises(TraceError) as raised, tracing(model, edits):
        work()
    return str(raised.value)


def test_an_edit_of_another_shape_is_refused(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    for edit in (lambda x: x[..., :1], lambda x: x.mean(), lambda x: None):
        message = failing(model, {WEIGHTS: edit}, lambda: model(src, tgt))
        assert message == f"The edit of '{WEIGHTS}' must return a tensor of [2, 3, 5, 7]."


def test_an_edit_of_nothing_is_refused(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model()
    message = failing(model, {"decoder.weights": lambda x: x}, lambda: model(src, tgt))
    assert message == "Nothing to edit: the model made no tensor 'decoder.weights'."


def test_a_second_pass_in_one_trace_is_refused(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    message = failing(model, {}, lambda: [model(src, tgt), model(src, tgt)])
    assert message == "'src_embedding.rows' was made twice: a trace holds one forward pass."


def test_a_failure_inside_is_not_hidden_and_ends_the_trace(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    with (
        pytest.raises(ZeroDivisionError),
        tracing(model, {"never.made": lambda x: x}) as trace,
    ):
        raise ZeroDivisionError
    model(src, tgt)
    assert not trace


def test_another_model_inside_a_trace_is_not_recorded(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model, other = make_model(0), make_model(1)
    with tracing(model) as trace:
        logits = model(src, tgt)
        other(src, tgt)
    assert trace["output.logits"] is logits


def test_a_part_can_be_traced_alone(make_model: MakeModel) -> None:
    attention = make_model().encoder.layers[0].self_attention
    with tracing(attention) as trace:  # type: ignore[arg-type]
        attention(torch.randn(2, 7, 12), torch.randn(2, 7, 12), None)  # type: ignore[operator]
    assert list(trace) == ["q", "k", "v", "scores", "weights", "heads", "output"]


def test_traced_tensors_keep_their_graph(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model().double()
    with tracing(model) as trace:
        logits = model(src, tgt)
    weights, embedded = trace[WEIGHTS], trace["src_embedding.scaled"]
    target = logits[0, -1, 9]
    by_weights, by_words = torch.autograd.grad(target, [weights, embedded], retain_graph=True)
    assert by_weights.shape == weights.shape and by_weights[0, :, -1].count_nonzero() == 3 * 7
    assert by_weights[1].count_nonzero() == 0  # another sentence of the batch
    assert by_words[0].count_nonzero() and not by_words[1].count_nonzero()
    # A small step along one weight moves the logit by as much as its gradient says.
    step = torch.zeros_like(weights)
    step[0, 1, -1, 3] = 1e-6
    with torch.no_grad(), tracing(model, {WEIGHTS: lambda x: x + step}):
        moved = float(model(src, tgt)[0, -1, 9] - target)
    assert moved / 1e-6 == pytest.approx(float(by_weights[0, 1, -1, 3]), rel=1e-3)


def test_a_compiled_model_records_nothing(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model(encoder_layers=1, decoder_layers=1)
    plain = model(src, tgt)
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    with tracing(model) as trace:
        logits = compiled(src, tgt)
    assert not trace
    torch.testing.assert_close(logits, plain, atol=1e-6, rtol=0)


def watch(model: Transformer, src: Tensor, tgt: Tensor, edit: float) -> dict[str, Tensor]:
    with tracing(model, {HEADS: lambda x: x * edit}) as trace:
        model(src, tgt)
    return dict(trace)


def test_threads_tracing_one_model_never_mix(make_model: MakeModel) -> None:
    """Each thread has its own sentences and edit, and must see its own numbers, bit for bit."""
    model, threads, rounds = make_model(), 4, 25
    inputs = [
        (torch.randint(4, 17, (2, 3 + n)), torch.randint(4, 19, (2, 4)), float(n))
        for n in range(threads)
    ]
    expected = [watch(model, *own) for own in inputs]
    barrier = threading.Barrier(threads)
    mixed: list[str] = []

    def work(number: int) -> None:
        for _ in range(rounds):
            barrier.wait(timeout=60)
            try:
                found = watch(model, *inputs[number])
            except Exception as error:
                mixed.append(f"thread {number}: {error!r}")
                continue
            own = expected[number]
            mixed.extend(
                f"thread {number}: {name}"
                for name in own.keys() | found.keys()
                if name not in found or name not in own or not torch.equal(found[name], own[name])
            )

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert mixed == []


def test_a_thread_that_does_not_trace_is_not_recorded(
    make_model: MakeModel, src: Tensor, tgt: Tensor
) -> None:
    model = make_model()
    with tracing(model) as trace:
        other = threading.Thread(target=model, args=(src, tgt))
        other.start()
        other.join()
        assert not trace


def test_tasks_tracing_one_model_never_mix(make_model: MakeModel) -> None:
    """Two tasks take turns between encoder and decoder of the same model."""
    model = make_model()

    async def task(number: int) -> tuple[Tensor, Tensor]:
        src = torch.full((1, 3 + number), 4 + number)
        with tracing(model) as trace:
            memory = model.encode(src, None)
            await asyncio.sleep(0)
            model.decode(torch.tensor([[2, 5]]), memory, None, None)
        return memory, trace["encoder.memory"]

    async def all_of_them() -> list[tuple[Tensor, Tensor]]:
        return await asyncio.gather(*(task(number) for number in range(8)))

    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own, a browser's
        found = apart.submit(lambda: asyncio.run(all_of_them())).result()
    for number, (made, traced) in enumerate(found):
        assert traced is made and traced.size(1) == 3 + number


def test_outside_a_trace_a_tap_hands_on_the_same_tensor() -> None:
    tensor = torch.randn(3)
    assert tap(nn.Identity(), "any", tensor, "d") is tensor


def test_nothing_is_kept_on_the_modules(make_model: MakeModel, src: Tensor, tgt: Tensor) -> None:
    model = make_model()
    before = {name: set(vars(module)) for name, module in model.named_modules()}
    with tracing(model):
        model(src, tgt)
    assert {name: set(vars(module)) for name, module in model.named_modules()} == before
    letters = re.compile("[bstdhkf v]+")
    with tracing(model) as trace:
        model(src, tgt)
    assert all(letters.fullmatch(dims) for dims in trace.dims.values())
