"""Which models there are, told without torch: what ships, then what runs have exported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from trainer.folder import Run, remedy_for, runs_folder, shipped_folder
from trainer.notes import title

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "models"
IDENTITY = ("config.json", "model.safetensors")  # a change of either is another model
TWO = "encoder-decoder"
_UNREADABLE = (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError)


class LookError(ValueError):
    """A look that cannot be shown; the message is one sentence for a person."""


class OtherKind(ValueError):
    """A bundle of another architecture than these pages show."""


class NothingTyped(LookError):
    """There is no sentence yet."""


@dataclass(frozen=True)
class ModelInfo:
    """What the config of a bundle says, read without torch. `key` is what the URL holds."""

    key: str
    title: str
    folder: Path
    shipped: bool
    languages: tuple[str, str]
    layers: Mapping[str, int]  # by kind of attention
    heads: int
    d_model: int
    max_tokens: int
    joint: bool  # one tokenizer for both languages
    step: int | None
    positions: str  # one of transformer/positions.py

    @property
    def stand(self) -> str:
        """Its title and the step at which it stands, for the line below a picture."""
        return self.title if self.step is None else f"{self.title} · step {self.step:,}"


@dataclass(frozen=True)
class OneStreamInfo:
    """What the config of a bundle of one stream says: encoder, decoder, vision or cnn."""

    key: str
    title: str
    folder: Path
    architecture: str
    sizes: Mapping[str, Any]
    labels: tuple[str, ...]
    about: Mapping[str, Any]
    step: int | None

    @property
    def stand(self) -> str:
        """Its title and the step at which it stands, for the line below a picture."""
        return self.title if self.step is None else f"{self.title} · step {self.step:,}"

    @property
    def choice(self) -> str:
        """Its title among others: with the key, unless the title names it."""
        return self.title if self.key in self.title else f"{self.title} ({self.key})"


def list_models() -> list[ModelInfo]:
    """The models that ship, then the exports of runs, newest first; broken ones are left out."""
    shipped = sorted(_folders(SHIPPED), key=_by_name)
    exports = [path / "export" for path in _runs()]
    there = {path: made for path in exports if (made := _made(path)) is not None}
    infos = [_info(path, path.name, True) for path in shipped]
    infos += [_of_run(path) for path in sorted(there, key=lambda p: -there[p])]
    return [info for info in infos if info is not None]


def list_one_stream(*architectures: str) -> list[OneStreamInfo]:
    """The models of one stream that ship, by name, then the exports of runs, newest first."""
    shipped = [(path, path.name) for path in sorted(_folders(SHIPPED))]
    exports = [path / "export" for path in _runs()]
    there = {path: made for path in exports if (made := _made(path)) is not None}
    runs = [(path, path.parent.name) for path in sorted(there, key=lambda p: -there[p])]
    infos = (_one_stream(path, key) for path, key in [*shipped, *runs])
    return [info for info in infos if info is not None and info.architecture in architectures]


def _one_stream(folder: Path, key: str) -> OneStreamInfo | None:
    """What a bundle of one stream says of itself; None for any other."""
    try:
        config: dict[str, Any] = json.loads((folder / IDENTITY[0]).read_text("utf-8"))
        about = dict(config["about"])
        step = about.get("step")
        return OneStreamInfo(
            key=key,
            title=str(about.get("title") or key),
            folder=folder,
            architecture=str(config["architecture"]),
            sizes=dict(config["model"]),
            labels=tuple(map(str, config["labels"])),
            about=about,
            step=step if type(step) is int else None,
        )
    except _UNREADABLE:
        return None


def has_model(run: Run) -> bool:
    """Whether pages can look into the model of a run: what it has exported, or what ships under the
    name of a run that ships."""
    ships = run.origin == "shipped" and (SHIPPED / run.id / IDENTITY[0]).is_file()
    return ships or (run.export / IDENTITY[0]).is_file()


def what_is_broken(key: str) -> str | None:
    """Why the model of that name is not in the list, without a full stop; None where there is no
    such model, or nothing is wrong with it."""
    folders = [p for p in _folders(SHIPPED) if p.name == key]
    folders += [p / "export" for p in _runs() if p.name == key]
    for folder in folders:
        if _made(folder) is not None and (reason := _problem(folder)):
            return f"The model “{key[:40]}” cannot be opened, because its config.json {reason}"
    return None


def find_model(key: str) -> ModelInfo:
    """The model of that name. Raises `LookError`."""
    infos = list_models()
    for info in infos:
        if info.key == key:
            return info
    if not infos:
        raise LookError("There is no model here yet: train one on the training page.")
    if broken := what_is_broken(key):
        remedy = remedy_for(runs_folder() / key / "export")
        raise LookError(f"{broken}: {remedy}, or choose another one in the sidebar.")
    raise LookError(f"There is no model “{key[:40]}” here: choose another one in the sidebar.")


def stamp_of(folder: Path) -> tuple[int, ...]:
    """Changes whenever the bundle's files do. Raises `LookError` where one is missing."""
    try:
        stats = [(folder / name).stat() for name in IDENTITY]
    except OSError as error:
        raise LookError(
            f"The model “{folder.name}” is incomplete: {remedy_for(folder)} or choose another one."
        ) from error
    return tuple(value for stat in stats for value in (stat.st_mtime_ns, stat.st_size))


def _runs() -> list[Path]:
    return [*_folders(runs_folder()), *_folders(shipped_folder())]


def _folders(place: Path) -> list[Path]:
    """What is in a folder; nothing where it is not there or may not be read."""
    try:
        return list(place.iterdir())
    except OSError:
        return []


def _made(bundle: Path) -> float | None:
    """When a bundle was written; None where there is none, or none any more."""
    try:
        return (bundle / IDENTITY[0]).stat().st_mtime
    except OSError:
        return None


def _info(folder: Path, key: str, shipped: bool) -> ModelInfo | None:
    """What the bundle says of itself; None where its config cannot be read."""
    try:
        return _read(folder, key, shipped)
    except _UNREADABLE:
        return None


def _of_run(export: Path) -> ModelInfo | None:
    """The model of a run, called as the run is everywhere else: by its name now, or its id."""
    run = Run(export.parent)
    info = _info(export, run.id, False)
    return replace(info, title=title(run)) if info else None


def _problem(folder: Path) -> str | None:
    """What is wrong with the config of a bundle; None where it can be read."""
    try:
        _read(folder, folder.name, False)
    except OtherKind as error:
        return f"says that it translates nothing (it is a model of the kind {error})"
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"
    except KeyError as error:
        return f"has no {error.args[0]}"
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        return "is no JSON"
    except _UNREADABLE:
        return "holds values that make no model"
    return None


def _read(folder: Path, key: str, shipped: bool) -> ModelInfo:
    config: dict[str, Any] = json.loads((folder / IDENTITY[0]).read_text("utf-8"))
    sizes, about = config["model"], dict(config.get("about", {}))
    if (kind := config.get("architecture", TWO)) != TWO:
        raise OtherKind(kind)
    src, tgt = config["tokenizers"]
    step = about.get("step")
    decoder_layers = int(sizes["decoder_layers"])
    return ModelInfo(
        key=key,
        title=str(about.get("title") or key),
        folder=folder,
        shipped=shipped,
        languages=(str(config["languages"][0]), str(config["languages"][1])),
        layers={
            "encoder": int(sizes["encoder_layers"]),
            "decoder": decoder_layers,
            "cross": decoder_layers,
        },
        heads=int(sizes["heads"]),
        d_model=int(sizes["d_model"]),
        max_tokens=int(sizes["max_tokens"]),
        joint=src == tgt,
        step=step if type(step) is int else None,
        positions=str(sizes.get("positions", "sinusoidal")),
    )


def _by_name(path: Path) -> tuple[bool, str]:
    """tiny, the model that opens with the app, comes first."""
    return path.name != "tiny", path.name
