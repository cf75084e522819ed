"""Lines that are read together are read as each is alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.event_columns import Metrics, parse_metrics
from trainer.event_format import Event, parse_line

ODD = [
    b'{"schema":1,"attempt":1,"seq":1,"wall":1.0,"mono":1.0,"kind":"metric","step":1',
    b'"phase":"training","a":1.0,"b":2.0}',
    b'{"schema":1,"schema":1,"seq":1,"wall":1.0,"mono":1.0,"kind":"metric","step":1,"a":1,"b":2}',
    b"\x00\xff,,,,,,,,,",
    b"[" * 3000 + b",,,,,,,,,",
    b"null",
]
VALUES = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.none(), st.text(max_size=3),
    st.sampled_from(['a,"b":1', "}\n,{", [1, 2], [[]], {"a": 1}, {"a": 1, "b": 2}, 10**400]),
)  # fmt: skip


def line(step: Any = 1, **changes: Any) -> bytes:
    record = {
        "schema": 1, "attempt": 1, "seq": 7, "wall": 1.5, "mono": 2.5, "kind": "metric",
        "step": step, "phase": "training", "a": 0.5, "b": 2.0, **changes,
    }  # fmt: skip
    return json.dumps(record, separators=(",", ":")).encode()


def one_by_one(lines: Sequence[bytes]) -> list[Event | None]:
    found: list[Event | None] = []
    for told in parse_metrics(lines):
        found += told.events() if isinstance(told, Metrics) else [told]
    return found


def test_lines_that_differ_in_their_numbers_alone_are_read_together() -> None:
    lines = [line(step, a=step / 4, seq=step) for step in range(100)]
    (told,) = parse_metrics(lines)
    assert isinstance(told, Metrics)
    assert told.steps == list(range(100)) and told.columns["a"] == [n / 4 for n in range(100)]
    assert told.events() == list(map(parse_line, lines))
    assert told.last() == parse_line(lines[-1])


def test_another_kind_of_line_between_them_costs_only_itself() -> None:
    phase = line(kind="phase", expect=5)
    told = list(parse_metrics([*[line(1)] * 50, phase, *[line(2)] * 50]))
    assert [type(each) for each in told] == [Metrics, Event, Metrics]


@given(
    st.lists(
        st.one_of(
            st.builds(line, st.integers(-3, 3)),
            st.builds(lambda field, value: line(**{field: value}),
                      st.sampled_from(["step", "phase", "attempt", "seq", "wall", "a", "b", "c"]),
                      VALUES),
            st.sampled_from(ODD),
        ),
        max_size=12,
    ),
    st.integers(0, 4),
)  # fmt: skip
def test_whatever_the_lines_are_each_is_read_as_alone(lines: list[bytes], repeated: int) -> None:
    lines = lines * (repeated + 1)
    assert repr(one_by_one(lines)) == repr(list(map(parse_line, lines)))


@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 39))
def test_one_damaged_byte_is_seen(place: int, byte: int, which: int) -> None:
    lines = [line(step, a=step / 3) for step in range(40)]
    damaged = bytearray(lines[which])
    damaged[place % len(damaged)] = byte
    lines[which] = bytes(damaged).replace(b"\n", b" ")
    assert repr(one_by_one(lines)) == repr(list(map(parse_line, lines)))


@pytest.mark.parametrize("half", [1, 3, 9])
def test_two_halves_of_lines_are_no_line(half: int) -> None:
    """Joined by commas, these three would be three lines."""
    parts = line().split(b",")
    lines = [line(), b",".join(parts[:half]), b",".join(parts[half:]), line() + b"," + line()]
    assert one_by_one(lines) == list(map(parse_line, lines))
