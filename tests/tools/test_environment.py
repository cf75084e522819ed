import importlib.metadata
from pathlib import Path

import pytest

from tools import environment


def test_requirement_lines_follow_other_files_and_drop_comments(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("# what for\ntorch==1.2.3  # the engine\n\n")
    (tmp_path / "dev.txt").write_text("-r base.txt\npytest==9.0\n")
    lines = environment.requirement_lines(tmp_path / "dev.txt")
    assert lines == ["torch==1.2.3", "pytest==9.0"]


def test_the_project_pins_torch_and_every_direct_dependency() -> None:
    lines = environment.requirement_lines(environment.ROOT / "requirements-dev.txt")
    assert environment.pinned("torch", lines) == "2.13.0"
    ranges = [line for line in lines if "==" not in line]
    assert ranges == ["pytorch-lightning>=2.6.6,<2.7"]


def test_a_missing_pin_is_one_sentence() -> None:
    with pytest.raises(environment.SetupError, match="pins no torch"):
        environment.pinned("torch", ["torchmetrics==1.0", "torch>=2"])


def test_a_release_is_recognised_whatever_its_build() -> None:
    release = importlib.metadata.version("torch").split("+")[0]
    assert environment.has_release("torch", release)
    assert not environment.has_release("torch", "0.4")
    assert not environment.has_release("no-such-package", release)


def test_changed_requirements_and_a_moved_checkout_change_the_fingerprint(tmp_path: Path) -> None:
    here = environment.fingerprint(["a==1"], tmp_path)
    assert here == environment.fingerprint(["a==1"], tmp_path)
    assert here != environment.fingerprint(["a==2"], tmp_path)
    assert here != environment.fingerprint(["a==1"], tmp_path / "moved")


def test_half_installed_packages_are_forgotten_and_whole_ones_kept(tmp_path: Path) -> None:
    for name in ("whole-1.dist-info", "half-1.dist-info"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "METADATA").touch()
    (tmp_path / "whole-1.dist-info" / "INSTALLER").touch()
    environment.drop_half_installed(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["whole-1.dist-info"]


def test_an_interpreter_that_does_not_run_has_no_identity(tmp_path: Path) -> None:
    assert environment.identity(tmp_path / "python") is None
