"""What the commands about runs that are kept do: notes, the bin, zips, settings."""

import argparse
import shlex
from pathlib import Path

from trainer.bin import binned, delete, deleted_id, empty_bin, restore, size
from trainer.notes import notes, read_notes, write_notes
from trainer.options import command_line
from trainer.pack import pack_into
from trainer.runs import open_run
from trainer.settings import clone, differences
from trainer.unpack import unpack


def note(arguments: argparse.Namespace) -> int:
    """Change what is given of a run's name, note and tags; then show all three."""
    run = open_run(arguments.id)
    old = read_notes(run)
    tags = [tag for tag in (*old.tags, *arguments.tag) if tag not in arguments.untag]
    name = old.name if arguments.name is None else arguments.name
    said = old.note if arguments.note is None else arguments.note
    words = notes(name, said, tags)
    if words != old:
        write_notes(run, words)
    tagged = " ".join(f"#{tag}" for tag in words.tags)
    print(*filter(None, (run.id, words.name, tagged, words.note)), sep="\n")
    return 0


def delete_run(arguments: argparse.Namespace) -> int:
    """Move runs into the bin."""
    for run_id in arguments.ids:
        delete(open_run(run_id))
        print(f"{run_id} is in the bin: `python -m trainer restore {run_id}` brings it back.")
    return 0


def restore_run(arguments: argparse.Namespace) -> int:
    """Bring a run back out of the bin."""
    print(restore(arguments.id).path)
    return 0


def show_bin(arguments: argparse.Namespace) -> int:
    """What is in the bin and how large it is, or what emptying it freed."""
    if arguments.empty:
        print(f"The bin is empty: {megabytes(empty_bin())} freed.")
        return 0
    for run in binned():
        print(f"{deleted_id(run):<36} {megabytes(size(run.path)):>10} {read_notes(run).name}")
    return 0


def pack_run(arguments: argparse.Namespace) -> int:
    """A run as a zip to share."""
    run = open_run(arguments.id)
    print(pack_into(run, arguments.out or Path(f"{run.id}.zip")))
    return 0


def unpack_run(arguments: argparse.Namespace) -> int:
    """A run out of a zip, to look at."""
    print(unpack(arguments.file, arguments.new_id).path)
    return 0


def clone_run(arguments: argparse.Namespace) -> int:
    """The command that repeats a run."""
    print(shlex.join(command_line(*clone(open_run(arguments.id)))))
    return 0


def compare(arguments: argparse.Namespace) -> int:
    """The settings in which two runs differ, a line each."""
    a, b = (open_run(run_id) for run_id in (arguments.id, arguments.other))
    found = differences(a.spec, b.spec)
    if not found:
        print("They have the same settings.")
        return 0
    rows = [("", a.id, b.id), *((row.field, shown(row.a), shown(row.b)) for row in found)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, ours, theirs in rows:
        print(f"{name:<{widths[0]}}  {ours:<{widths[1]}}  {theirs}")
    return 0


def shown(value: object) -> str:
    """A setting as it is typed; a dash where a run has none."""
    return "–" if value in (None, "") else str(value)


def megabytes(count: int) -> str:
    """Bytes for a person; what is small in kilobytes."""
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count / 1e3:,.0f} kB"
