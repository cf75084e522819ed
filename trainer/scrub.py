"""What a shared run must not tell: where it lay on the disk, on which machine, and whose it was.

A path becomes the name of its file. It is one where it begins with a folder of this run or person,
or with a top folder that there is here or on any Unix: of "</b>" and "/ciao/" nothing is taken.
Names of machine and person are taken out of prose alone: in a setting, "tiny" is a preset even on a
machine that is called so.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.folder import Run, runs_folder
from trainer.records import read_record

_REST = r"(?:/[^\s/'\"():,;<>|=\[\]{}]+)"  # of a path, after the folder that it begins with
_UNIX = ("etc", "home", "media", "mnt", "opt", "root", "srv", "tmp", "usr", "var", "Users")
_NOBODY = frozenset(("root", "user", "admin", "ubuntu", "localhost"))


class Scrubber:
    """Takes out of texts and JSON values what one run's machine and owner are called."""

    def __init__(self, run: Run) -> None:
        home, here = str(Path.home()), {str(runs_folder()), str(run.path.parent)}
        places = {place: "runs" for folder in here for place in (folder, os.path.realpath(folder))}
        places |= {home: "~", os.path.realpath(home): "~"}
        places |= {path.rstrip("/"): PurePosixPath(path).name for path in _paths(run)}
        places.pop("/", None)
        places.pop("", None)
        self._places = places
        own = "|".join(map(_pattern, sorted(places, key=len, reverse=True)))
        self._place = re.compile(own)
        self._own_path = re.compile(rf"(?:{own}){_REST}*/?")
        self._path = re.compile(rf"(?<![\w.:/~])(?:~|/(?:{'|'.join(_top_folders())})){_REST}+/?")
        self._words = dict.fromkeys(_hosts(run), "host") | {_user(): "someone"}
        words = sorted(map(re.escape, self._words.keys() - _NOBODY), key=len, reverse=True)
        self._word = re.compile(rf"(?<![\w-])(?:{'|'.join(filter(None, words)) or '(?!)'})(?!\w)")

    def prose(self, text: str) -> str:
        """A text for people, without paths and names."""
        return self._word.sub(lambda found: self._words[found.group()], self.paths(text))

    def paths(self, text: str) -> str:
        """A text in which each absolute path is the name of its file."""
        return self._path.sub(self._name, self._own_path.sub(self._name, text))

    def _name(self, found: re.Match[str]) -> str:
        path = found.group().rstrip("/")
        return self._places.get(path) or PurePosixPath(path).name

    def places(self, text: str) -> str:
        """A text without the folders that this run is known to have used; other paths stay."""
        return self._place.sub(lambda found: self._places[found.group()], text)

    def value(self, value: Any, clean: Callable[[str], str]) -> Any:
        """A JSON value with `clean` (`prose`, `paths` or `places`) of every text in it."""
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, list):
            return [self.value(item, clean) for item in value]
        if isinstance(value, dict):
            return {self.paths(key): self.value(item, clean) for key, item in value.items()}
        return value

    def suspects(self, line: str) -> bool:
        """Whether a line of JSON may hold something to take out; quick, and rather too careful."""
        return (
            "\\" in line
            or self._path.search(line) is not None
            or self._place.search(line) is not None
            or self._word.search(line) is not None
        )


def _pattern(place: str) -> str:
    """A folder in a text; one right below the root might be a part of another path or word."""
    literal = re.escape(place)
    return literal if place.count("/") > 1 else rf"(?<![\w.~]){literal}(?![\w-])"


def _top_folders() -> list[str]:
    try:
        here = [entry.name for entry in os.scandir("/") if entry.is_dir()]
    except OSError:
        here = []
    return sorted(map(re.escape, {*_UNIX, *here}))


def _paths(run: Run) -> Iterable[str]:
    """The files and folders that the spec names by their whole path."""
    config, argv = run.config, run.spec.get("argv") or []
    texts = [str(config.get(name, "")) for name in ("data", "start_from", "tokenizer_file")]
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
