"""A run is named, downloaded, deleted, brought back, and imported again where it was not made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trainer.events import EventWriter
from trainer.presets import PRESETS
from trainer.runs import Run, create_run

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.conftest import Journey

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

ID = "nano-20260101-000000-abcd"


@pytest.fixture
def run(probe: Path, app_runs: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run of the served app that ended, with the probe's model."""
    monkeypatch.setenv("DAWN_RUNS", str(app_runs))
    made = create_run(PRESETS["nano"].to_dict(), ["python"], run_id=ID)
    with EventWriter(made.events, 1) as events:
        events.write("resume", step=0, from_step=0)
        for step in range(1, 30):
            events.metric(step, {"train/loss": 9 / step, "train/nll": 8 / step})
        events.write("end", outcome="finished", reason="All steps are done.")
    made.exit_record(1).write_text('{"code": 0, "seconds": 75.0}')
    shutil.copytree(probe, made.export)
    return made


def choose(page: Page, entry: str) -> None:
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_text(entry, exact=True).click()


def test_a_run_is_named_shared_deleted_and_imported(
    run: Run, journey: Journey, tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = journey.open("training", run=ID)
    dialog = page.get_by_role("dialog")
    choose(page, "Name, note, tags")
    dialog.get_by_label("Name").fill("The warm one")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator(".run-title h2")).to_have_text("The warm one")

    choose(page, "Download as zip")
    with page.expect_download() as found:
        dialog.get_by_role("button", name="Download (").click()
    assert found.value.suggested_filename == f"{ID}.zip"
    file = tmp_path / "shared.zip"
    found.value.save_as(file)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    choose(page, "Delete")
    expect(page.get_by_text("The warm one is in the bin.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".run-title h2")).to_have_text("The warm one")
    choose(page, "Delete")
    expect(page.get_by_text("The warm one is in the bin.")).to_be_visible()

    page.get_by_role("button", name="Import").click()
    dialog.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".run-title em")).to_have_text("imported, to look at only")
    expect(page.locator(".run-state")).to_have_text("finished")
    page.get_by_test_id("stMain").get_by_role("link", name="Attention").click()
    page.wait_for_url(f"**/attention?*model={ID}*")
    journey.settle(page)
    expect(page.locator(".view")).not_to_have_attribute("data-drawn", "0")
