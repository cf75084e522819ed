"""Imports run one way, and the first page paints without the heavy packages: held on the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCAL = ("transformer", "trainer", "pages")
TEXTBOOK = {"transformer", "torch", "tokenizers", "safetensors", "numpy"}
BARE_MACHINE = TEXTBOOK | {"trainer", "pytorch_lightning", "sacrebleu"}
SLOW_TO_IMPORT = {"torch", "plotly", "umap", "sklearn", "pytorch_lightning"}
RANDOM = {"random", "randn", "rand", "randint", "randperm", "default_rng", "manual_seed"}
CHOOSES_EXAMPLES = {"pages/ui/corpus_look.py"}
NEVER_IN_WEB_PROCESS = {"umap", "pytorch_lightning"}


class Import(NamedTuple):
    module: str
    line: int
    top_level: bool

    @property
    def package(self) -> str:
        return self.module.partition(".")[0]


def sources(tree: Path, *folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((tree / folder).rglob("*.py"))]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def statements(node: ast.AST, top_level: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Every node below, with whether it runs when the file is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt) and is_type_checking(child):
            continue
        runs = top_level and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        yield child, runs
        yield from statements(child, runs)


def imports(tree: Path, path: Path) -> list[Import]:
    """What a file imports; `from a import b` counts as `a` and as `a.b`, relative ones resolved."""
    found = []
    for node, top in statements(parsed(path)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno, top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(tree).parts[: -node.level] if node.level else ()
            base = ".".join([*above, *filter(None, [node.module])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
            found += [Import(name, node.lineno, top) for name in names]
    return found


def local_files(tree: Path, module: str) -> list[Path]:
    """The files that importing a local module runs, its parent packages included."""
    parts = module.split(".")
    if parts[0] not in LOCAL:
        return []
    folders = [tree.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1)]
    candidates = [folder / "__init__.py" for folder in folders]
    candidates.append(folders[-1].with_suffix(".py"))
    return [path for path in candidates if path.exists()]


def closure(tree: Path, start: list[Path], web: bool = False) -> dict[str, str]:
    """Packages that importing these files brings in, each with the place that does.

    `web`: imports inside functions of app.py and pages/ count too, as they run in the web process.
    """
    brought: dict[str, str] = {}
    seen, waiting = set(start), list(start)
    while waiting:
        path = waiting.pop()
        name = path.relative_to(tree)
        for found in imports(tree, path):
            if not found.top_level and not (web and name.parts[0] in ("pages", "app.py")):
                continue
            brought.setdefault(found.package, f"{name}:{found.line}")
            new = [file for file in local_files(tree, found.module) if file not in seen]
            seen.update(new)
            waiting += new
    return brought


def foreign(tree: Path, folder: str, allowed: set[str], inside_functions: bool) -> Iterator[str]:
    for path in sources(tree, folder):
        for found in imports(tree, path):
            known = found.package in allowed or found.package in sys.stdlib_module_names
            if not known and (found.top_level or inside_functions):
                yield f"{path.relative_to(tree)}:{found.line}: {folder} imports {found.package}"


def forbidden(tree: Path, paths: list[Path], packages: set[str]) -> Iterator[str]:
    for path in paths:
        for found in imports(tree, path):
            if found.package in packages:
                yield f"{path.relative_to(tree)}:{found.line}: imports {found.package}"


def imports_run_one_way(tree: Path) -> Iterator[str]:
    """transformer <- trainer <- pages; below pages everything runs on a bare training machine."""
    yield from foreign(tree, "transformer", TEXTBOOK, inside_functions=True)
    yield from foreign(tree, "trainer", BARE_MACHINE, inside_functions=False)
    yield from forbidden(tree, sources(tree, "trainer"), {"streamlit", "plotly", "pages", "app"})
    yield from forbidden(tree, sources(tree, "pages"), {"app"})


def figures_are_pure(tree: Path) -> Iterator[str]:
    brought = closure(tree, sources(tree, "pages/figures"), web=True)
    for package in sorted({"streamlit", "torch", "transformer", "trainer"} & brought.keys()):
        yield f"{brought[package]}: pages/figures brings in {package}"


def only_ui_knows_the_session(tree: Path) -> Iterator[str]:
    ui = tree / "pages" / "ui"
    for path in [*tree.glob("app.py"), *sources(tree, "pages")]:
        if ui in path.parents:
            continue
        for node in ast.walk(parsed(path)):
            word = getattr(node, "attr", None) or getattr(node, "id", None)
            if isinstance(node, ast.alias):
                word = node.name
            if word in ("session_state", "query_params"):
                yield f"{path.relative_to(tree)}: {word} belongs to pages/ui"


def pages_stay_undiscovered(tree: Path) -> Iterator[str]:
    """A .py directly in pages/ arms Streamlit's old discovery; pages is a namespace package."""
    for path in [*tree.glob("pages/*.py"), *tree.glob("pages/**/__init__.py")]:
        yield f"{path.relative_to(tree)}: has no place here"


def lightning_has_one_name(tree: Path) -> Iterator[str]:
    everywhere = [*tree.glob("*.py"), *sources(tree, *LOCAL, "tests", "bench", "tools")]
    yield from forbidden(tree, everywhere, {"lightning"})


def heavy_packages_stay_out_of_the_web_process(tree: Path) -> Iterator[str]:
    brought = closure(tree, [*tree.glob("app.py"), *sources(tree, "pages")], web=True)
    for package in sorted(NEVER_IN_WEB_PROCESS & brought.keys()):
        yield f"{brought[package]}: brings {package} into the web process"


def first_page_is_light(tree: Path) -> Iterator[str]:
    home = [*tree.glob("pages/*/home.py"), *tree.glob("pages/home/*.py")]
    brought = closure(tree, [*tree.glob("app.py"), *home])
    for package in sorted(SLOW_TO_IMPORT & brought.keys()):
        yield f"{brought[package]}: brings {package} in before the first page has painted"


def views_draw_no_random_number(tree: Path) -> Iterator[str]:
    """What is shown is the model's own. Examples out of a text may be drawn: CHOOSES_EXAMPLES."""
    for path in [*tree.glob("app.py"), *sources(tree, "pages")]:
        name = path.relative_to(tree)
        for node in ast.walk(parsed(path)):
            word = getattr(node, "attr", None) or getattr(node, "id", None)
            word = node.name if isinstance(node, ast.alias) else word
            if word in RANDOM and str(name) not in CHOOSES_EXAMPLES:
                yield f"{name}: draws by {word}"
    for path in sorted((tree / "assets" / "components").rglob("*.js")):
        if "random(" in path.read_text("utf-8") or "getRandomValues" in path.read_text("utf-8"):
            yield f"{path.relative_to(tree)}: draws a random number"


RULES = (
    imports_run_one_way,
    figures_are_pure,
    only_ui_knows_the_session,
    pages_stay_undiscovered,
    lightning_has_one_name,
    heavy_packages_stay_out_of_the_web_process,
    first_page_is_light,
    views_draw_no_random_number,
)

SOUND = {
    "app.py": "import streamlit as st\nfrom pages.ui import state\n",
    "pages/home/home.py": "from pages.ui.state import read_look\n",
    "pages/look/attention.py": "from pages.figures import curves\nfrom pages.ui import models\n",
    "pages/figures/curves.py": "import numpy\nimport plotly.graph_objects as go\n",
    "pages/ui/state.py": "import streamlit as st\nlook = st.session_state\n",
    "pages/ui/models.py": "def load():\n    import torch\n    from trainer import runs\n",
    "trainer/__init__.py": "",
    "trainer/runs.py": "import json\nfrom transformer import bundle\n",
    "trainer/module.py": "import pytorch_lightning as pl\nfrom . import runs\n",
    "trainer/export.py": "def projection():\n    import umap\n",
    "transformer/__init__.py": "",
    "transformer/bundle.py": "import torch\nfrom safetensors.torch import load_file\n",
}

PLANTED = [
    (imports_run_one_way, "transformer/bundle.py", "from trainer import runs"),
    (imports_run_one_way, "transformer/bundle.py", "def f():\n    import pandas"),
    (imports_run_one_way, "trainer/runs.py", "import pages.ui.state"),
    (imports_run_one_way, "trainer/runs.py", "def f():\n    import streamlit"),
    (imports_run_one_way, "trainer/runs.py", "import umap"),
    (figures_are_pure, "pages/figures/curves.py", "import torch"),
    (figures_are_pure, "pages/figures/curves.py", "from pages.ui.state import read_look"),
    (only_ui_knows_the_session, "pages/look/attention.py", "import streamlit\nst.session_state"),
    (only_ui_knows_the_session, "app.py", "from streamlit import query_params"),
    (pages_stay_undiscovered, "pages/tokens.py", ""),
    (pages_stay_undiscovered, "pages/ui/__init__.py", ""),
    (lightning_has_one_name, "trainer/module.py", "import lightning as L"),
    (lightning_has_one_name, "tests/trainer/test_runs.py", "from lightning import Trainer"),
    (heavy_packages_stay_out_of_the_web_process, "pages/ui/models.py", "def f():\n    import umap"),
    (
        heavy_packages_stay_out_of_the_web_process,
        "pages/ui/models.py",
        "def f():\n    from trainer.module import Module",
    ),
    (first_page_is_light, "app.py", "import plotly"),
    (views_draw_no_random_number, "pages/figures/curves.py", "noise = numpy.random.rand(3)"),
    (views_draw_no_random_number, "pages/ui/state.py", "from torch import randn"),
    (views_draw_no_random_number, "assets/components/map/main.js", "const x = Math.random();"),
    (
        first_page_is_light,
        "pages/ui/state.py",
        "try:\n    import torch\nexcept ImportError:\n    pass",
    ),
    (first_page_is_light, "pages/home/home.py", "from transformer.bundle import load_bundle"),
]


def plant(tree: Path, name: str, source: str) -> None:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.read_text() + source + "\n" if path.exists() else source)


@pytest.fixture
def sound_tree(tmp_path: Path) -> Path:
    for name, source in SOUND.items():
        plant(tmp_path, name, source)
    return tmp_path


@pytest.mark.parametrize("rule", RULES)
def test_the_project_keeps_the_rule(rule) -> None:
    assert list(rule(ROOT)) == []


@pytest.mark.parametrize("rule", RULES)
def test_a_sound_tree_passes(rule, sound_tree: Path) -> None:
    assert list(rule(sound_tree)) == []


@pytest.mark.parametrize(("rule", "name", "source"), PLANTED)
def test_a_planted_violation_is_found(rule, name: str, source: str, sound_tree: Path) -> None:
    plant(sound_tree, name, source)
    assert list(rule(sound_tree))


def test_imports_for_type_checkers_alone_do_not_count(sound_tree: Path) -> None:
    plant(sound_tree, "app.py", "if TYPE_CHECKING:\n    import torch")
    assert list(first_page_is_light(sound_tree)) == []
