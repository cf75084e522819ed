"""Gathering: found where it was put, absent where it was not."""

import torch

from transformer.analysis.gathering import answers, gathering
from transformer.cnn import Cnn, CnnConfig
from transformer.trace import tracing


def test_classes_that_gather_are_found() -> None:
    """Each class answers in one group of eight channels, on top of noise."""
    torch.manual_seed(0)
    values = torch.randn(20, 64)
    for number in range(20):
        group = number % 8
        values[number, 8 * group : 8 * group + 8] += 3
    found = gathering(values, 8, shuffles=200)
    assert found.share > 0.8
    assert found.as_high_by_chance == 0
    assert found.by_chance.max() < 0.5


def test_noise_does_not_gather_more_than_chance() -> None:
    ranks = []
    for seed in range(20):
        values = torch.randn(30, 64, generator=torch.Generator().manual_seed(seed))
        ranks.append(gathering(values, 8, shuffles=100).as_high_by_chance)
    assert 0.25 < sum(ranks) / 20 < 0.75
    assert min(ranks) < 0.3 < 0.7 < max(ranks)


def test_one_group_holds_all_and_a_class_that_is_nowhere_is_left_out() -> None:
    values = torch.randn(5, 16)
    assert gathering(values, 1, shuffles=10).share == 1
    values[2] = torch.nan
    assert gathering(values, 4, shuffles=10).shares.shape == (4,)


def test_answers_are_how_far_a_channel_rises_where_the_class_is() -> None:
    torch.manual_seed(0)
    model = Cnn(CnnConfig(3, image=16, widths="4,8")).eval()
    images = torch.rand(12, 3, 16, 16)
    labels = torch.nn.functional.one_hot(torch.arange(12) % 2, 3).float()
    found = answers(model, [(images[:5], labels[:5]), (images[5:], labels[5:])], layer=1)
    with torch.no_grad(), tracing(model) as trace:
        model(images)
    levels = trace["layers.1.activations"].mean(dim=(2, 3))
    expected = (levels[::2].mean(0) - levels.mean(0)) / levels.std(0)
    torch.testing.assert_close(found[0], expected)
    assert found[2].isnan().all()
    torch.testing.assert_close(found[0], -found[1])
