"""What .streamlit/config.toml promises, as Streamlit itself understands it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

SETTINGS = Path(__file__).resolve().parents[1] / ".streamlit" / "config.toml"
PROMISED = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.enableStaticServing": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 100,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "runner.postScriptGC": False,
}


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    sections = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))
    return {f"{s}.{key}": value for s, keys in sections.items() for key, value in keys.items()}


@pytest.mark.parametrize(("option", "value"), PROMISED.items())
def test_the_setting_is_made(settings: dict[str, Any], option: str, value: object) -> None:
    assert settings[option] == value


def test_streamlit_knows_every_setting(settings: dict[str, Any]) -> None:
    known = config.get_config_options()
    scalars = {option for option, value in settings.items() if not isinstance(value, dict | list)}
    assert scalars - known.keys() == set()
