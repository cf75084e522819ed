"""The modules of a component as one text, because Streamlit takes one.

A module imports names from modules beside it, `import { clamp } from "../shared/numbers.js";`, on
a line of its own, and exports what it declares where it declares it; only the entry has a default
export. So node runs the very files, and joined they need no bundler: each once, those that it
imports before it, without the lines of imports and the word `export`. Names are one space then: a
name that two modules declare is refused, and so is every other form of import or export.
"""

from __future__ import annotations

import base64
import gzip
import re
from pathlib import Path

_IMPORT = re.compile(
    r'^import \{\s*[\w$]+(?:,\s*[\w$]+)*,?\s*\} from "(\.{1,2}/[^"\n]+)";?\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=(?:async )?function|const |let |class )", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_DEFAULT = re.compile(r"export default\b")
_DECLARED = re.compile(
    r"^(?:export )?(?:default )?(?:(?:async )?function\*?|const|let|class) ([\w$]+)", re.MULTILINE
)
# The text travels with every blob, so what only its readers need stays behind.
_COMMENT = re.compile(r"^[ \t]*(?://.*|/\*\*(?s:.*?)\*/[ \t]*)\n", re.MULTILINE)


def bundle(entry: Path) -> str:
    """The text of `entry` below the texts of all modules that it imports, itself or through others.

    Raises ValueError where modules import each other in a circle, declare one name twice, or import
    or export in another form; FileNotFoundError where one is not there.
    """
    owners: dict[str, Path] = {}
    texts = []
    entry = entry.resolve()
    for file in in_order(entry):
        text = _COMMENT.sub("", file.read_text("utf-8"))
        for name in _DECLARED.findall(text):
            if name in owners:
                raise ValueError(
                    f"{owners[name].name} and {file.name} both declare {name}: rename one of them."
                )
            owners[name] = file
        body = _EXPORT.sub("", _IMPORT.sub("", text)).strip("\n") + "\n"
        for line in _LEFT_OVER.findall(body):
            if file != entry or not _DEFAULT.match(line):
                raise ValueError(f"{file.name} cannot be joined, because of the line: {line}")
        texts.append(body)
    return "".join(texts)


def packed(text: str, name: str) -> str:
    """A small module that unpacks that of `text` and hands its default export on.

    Streamlit sends a component's code with each change of its data, so it travels compressed, at
    two fifths of its size; the browser unpacks it once a page. `name` is the file that the
    browser's tools show it as.
    """
    named = f"{text}//# sourceURL={name}\n".encode()
    code = base64.b64encode(gzip.compress(named, 9, mtime=0)).decode()
    return f"""\
const bytes = Uint8Array.from(atob("{code}"), (letter) => letter.charCodeAt(0));
const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
const module = new Blob([await new Response(text).text()], {{ type: "text/javascript" }});
export default (await import(URL.createObjectURL(module))).default;
"""


def in_order(entry: Path, above: tuple[Path, ...] = ()) -> list[Path]:
    """`entry` last, and before each module those that it imports, each once."""
    entry = entry.resolve()
    if entry in above:
        raise ValueError(f"{entry.name} imports itself, through {above[-1].name}.")
    found: dict[Path, None] = {}
    for name in _IMPORT.findall(entry.read_text("utf-8")):
        found |= dict.fromkeys(in_order(entry.parent / name, (*above, entry)))
    return [*found, entry]
