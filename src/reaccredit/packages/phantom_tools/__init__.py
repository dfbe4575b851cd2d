"""Tools that measure phantom images, each in an environment of its own, called as a process and never imported.

A tool's Python lies at `<PHANTOM_TOOLS>/<tool>/bin/python`; it runs a script of this folder, which writes an answer as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image

SCRIPTS = Path(__file__).parent
PATIENCE = 420  # seconds by the clock; the script limits its own computing and memory
ANSWER = 1024 * 1024
PICTURES, SIDE = 12, 900
PHANTOMS = {"mri-large": ("pylinac", "hazen"), "ct-464": ("pylinac",)}


@dataclass(frozen=True)
class Answer:
    """`values` and `failed` by measure; `trouble` where there was no answer at all."""

    version: str = ""
    values: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    trouble: str = ""


def python_of(tool: str) -> Path:
    return Path(settings.PHANTOM_TOOLS) / tool / "bin" / "python"


def installed(phantom: str = "") -> tuple[str, ...]:
    """The tools that are here, of those that know this phantom (any, where none is named)."""
    asked = PHANTOMS[phantom] if phantom else dict.fromkeys(tool for tools in PHANTOMS.values() for tool in tools)
    return tuple(tool for tool in asked if os.access(python_of(tool), os.X_OK))


def run(tool: str, phantom: str, images: Sequence[Path]) -> Answer:
    """Copies of the images are given to the tool: it can't reach the originals. Raises nothing for what they hold."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "images", Path(folder) / "pictures"
        given.mkdir()
        made.mkdir()
        for number, path in enumerate(images, 1):
            shutil.copyfile(path, given / f"{number:04d}.dcm")
        command = [str(python_of(tool)), "-I", str(SCRIPTS / f"run_{tool}.py"), phantom, str(given), str(made)]
        out = _called(command, Path(folder))
        if isinstance(out, Answer):
            return out
        try:
            return _read(json.loads(out), made)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Answer(trouble="The tool gave no answer that can be read.")


def _called(command: Sequence[str], folder: Path) -> bytes | Answer:
    """A session of its own, so that whatever the tool starts ends with it; it knows nothing of the server's environment."""
    home = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "MPLCONFIGDIR": str(folder),
        "OMP_NUM_THREADS": "1",
    }
    with (folder / "answer").open("w+b") as out:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=home,
                start_new_session=True,
            )
        except OSError:
            return Answer(trouble="The tool could not be started.")
        try:
            ended = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return Answer(trouble="The tool did not come to an end in time.")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if ended:
            return Answer(trouble="The tool stopped without an answer.")
        out.seek(0)
        return out.read(ANSWER)


def _read(told: Any, made: Path) -> Answer:
    values = {str(name)[:40]: float(value) for name, value in told["values"].items()}
    failed = {str(name)[:40]: str(said)[:200] for name, said in told["failed"].items()}
    pictures = []
    for name, title in told["pictures"][:PICTURES]:
        path = (made / str(name)).resolve()
        if path.is_relative_to(made.resolve()) and path.is_file() and (png := _redrawn(path)):
            pictures.append((str(title)[:80], png))
    return Answer(str(told["version"])[:20], values, failed, pictures)


def _redrawn(path: Path) -> bytes:
    """From the pixels alone, and no larger than a page shows it."""
    try:
        with Image.open(path, formats=["PNG"]) as picture:
            plain = picture.convert("RGB")
    except Exception:  # Pillow raises a dozen kinds
        return b""
    plain.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    plain.quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()
