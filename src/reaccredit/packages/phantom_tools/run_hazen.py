"""Run by the Python of hazen's own environment, never imported here:

    hazen/bin/python run_hazen.py PHANTOM IMAGES PICTURES > answer.json

Each task of hazen is tried by itself: where one fails, the others still measure.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import logging
import math
import resource
import signal
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY, SECONDS = 4 * 1024**3, 240
EACH = 150  # seconds for a task: what takes longer does not take the others' values with it


def _farthest(values: list[float]) -> float:
    return max(values, key=lambda width: abs(width - 190))


def _largest(values: list[float]) -> float:
    return max(abs(value) for value in values)


# measure: module and class of hazen, and what is made of its final measurements
TASKS: dict[str, tuple[str, str, Callable[[list[float]], float]]] = {
    "diameter": ("acr_geometric_accuracy", "ACRGeometricAccuracy", _farthest),
    "slice-thickness": ("acr_slice_thickness", "ACRSliceThickness", _largest),
    "slice-position": ("acr_slice_position", "ACRSlicePosition", _largest),
    "uniformity": ("acr_uniformity", "ACRUniformity", _largest),
    "ghosting": ("acr_ghosting", "ACRGhosting", _largest),
    "spokes": ("acr_low_contrast_object_detectability", "ACRLowContrastObjectDetectability", sum),
}


def measure(name: str, files: list[str], pictures: Path) -> tuple[float, list[str]]:
    module, word, made_of = TASKS[name]
    task = getattr(importlib.import_module(f"hazenlib.tasks.{module}"), word)
    result = task(input_data=files, report=True, report_dir=str(pictures / name)).run()
    told = [m for m in result.measurements if getattr(m, "visibility", "final") == "final"]
    final = [float(m.value) for m in [m for m in told if m.subtype == "total"] or told]
    value = made_of([one for one in final if math.isfinite(one)])
    return value, [str(Path(p).relative_to(pictures)) for p in result.report_images]


KNOWN = {
    "late": "It did not come to an end in time.",
    "Unable to find the Low Contrast region": "It did not find the low contrast discs of slices 8 to 11.",
    "max() arg is an empty sequence": "It gave no finite number.",
    "max() iterable argument is empty": "It gave no finite number.",
    "list index out of range": "It did not find as many slices, or as many edges, as the phantom has.",
    "Not enough files": "The series has fewer slices than the phantom asks for.",
}


def why(error: Exception) -> str:
    """A sentence of ours: what a tool says may quote the header of an image."""
    return next(
        (said for start, said in KNOWN.items() if str(error).startswith(start)), f"It stopped ({type(error).__name__})."
    )


def late(_number: int, _frame: object) -> None:
    raise TimeoutError("late")


def main() -> int:
    signal.signal(signal.SIGALRM, late)
    phantom, images, pictures = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).resolve()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    out, sys.stdout = sys.stdout, sys.stderr  # it prints as it goes
    importlib.import_module("matplotlib").use("Agg")
    version = importlib.metadata.version("hazen")
    answer: dict[str, Any] = {"tool": "hazen", "version": version, "values": {}, "failed": {}, "pictures": []}
    files = sorted(str(path) for path in images.iterdir())
    for name in TASKS if phantom == "mri-large" else ():
        signal.alarm(EACH)
        try:
            value, made = measure(name, files, pictures)
            answer["values"][name] = round(value, 3)
            answer["pictures"] += [[path, name.replace("-", " ")] for path in made]
        except Exception as error:  # it raises a dozen kinds where it does not recognise the phantom
            answer["failed"][name] = why(error)
        finally:
            signal.alarm(0)
    json.dump(answer, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
