"""What is installed is what is in the checkout: templates, policies, static files and catalogues as well as code."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tracked import HOUSE, files

pytestmark = pytest.mark.xdist_group("wheel")  # what is made once for all of them takes longer than each


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built offline, by the builder that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    built = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    packed = {Path(name) for name in wheel.namelist() if name.startswith("reaccredit/")}
    assert packed == {path.relative_to("src") for path in files("src/reaccredit")}


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_the_wheel_holds_its_licence(wheel: zipfile.ZipFile, name: str) -> None:
    assert [entry for entry in wheel.namelist() if entry.endswith(f".dist-info/licenses/{name}")]


def test_the_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    (entries,) = (entry for entry in wheel.namelist() if entry.endswith(".dist-info/entry_points.txt"))
    assert "reaccredit = reaccredit.project.command:main" in wheel.read(entries).decode()
