"""The command line: `python -m trainer --help`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NoReturn

from trainer import commands, keeping, model_commands
from trainer.config import TrainConfig
from trainer.options import flag
from trainer.presets import PRESETS

Command = Callable[[argparse.Namespace], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]  # name, what it does, help
RUN = "the run's name, as in list"
BROKEN_PIPE = 141  # 128 + SIGPIPE, as a shell tells it


class Parser(argparse.ArgumentParser):
    """One sentence for a mistake, without the whole list of options."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog.split()[-1]}: {message}; see {self.prog} --help.\n")


def parser() -> argparse.ArgumentParser:
    """Every command with its options; those of `run` are the fields of `TrainConfig`."""
    top = Parser(
        prog="python -m trainer", description="Train, watch and use an encoder-decoder Transformer."
    )
    names = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command, help: str) -> argparse.ArgumentParser:
        command = names.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        return command

    add_training(add)
    add_keeping(add)
    add_using(add)
    return top


def add_training(add: Add) -> None:
    """The commands about a run that trains: launch, follow, ask, export."""
    run = add("run", commands.run, "Launch a run and follow it.")
    run.add_argument("--preset", default="nano", help=f"one of {', '.join(PRESETS)} (nano)")
    run.add_argument("--detach", action="store_true", help="launch it and return at once")
    for field in fields(TrainConfig):
        if field.name != "preset":
            run.add_argument(flag(field.name), default=None, help=help_of(field))
    add("list", commands.list_all, "A run a line, newest first, with one status word.")
    follow = add("follow", commands.follow, "Follow a run that was launched before.")
    stop = add("stop", commands.stop, "Ask a run to save and stop.")
    how = stop.add_mutually_exclusive_group()
    how.add_argument("--finish", action="store_true", help="let the rate fall to zero first")
    how.add_argument(
        "--kill", action="store_true", help="at once, without saving; says what is lost"
    )
    resume = add("resume", commands.resume_run, "Go on with a run that has ended.")
    resume.add_argument("--detach", action="store_true", help="start it and return at once")
    join = add("join", commands.join, "Train with a run that waits for this machine too.")
    export = add("export", commands.export_run, "Write a run's newest checkpoint as a bundle.")
    export.add_argument("--out", type=Path, help="folder of the bundle (the run's own export/)")
    export.add_argument("--title", help="how the bundle calls itself")
    export.add_argument("--eight-bits", action="store_true", help="store its matrices as int8")
    hand_in = add("hand-in", commands.hand_in, "Write the assignment's three things.")
    hand_in.add_argument("--out", type=Path, help="folder for them (hand-in/ in the run)")
    for command in (follow, stop, resume, join, export, hand_in):
        command.add_argument("id", metavar="RUN", help=RUN)


def add_keeping(add: Add) -> None:
    """The commands about runs that are kept: notes, the bin, zips, settings."""
    note = add("note", keeping.note, "Name, describe and tag a run, or show what it is called.")
    note.add_argument("--name", help="shown beside its id; an empty one removes it")
    note.add_argument("--note", help="what there is to say about it")
    note.add_argument("--tag", action="append", default=[], help="a tag to add, once or more")
    note.add_argument("--untag", action="append", default=[], help="a tag to remove")
    delete = add("delete", keeping.delete_run, "Move runs into the bin.")
    delete.add_argument("ids", metavar="RUN", nargs="+", help=RUN)
    restore = add("restore", keeping.restore_run, "Bring a run back out of the bin.")
    trash = add("bin", keeping.show_bin, "What is in the bin, and how large it is.")
    trash.add_argument("--empty", action="store_true", help="delete it for good")
    pack = add("pack", keeping.pack_run, "Write a run as a zip to share, without checkpoints.")
    pack.add_argument("--out", type=Path, help="the zip (RUN.zip)")
    unpack = add("unpack", keeping.unpack_run, "Import a run from a zip, to look at.")
    unpack.add_argument("file", type=Path, metavar="FILE", help="the zip")
    unpack.add_argument("--as", dest="new_id", metavar="RUN", help="another name for it here")
    clone = add("clone", keeping.clone_run, "Print the command that repeats a run.")
    compare = add("compare", keeping.compare, "The settings in which two runs differ.")
    for command in (note, restore, pack, clone, compare):
        command.add_argument("id", metavar="RUN", help=RUN)
    compare.add_argument("other", metavar="OTHER", help="the run to compare it with")


def add_using(add: Add) -> None:
    """The commands about a model: evaluate, derive, translate."""
    evaluate = add("evaluate", model_commands.evaluate, "Measure a model on held-out pairs.")
    evaluate.add_argument("--data", required=True, help="pairs, as for run; measured one by one")
    evaluate.add_argument("--beams", type=int, default=4, help="beside greedy (4)")
    evaluate.add_argument("--card", action="store_true", help="write the table into the card")
    derive = add(
        "derive",
        model_commands.derive,
        "Make again what lies beside a model: maps, example, heads.",
    )
    derive.add_argument(
        "--data",
        default="libreoffice-help",
        help="pairs that the roles of its heads are measured on, some thousands (libreoffice-help)",
    )
    derive.add_argument(
        "--held-out", help="pairs that its heads' worth is measured on (200 of --data)"
    )
    translate = add(
        "translate", model_commands.translate, "Translate a text, or a file line by line."
    )
    translate.add_argument("text", nargs="?", help="a text; without it, lines of --file")
    translate.add_argument("--file", help="a file with a text a line, - for standard input")
    translate.add_argument("--beams", type=int, default=4, help="beams, 1 is greedy (4)")
    for command in (evaluate, translate, derive):
        command.add_argument("--model", default="tiny", help="a model, a run or a folder (tiny)")


def help_of(field: Field[Any]) -> str:
    """What a setting means and what it may be."""
    choices, low, high = (field.metadata[key] for key in ("choices", "min", "max"))
    text: str = field.metadata["help"]
    if choices:
        text += f" One of {', '.join(choices)}."
    elif low is not None and high is not None:
        text += f" {low:g} to {high:g}."
    return text.replace("%", "%%")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; a mistake is one sentence on standard error and exit code 2.

    Where nobody reads on (`list | head -1`), it ends quietly.
    """
    try:
        arguments = parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()  # here, and not where the interpreter ends
    except BrokenPipeError:
        # What is still buffered goes nowhere (see the Python docs, "Note on SIGPIPE").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except (ValueError, OSError) as error:  # every error of ours is a ValueError with a sentence
        print(f"{arguments.command}: {error}", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
