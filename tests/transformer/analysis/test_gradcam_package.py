"""Our Grad-CAM equals that of the `grad-cam` package, on the same model.

The package imports torchvision, OpenCV, matplotlib and others at its top, for pictures, and
torchvision's builds rarely fit an installed torch. None of it is part of the formula, so the
package lies in a folder of its own, without what it asks for, and here finds names that stand for
those modules and fail as soon as they are used. What is compared is all that it computes before it
resizes a map for a picture. `requirements-bench-gradcam.txt` says how to get it.
"""

import importlib
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from transformer.analysis.gradcam import grad_cam
from transformer.analysis.sight import as_maps, open_sight
from transformer.cnn import Cnn, CnnConfig
from transformer.vision import VisionConfig, VisionTransformer

FOLDER = Path(__file__).resolve().parents[3] / ".scratch" / "bench" / "gradcam"
PICTURES = ("cv2", "matplotlib", "torchvision", "tqdm", "ttach")
QUERIES = [2, 5, 0]


class Unused:
    """Stands for a function or class of a module that draws; the comparison may not need one."""

    def __init__(self, *_: Any, **__: Any) -> None: ...

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("the comparison ran into what only draws pictures")


class Absent(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Unused


class Finder:
    """Gives an `Absent` module for each of `PICTURES` and what is inside them."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        if name.split(".")[0] not in PICTURES:
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None: ...


@pytest.fixture(scope="module")
def reference() -> Iterator[Any]:
    """The package's class `GradCAM`."""
    if not (FOLDER / "pytorch_grad_cam").is_dir():
        pytest.skip("grad-cam is not there: see requirements-bench-gradcam.txt")
    before, finder = set(sys.modules), Finder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "meta_path", [finder, *sys.meta_path])
        patch.syspath_prepend(str(FOLDER))
        yield importlib.import_module("pytorch_grad_cam.grad_cam").GradCAM
    for name in set(sys.modules) - before:
        if name.split(".")[0] in (*PICTURES, "pytorch_grad_cam"):
            del sys.modules[name]


def as_the_package_has_it(
    reference: Any, model: nn.Module, layer: nn.Module, images: Tensor, **more: Any
) -> tuple[Tensor, Tensor]:
    """Weights of the channels and the weighted sum, by the package's own forward pass and hooks."""
    cam = reference(model, [layer], **more)
    found: list[tuple[Tensor, Tensor]] = []

    def keep(inputs: Tensor, targets: list[Any], _smooth: bool) -> list[Any]:
        seen = cam.activations_and_grads
        maps, slopes = seen.activations[0].numpy(), seen.gradients[0].numpy()
        summed = cam.get_cam_image(inputs, layer, targets, maps, slopes)
        weights = cam.get_cam_weights(inputs, layer, targets, maps, slopes)
        found.append((torch.from_numpy(weights), torch.from_numpy(summed)))
        return []

    cam.compute_cam_per_layer = keep
    cam.aggregate_multi_layers = lambda _: None
    targets = [lambda output, query=query: output[query] for query in QUERIES]
    cam.forward(images, targets)
    cam.activations_and_grads.release()
    return found[0]


def images() -> Tensor:
    return torch.rand(3, 3, 24, 24, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("layer", range(4))
def test_of_each_layer_of_a_cnn(reference: Any, layer: int) -> None:
    torch.manual_seed(0)
    model = Cnn(CnnConfig(7, image=24, widths="8,12,16,20", groups=2)).eval()
    own = grad_cam(open_sight(model, images(), QUERIES), layer)
    weights, summed = as_the_package_has_it(reference, model, model.layers[layer], images())
    torch.testing.assert_close(own.weights, weights, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(own.summed, summed, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("layer", [1, 2])
def test_of_each_layer_of_a_vision_encoder(reference: Any, layer: int) -> None:
    torch.manual_seed(0)
    sizes = VisionConfig(7, image=24, patch=4, layers=3, d_model=12, d_ff=20, heads=3)
    model = VisionTransformer(sizes).eval()

    class Classes(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            logits: Tensor = model(x).classes
            return logits

    wrapped = Classes()
    wrapped.model = model
    own = grad_cam(open_sight(model, images(), QUERIES), layer)
    before = model.encoder.layers[layer - 1]  # what a layer reads is what the last one gave
    weights, summed = as_the_package_has_it(
        reference, wrapped, before, images(), reshape_transform=as_maps
    )
    torch.testing.assert_close(own.weights, weights, atol=1e-6, rtol=1e-4)
    torch.testing.assert_close(own.summed, summed, atol=1e-6, rtol=1e-4)
