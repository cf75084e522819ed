"""Settings told apart: what a run changed of its preset, and where two runs differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from trainer.config import TrainConfig
from trainer.folder import Run, RunError, runs_folder
from trainer.presets import changes
from transformer.config import ConfigError

CODE = "code version"


class Difference(NamedTuple):
    """A setting that two runs do not share; None where a run has none of that name."""

    field: str
    a: Any
    b: Any


def form_values(spec: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The preset, and every setting of the run that has to be told beside it, by name.

    Settings that this version of Dawn does not know are left out. Raises ConfigError where the
    rest is no config.
    """
    known = {each.name for each in fields(TrainConfig)}
    given = {name: value for name, value in spec.get("config", {}).items() if name in known}
    config = TrainConfig.from_dict(given)
    return config.preset, changes(config.preset, config.to_dict())


def clone(run: Run) -> tuple[str, dict[str, Any]]:
    """`form_values` of a run, with training text that was uploaded here found again.

    Raises RunError where its settings cannot be read.
    """
    if run.problem:
        raise RunError(f"The run {run.id} cannot be cloned: {run.problem}")
    try:
        preset, changed = form_values(run.spec)
    except ConfigError as error:
        raise RunError(f"The run {run.id} cannot be cloned: {error}") from error
    if "data" in changed:
        changed["data"] = ",".join(map(_found_again, changed["data"].split(",")))
    return preset, changed


def differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Difference]:
    """Where two specs differ: settings in the form's order, strangers after them, then the code."""
    ours, theirs = a.get("config", {}), b.get("config", {})
    order = [each.name for each in fields(TrainConfig)]
    names = [*order, *sorted((ours.keys() | theirs.keys()) - set(order))]
    pairs = [Difference(name, ours.get(name), theirs.get(name)) for name in names]
    pairs.append(Difference(CODE, a.get("git"), b.get("git")))
    return [pair for pair in pairs if pair.a != pair.b]


def _found_again(part: str) -> str:
    """An upload that lies here too, where a zip from elsewhere tells its name without a folder."""
    name, _, cap = part.strip().partition(":")
    here = runs_folder() / "data" / name
    plain = name == Path(name).name and name not in ("", ".", "..")
    if plain and not Path(name).exists() and here.is_file():
        return f"{here}:{cap}" if cap else str(here)
    return part.strip()
