"""What is kept of runs, from the page: words, clones, comparisons, downloads, the bin, imports."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.catalogue import find_model
from tests.pages.training_page import open_page, press, says
from trainer.events import EventWriter
from trainer.locks import take_lock
from trainer.notes import Notes, notes, read_notes, write_notes
from trainer.pack import pack
from trainer.presets import resolve
from trainer.runs import Run, create_run, list_runs, open_run
from trainer.unpack import unpack

CHANGES = {
    "steps": 321,
    "tie_embeddings": False,
    "data": "libreoffice-help:50",
    "optimiser": "adam",
}
pytestmark = pytest.mark.usefixtures("runs")


@pytest.fixture
def run() -> Run:
    """A run that ended after an epoch."""
    made = create_run(resolve("nano", CHANGES).to_dict(), ["python"], run_id="mine")
    with EventWriter(made.events, 1) as events:
        events.write("resume", step=0, from_step=0)
        epoch = {"epoch/loss": 3.25, "epoch/nll": 2.0, "epoch/share": 1.0, "epoch": 0}
        events.metric(9, {"train/loss": 3.0, **epoch})
        events.write("end", outcome="finished", reason="All steps are done.")
    made.exit_record(1).write_text('{"code": 0, "seconds": 75.0}')
    return made


def choose(at: AppTest, entry: str) -> AppTest:
    return at.menu_button[0].set_value(entry).run()


def entries(at: AppTest) -> list[str]:
    return list(at.menu_button[0].options) if at.menu_button else []


def test_the_menu_offers_what_can_be_done(run: Run) -> None:
    assert entries(open_page(run="mine")) == [
        "Name, note, tags",
        "Clone its settings",
        "Compare settings",
        "Download as zip",
        "Hand in",
        "Delete",
    ]
    holder = take_lock(run.lock)
    assert holder is not None
    assert not {"Delete", "Download as zip"} & set(entries(open_page(run="mine")))
    (run.path / "spec.json").write_text("{")
    assert entries(open_page(run="mine")) == ["Delete"]


def test_a_name_stands_for_the_id_and_cannot_be_mistaken_for_markup(run: Run) -> None:
    write_notes(run, notes("<b>Warm</b> *er*", "It\n<i>works</i>", ["les<son"]))
    at = open_page(run="mine")
    text = says(at)
    for shown in ("<h2>&lt;b&gt;Warm&lt;/b&gt; *er*</h2>", "&lt;i&gt;works", "les&lt;son", "mine"):
        assert shown in text
    labels = [button.label.replace("\u2060", "") for button in at.button]
    assert r"\<b\>Warm\<\/b\> \*er\*" in labels


def test_words_are_typed_and_kept(run: Run) -> None:
    def form() -> None:
        from pages.ui.run_dialogs import notes_form
        from trainer.runs import open_run

        notes_form(open_run("mine"))

    at = AppTest.from_function(form).run()
    at.text_input[0].set_value(" Warmer ")
    at.text_area[0].set_value("One\ntwo")
    press(at.run(), "Save")
    assert not at.exception
    assert read_notes(run) == Notes("Warmer", "One\ntwo")
    at.text_input[0].set_value("half\u202e")
    press(at.run(), "Save")
    assert "U+202E" in says(at)
    at.text_input[0].set_value("w" * 200)
    press(at.run(), "Save")
    assert "The name has 200 characters: use 80 at most." in says(at)
    assert read_notes(run).name == "Warmer"


def test_a_clone_fills_the_form_with_the_same_settings(run: Run) -> None:
    at = open_page(run="mine")
    choose(at, "Clone its settings")
    assert not at.exception
    assert "run" not in at.query_params
    command = at.code[0].value
    for option in ("--steps=321", "--tie-embeddings=false", "libreoffice-help:50"):
        assert option in command
    assert "--optimiser=adam" in command
    assert command.count(" --") == 1 + len(CHANGES)
    assert not [warning.value for warning in at.warning]


def test_the_weights_of_a_run_are_offered_and_go_into_the_form(dawn_runs: Path, run: Run) -> None:
    (dawn_runs / "toy" / "export").rename(run.export)
    at = open_page(run="mine")
    choose(at, "Start from its weights")
    assert not at.exception
    assert at.selectbox(key="form.nano.start_from").value == str(run.export)
    press(at, "Launch")
    assert "start_from has other sizes than this run: set " in says(at)
    assert len(list_runs()) == 1


def test_its_weights_bring_their_own_tokenizer(dawn_runs: Path) -> None:
    config = resolve("nano", {"tokenizer_file": "/somewhere/mine.json"}).to_dict()
    run = create_run(config, [], run_id="mine")
    (dawn_runs / "toy" / "export").rename(run.export)
    at = open_page(run="mine")
    choose(at, "Start from its weights")
    assert at.text_input(key="form.nano.tokenizer_file").value == ""
    assert not at.button(key="form.launch").disabled


def test_two_runs_are_compared_by_their_differences(run: Run) -> None:
    create_run(resolve("nano", CHANGES | {"steps": 999}).to_dict(), [], run_id="other")

    def box() -> None:
        from pages.ui.run_dialogs import comparison
        from trainer.runs import open_run

        comparison(open_run("mine"))

    at = AppTest.from_function(box).run()
    assert not at.exception
    assert "| `steps` | 321 | 999 |" in at.markdown[0].value
    assert "optimiser" not in at.markdown[0].value


def test_a_zip_and_a_hand_in_are_downloads_and_a_refusal_is_a_sentence(run: Run) -> None:
    at = choose(open_page(run="mine"), "Download as zip")
    assert not at.exception
    assert at.get("download_button")[0].proto.label.startswith("Download (")
    at = choose(open_page(run="mine"), "Hand in")
    assert at.get("download_button")
    create_run(resolve("nano", {}).to_dict(), [], run_id="young")
    at = choose(open_page(run="young"), "Hand in")
    assert "has not ended an epoch yet" in says(at)
    assert not at.get("download_button")


def test_delete_is_undone_by_one_click(run: Run) -> None:
    at = choose(open_page(run="mine"), "Delete")
    assert not at.exception
    assert list_runs() == []
    assert "mine is in the bin." in says(at)
    assert "Bin (1)" in [button.label for button in at.button]
    press(at, "Undo")
    assert at.query_params["run"] in ("mine", ["mine"])
    assert open_run("mine") == run
    assert "is in the bin." not in says(at)


def test_the_bin_restores_each_and_is_emptied_apart(run: Run, runs: Path) -> None:
    from trainer.bin import binned, delete

    for name in ("mine", "second"):
        delete(create_run({}, [], run_id=name) if name == "second" else run)

    def box() -> None:
        from pages.ui.prose import prose
        from pages.ui.run_deleted import bin_box

        bin_box(prose("training"))

    at = AppTest.from_function(box).run()
    at.button(key="restore.mine").click().run()
    assert [found.id for found in list_runs()] == ["mine"]
    empty = next(button for button in at.button if button.label.startswith("Empty the bin"))
    assert len(binned()) == 1
    empty.click().run()
    assert not at.exception
    assert binned() == []
    assert [found.id for found in list_runs()] == ["mine"]


def test_an_imported_run_is_marked_and_cannot_go_on(run: Run) -> None:
    (run.events / "0001.jsonl").write_text("")
    run.exit_record(1).write_text('{"code": 3}')
    unpack(io.BytesIO(pack(run)), "hers")
    at = open_page(run="hers")
    assert not at.exception
    assert "imported, to look at only" in says(at)
    assert "Resume" not in [button.label for button in at.button]
    assert "Resume" in [button.label for button in open_page(run="mine").button]
    assert "failed · imported" in says(at)


def test_a_zip_of_another_kind_is_one_sentence(run: Run) -> None:
    def box() -> None:
        from pages.ui.prose import prose
        from pages.ui.run_deleted import import_box

        import_box(prose("training"))

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../evil", "x")
    at = AppTest.from_function(box).run()
    at.file_uploader[0].set_value(("evil.zip", buffer.getvalue(), "application/zip")).run()
    assert not at.exception
    assert "is not the zip of a run" in says(at)
    at.file_uploader[0].set_value(("mine.zip", pack(run), "application/zip")).run()
    assert "There is a run named 'mine' already" in says(at)


def test_a_run_that_ships_can_be_looked_at_and_cloned_only(
    dawn_runs: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (dawn_runs / "toy" / "export").rename(run.export)
    shipped_to = tmp_path / "with Dawn"
    shipped_to.mkdir()
    run.path.rename(shipped_to / "lesson")
    monkeypatch.setattr("trainer.folder.SHIPPED", shipped_to)
    at = open_page(run="lesson")
    assert not at.exception
    assert "comes with Dawn, to look at only" in says(at)
    assert not {"Delete", "Name, note, tags"} & set(entries(at))
    assert {"Clone its settings", "Start from its weights", "Hand in"} <= set(entries(at))
    assert "Resume" not in [button.label for button in at.button]
    assert find_model("lesson").folder == shipped_to / "lesson" / "export"
