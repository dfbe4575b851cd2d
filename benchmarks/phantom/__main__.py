"""Both programs on real series, as the site calls them: values side by side, and how long each took.

    python -m benchmarks.phantom [--tools FOLDER] [--phantom mri-large|ct-464] SERIES_FOLDER...

Programs that are not in the folder are installed there first, from the locked requirements. Series are not part of the project.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import django
from django.conf import settings

from reaccredit.packages import phantom_tools
from reaccredit.packages.phantom_tools import PHANTOMS, Answer

HERE = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phantom", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tools", type=Path, default=HERE / "var" / "phantom-tools")
    parser.add_argument("--phantom", choices=sorted(PHANTOMS), default="mri-large")
    parser.add_argument("folders", nargs="+", type=Path, metavar="SERIES_FOLDER")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reaccredit.project.settings")
    os.environ["REACCREDIT_PHANTOM_TOOLS"] = str(asked.tools)
    django.setup()
    if set(phantom_tools.installed(asked.phantom)) != set(PHANTOMS[asked.phantom]):
        subprocess.run([HERE / "bin" / "phantom-tools", asked.tools], check=True)
    print(f"Programs in {settings.PHANTOM_TOOLS.name}: {', '.join(phantom_tools.installed(asked.phantom))}")
    for number, folder in enumerate(asked.folders, 1):
        show(number, folder, asked.phantom)
    return 0


def show(number: int, folder: Path, phantom: str) -> None:
    """Folders are told by their number and name; nothing of a header is printed."""
    images = sorted(path for path in folder.iterdir() if path.is_file())
    told: dict[str, Answer] = {}
    print(f"\n{number}. {folder.name}, {len(images)} files")
    for tool in PHANTOMS[phantom]:
        begun = time.monotonic()
        told[tool] = phantom_tools.run(tool, phantom, images)
        one = told[tool]
        print(f"   {tool} {one.version}: {time.monotonic() - begun:.0f} s, {len(one.pictures)} pictures {one.trouble}")
    for measure in dict.fromkeys(name for one in told.values() for name in (*one.values, *one.failed)):
        said = [f"{tool} {one.values.get(measure, one.failed.get(measure, '-'))}" for tool, one in told.items()]
        print(f"   {measure:16} {' | '.join(said)}")


if __name__ == "__main__":
    sys.exit(main())
