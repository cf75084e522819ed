"""A record is whole or not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trainer.records import read_record, write_record


def test_a_record_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    write_record(path, {"n": 1})
    with pytest.raises(TypeError):
        write_record(path, {"n": object()})
    assert read_record(path) == {"n": 1}
    with open(path, encoding="utf-8") as old:
        write_record(path, {"n": 2})
        assert json.load(old) == {"n": 1}  # who reads meanwhile sees the old one, whole
    assert read_record(path) == {"n": 2}
    assert [p.name for p in tmp_path.iterdir()] == ["record.json"]
