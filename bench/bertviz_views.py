"""bertviz's pages of an attention, and the scripts that they ask a CDN for, offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.extras import CACHE, missing

if TYPE_CHECKING:
    from pages.ui.results import Explained

REQUIREMENTS = "requirements-bench.txt"

SCRIPTS = {
    "require.js/2.3.6/require.min.js": ("requirejs-2.3.6", "require.js"),
    "jquery/2.0.0/jquery.min.js": ("jquery-2.1.0", "dist/jquery.min.js"),
    "d3/5.7.0/d3.min.js": ("d3-5.7.0", "dist/d3.min.js"),
}
"""How the address of a script ends, and the npm package and its file that answer for it: npm has
no jQuery 2.0.0, of which bertviz uses a handful of functions, and no minified require.js."""


@dataclass(frozen=True)
class View:
    """A view of bertviz: its page, and how a row of its tokens answers to the pointer."""

    name: str
    html: str
    tokens: str
    """What is pointed at, in the order of the rows."""
    lit: str
    """What shows it: of these, the one in the row pointed at is opaque and all others are not."""
    opened_by: str = ""
    """What has to be clicked before there are tokens to point at."""


def require_bertviz() -> None:
    """Make bertviz and its scripts available. Raises SystemExit where one cannot be."""
    folder = CACHE / "python"
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        import bertviz  # noqa: F401
    except ImportError as error:
        told = f"The group peers sets Dawn beside bertviz ({error})"
        raise missing(told, folder, REQUIREMENTS) from error
    scripts()


def views(explained: Explained) -> list[View]:
    """bertviz's two views of all heads of one pass."""
    import torch
    from bertviz import head_view, model_view

    given: dict[str, Any] = {
        f"{kind}_attention": [torch.from_numpy(layer)[None] for layer in weights]
        for kind, weights in explained.attention().items()
    }
    given |= {"encoder_tokens": explained.src_pieces, "decoder_tokens": explained.tgt_pieces}
    model, head = (view(**given, html_action="return").data for view in (model_view, head_view))
    detail = ("g.detail rect.highlight", ".attn-line-group", "#attn_background_0_0")
    return [
        View("model view", model, *detail),
        View("head view", head, "#left rect.background", "#left rect.background"),
    ]


def smallest() -> str:
    """The page of one head on one token: what it loads is there for the next."""
    import torch
    from bertviz import model_view

    html: str = model_view([torch.ones(1, 1, 1, 1)], ["a"], html_action="return").data
    return html


def scripts() -> dict[str, bytes]:
    """The scripts by the end of their address; npm fetches them once. Raises SystemExit."""
    folder = CACHE / "npm"
    archives = {end: folder / f"{package}.tgz" for end, (package, _) in SCRIPTS.items()}
    if missing := [path.stem for path in archives.values() if not path.exists()]:
        _fetch(missing, folder)
    return {end: _member(archives[end], name) for end, (_, name) in SCRIPTS.items()}


def _member(archive: Path, name: str) -> bytes:
    try:
        with tarfile.open(archive) as files:
            file = files.extractfile(f"package/{name}")
            assert file, f"{name} is a folder"
            return file.read()
    except (OSError, EOFError, KeyError, tarfile.TarError) as error:
        raise SystemExit(f"{archive} cannot be read ({error}): remove it and try again.") from error


def _fetch(packages: list[str], folder: Path) -> None:
    """`npm pack` into the folder, each file whole or not there."""
    npm = shutil.which("npm")
    if not npm:
        raise SystemExit(
            "bertviz's pages load require.js, jQuery and d3: install npm, which fetches them once."
        )
    folder.mkdir(parents=True, exist_ok=True)
    named = [package.replace("-", "@") for package in packages]
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        command = [npm, "pack", "--loglevel=error", "--pack-destination", fresh, *named]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True)
        if done.returncode:
            reason = done.stderr.partition("\n")[0] or f"it ended with {done.returncode}"
            raise SystemExit(f"npm could not fetch {', '.join(named)}, as it has to once: {reason}")
        for file in Path(fresh).glob("*.tgz"):
            file.replace(folder / file.name)
