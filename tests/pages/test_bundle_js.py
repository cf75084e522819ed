"""The modules of a component, joined: in order, each once, no syntax of modules left."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pages.ui.bundle_js import bundle, in_order, packed

COMPONENTS = Path(__file__).resolve().parents[2] / "assets" / "components"
ENTRIES = sorted(COMPONENTS.glob("*/main.js"))


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "main.js"


def test_what_is_imported_stands_before_and_once(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        numbers="// Numbers.\nexport const two = 2;\n",
        words=(
            'import { two } from "./numbers.js";\n\n'
            "/** Said\n * twice. */\nexport function twice(word) {\n"
            "  // again\n  return word.repeat(two); // here\n}\n"
        ),
        main=(
            'import { two } from "./numbers.js";\nimport {\n  twice,\n} from "./words.js";\n'
            "export default function () {\n  return twice(`a`) + two;\n}\n"
        ),
    )
    assert bundle(entry) == (
        "const two = 2;\n"
        "function twice(word) {\n  return word.repeat(two); // here\n}\n"
        "export default function () {\n  return twice(`a`) + two;\n}\n"
    )


@pytest.mark.parametrize(
    ("main", "message"),
    [
        ('import { one } from "./one.js";\nconst one = 2;\n', "both declare one"),
        ('import { back } from "./back.js";\nexport const main = 1;\n', "imports itself"),
        ('import * as one from "./one.js";\n', "cannot be joined"),
        ('import { one as two } from "./one.js";\n', "cannot be joined"),
        ('import "./one.js";\n', "cannot be joined"),
        ("const one = 1;\nexport { one };\n", "cannot be joined"),
        ('import { taken } from "./other.js";\n', "cannot be joined"),
    ],
)
def test_what_cannot_be_joined_is_refused(main: str, message: str, tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        one="export const one = 1;\n",
        back='import { main } from "./main.js";\nexport const back = 1;\n',
        other="export default function taken() {}\n",
        main=main,
    )
    with pytest.raises(ValueError, match=message):
        bundle(entry)


def test_a_module_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        bundle(write(tmp_path, main='import { a } from "./nowhere.js";\n'))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.parent.name)
def test_every_component_is_one_text_without_double_names(entry: Path) -> None:
    text = bundle(entry)
    assert not re.search(r"^import\b|^export (?!default)", text, re.MULTILINE)
    assert text.count("export default") == 1
    assert text.count("\n") > 1  # Streamlit takes a text of one line for a path


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.parent.name)
def test_the_joined_text_is_a_module(entry: Path, tmp_path: Path) -> None:
    joined = tmp_path / "joined.mjs"
    joined.write_text(bundle(entry), "utf-8")
    check = ["node", "--check", str(joined)]
    run = subprocess.run(check, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_packed_the_module_is_smaller_and_the_same(tmp_path: Path) -> None:
    text = bundle(COMPONENTS / "attention" / "main.js")
    small = packed(text, "dawn/attention.js")
    assert len(small) < 0.5 * len(text)
    # node imports no blobs, so the last step takes the text as an address of its own.
    to_node = small.replace(
        "URL.createObjectURL(module)",
        '"data:text/javascript," + encodeURIComponent(await module.text())',
    )
    (tmp_path / "packed.mjs").write_text(f"{to_node}console.log(await module.text());\n", "utf-8")
    (tmp_path / "reads.mjs").write_text(
        'import attention from "./packed.mjs";\nconsole.log(typeof attention);\n'
    )
    command = ["node", str(tmp_path / "reads.mjs")]
    said = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert said == f"{text}//# sourceURL=dawn/attention.js\n\nfunction\n"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.parent.name)
def test_what_is_imported_is_used(entry: Path) -> None:
    for module in in_order(entry):
        text = module.read_text("utf-8")
        for names in re.findall(r"^import \{([^}]*)\}", text, re.MULTILINE):
            for name in filter(None, map(str.strip, names.split(","))):
                assert len(re.findall(rf"\b{name}\b", text)) > 1, f"{module.name}: {name}"
