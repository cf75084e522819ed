"""What a shared run must not tell: where it lay on the disk, on which machine, and whose it was.

A path becomes the name of its file. Names of machine and person are taken out of prose alone: in a
setting, "tiny" is a preset even on a machine that is called so.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.folder import Run, runs_folder
from trainer.records import read_record

_PATH = re.compile(r"(?<![\w.:/~])~?(?:/[^\s/'\"():,;<>|=\[\]{}]+)+/?")
_NOBODY = frozenset(("root", "user", "admin", "ubuntu", "localhost"))


class Scrubber:
    """Takes out of texts and JSON values what one run's machine and owner are called."""

    def __init__(self, run: Run) -> None:
        home, here = str(Path.home()), {str(runs_folder()), str(run.path.parent)}
        places = {place: "runs" for folder in here for place in (folder, os.path.realpath(folder))}
        places |= {home: "~", os.path.realpath(home): "~"}
        places |= {path: PurePosixPath(path).name for path in _paths(run)}
        places.pop("/", None)
        self._places = {place: places[place] for place in sorted(places, key=len, reverse=True)}
        self._words = dict.fromkeys(_hosts(run), "host") | {_user(): "someone"}
        words = sorted(map(re.escape, self._words.keys() - _NOBODY), key=len, reverse=True)
        self._word = re.compile(rf"(?<![\w-])(?:{'|'.join(filter(None, words)) or '(?!)'})(?!\w)")

    def prose(self, text: str) -> str:
        """A text for people, without paths and names."""
        return self._word.sub(lambda found: self._words[found.group()], self.paths(text))

    def paths(self, text: str) -> str:
        """A text in which each absolute path is the name of its file."""
        text = self.places(text)
        return _PATH.sub(lambda found: PurePosixPath(found.group()).name, text)

    def places(self, text: str) -> str:
        """A text without the folders that this run is known to have used; other paths stay."""
        for place, name in self._places.items():
            text = text.replace(place, name)
        return text

    def value(self, value: Any, prose: bool = False) -> Any:
        """A JSON value with `paths`, or `prose`, of every text in it."""
        if isinstance(value, str):
            return self.prose(value) if prose else self.paths(value)
        if isinstance(value, list):
            return [self.value(item, prose) for item in value]
        if isinstance(value, dict):
            return {self.paths(key): self.value(item, prose) for key, item in value.items()}
        return value

    def suspects(self, line: str) -> bool:
        """Whether a line of JSON may hold something to take out; quick, and rather too careful."""
        return (
            "\\" in line
            or _PATH.search(line) is not None
            or self._word.search(line) is not None
            or any(place in line for place in self._places)
        )


def _paths(run: Run) -> Iterable[str]:
    """The files and folders that the spec names by their whole path."""
    config, argv = run.config, run.spec.get("argv") or []
    texts = [str(config.get("data", "")), str(config.get("start_from", ""))]
    texts += [str(word).partition("=")[2] or str(word) for word in argv]
    texts += list(run.spec.get("data") or {})
    for text in texts:
        for part in (text, *text.split(",")):
            name = re.sub(r":[0-9]+$", "", part.strip())
            if name.startswith(("/", "~")) and "," not in name:
                yield name


def _hosts(run: Run) -> set[str]:
    told = [read_record(path) or {} for path in run.path.glob("proc-[0-9]*.json")]
    hosts = {socket.gethostname(), *(str(record.get("host") or "") for record in told)}
    return {name for host in hosts for name in (host, host.partition(".")[0]) if name}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
