"""Run by the Python of pylinac's own environment, never imported here:

    pylinac/bin/python run_pylinac.py PHANTOM IMAGES PICTURES > answer.json

The answer's shape is that of `phantoms.Answer`: `values` by measure, `failed` by measure with a sentence, `pictures` as files.
"""

from __future__ import annotations

import importlib
import json
import math
import resource
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY, SECONDS = 4 * 1024**3, 240
Values = dict[str, float]
PICTURES = {"mri-large": "ACRMRILarge", "ct-464": "ACRCT"}


def mri(found: Any) -> Values:
    first, eleventh, seventh = found["slice1"], found["slice11"], found["uniformity_module"]
    values = {
        "slice-thickness": first["measured_slice_thickness_mm"], "uniformity": seventh["piu"], "ghosting": abs(seventh["psg"]),
        "slice-position": max(abs(first["bar_difference_mm"]), abs(eleventh["bar_difference_mm"])),
        "spokes": found["low_contrast_multi_slice_module"]["score"],
    }  # fmt: skip
    widths = [
        float(line["width (mm)"])
        for line in found["geometric_distortion_module"]["profiles"].values()
        if "width (mm)" in line
    ]
    if widths:
        values["diameter"] = max(widths, key=lambda width: abs(width - 190))
    lengths = [
        float(line["width (mm)"])
        for line in found["sagittal_localizer_module"]["profiles"].values()
        if "width (mm)" in line
    ]
    return values | ({"length": lengths[0]} if lengths else {})


def ct(found: Any) -> Values:
    rois = {name.lower(): value for name, value in found["ct_module"]["rois"].items()}
    named = {"water": "water", "air": "air", "polyethylene": "poly", "acrylic": "acrylic", "bone": "bone"}
    values = {f"ct-number-{ours}": rois[theirs] for ours, theirs in named.items() if theirs in rois}
    uniform = found["uniformity_module"]["rois"]
    centre = next((value for name, value in uniform.items() if name.lower().startswith("cent")), None)
    edges = [value for name, value in uniform.items() if not name.lower().startswith("cent")]
    if centre is not None and edges:
        values["uniformity"] = max(abs(edge - centre) for edge in edges)
    return values | {"cnr": found["low_contrast_module"]["cnr"]}


READ: dict[str, Callable[[Any], Values]] = {"mri-large": mri, "ct-464": ct}


KNOWN = {
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


def main() -> int:
    phantom, images, pictures = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]).resolve()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    warnings.simplefilter("ignore")
    importlib.import_module("matplotlib").use("Agg")
    tool = importlib.import_module("pylinac")
    answer: dict[str, Any] = {
        "tool": "pylinac",
        "version": tool.__version__,
        "values": {},
        "failed": {},
        "pictures": [],
    }
    try:
        phantom_of = getattr(importlib.import_module("pylinac.acr"), PICTURES[phantom])(images)
        phantom_of.analyze()
        found = json.loads(phantom_of.results_data(as_json=True))
        read = READ[phantom](found)
        answer["values"] = {name: round(float(v), 3) for name, v in read.items() if v is not None and math.isfinite(v)}
        answer["pictures"] = [[Path(p).name, Path(p).stem.replace("_", " ")] for p in phantom_of.save_images(pictures)]
    except Exception as error:  # it raises a dozen kinds where it does not recognise the phantom
        answer["failed"]["all"] = why(error)
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
