"""Text burned into pictures: is each string covered by a finding, and are clean pictures left alone?

python -m benchmarks.phi.burned [--each 1] [--seed 7]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from pydicom import uid
from pydicom.dataset import Dataset, FileMetaDataset

from benchmarks.phi.people import World
from reaccredit.imaging import burned_in
from reaccredit.phi.roster import Roster

SIZES = (12, 16, 20, 28, 40)
GROUNDS = ("ct", "mr", "us", "dark")
CONTRASTS = {"white": 1.0, "grey": 0.75}
FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "DejaVuSansMono.ttf")
SIDE = 512


def ground(kind: str, dice: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    body = ((x / 0.36) ** 2 + (y / 0.43) ** 2 < 1).astype(float)
    if kind == "dark":
        return np.full((SIDE, SIDE), 8.0) + dice.normal(0, 2, (SIDE, SIDE))
    if kind == "us":
        fan = (np.abs(x) < (y + 0.55) * 0.8) & (x**2 + (y + 0.5) ** 2 < 0.9)
        return np.where(fan, 70 * dice.gamma(2, 0.5, (SIDE, SIDE)), 4)
    level = 110 if kind == "ct" else 140
    inner = 30 * np.sin(9 * x) * np.cos(7 * y) if kind == "mr" else 12 * np.sin(5 * x)
    return body * (level + inner) + dice.normal(0, 7, (SIDE, SIDE)) + 10


def strings(w: World) -> list[str]:
    p = w.patient
    name = w.random.choice([f"{p.family.upper()}^{p.given.upper()}", f"{p.family}, {p.given}", f"{p.given} {p.family}"])
    plain = "".join(c for c in name if ord(c) < 0x250)
    return [
        plain,
        w.random.choice([f"ID {w.digits(7)}", f"MRN: {w.mrn()}"]),
        w.random.choice([f"DOB {w.birth()}", f"{w.date()} 0{w.random.randint(1, 9)}:1{w.random.randint(0, 9)}"]),
    ]


def drawn(w: World, kind: str, size: int, bright: float) -> tuple[np.ndarray, list[tuple[float, float, float, float]]]:
    dice = np.random.default_rng(w.seed)
    pixels = Image.fromarray(np.clip(ground(kind, dice), 0, 255).astype(np.uint8))
    if not size:
        return np.asarray(pixels), []
    pen, font = ImageDraw.Draw(pixels), ImageFont.truetype(w.random.choice(FONTS), size)
    boxes = []
    for text, (x, y) in zip(strings(w), ((8, 8), (8, 16 + size), (SIDE - 8 - size * 9, SIDE - 14 - size)), strict=True):
        place = (max(4, min(x, SIDE - 6 - pen.textlength(text, font=font))), y)  # nothing is cut at the edge
        pen.text(place, text, font=font, fill=int(255 * bright))
        boxes.append(pen.textbbox(place, text, font=font))
    return np.asarray(pixels), boxes


def written(pixels: np.ndarray, kind: str, folder: Path, number: int) -> Path:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = uid.CTImageStorage, uid.generate_uid()
    ds.Modality, ds.Rows, ds.Columns = kind.upper(), SIDE, SIDE
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.WindowCenter, ds.WindowWidth = 128, 256
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].VR = "OB"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    path = folder / f"{number}.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path


def covered(box: tuple[float, float, float, float], findings: list[burned_in.Burned]) -> bool:
    width = box[2] - box[0]
    parts = [
        (max(box[0], f.box[0]), min(box[2], f.box[2]))
        for f in findings
        if min(box[3], f.box[3]) - max(box[1], f.box[1]) > 0.4 * (box[3] - box[1])
    ]
    return sum(max(0.0, b - a) for a, b in parts) >= 0.6 * width


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--each", type=int, default=1)
    asked.add_argument("--seed", type=int, default=7)
    args = asked.parse_args()
    hits: defaultdict[tuple[str, int], list[bool]] = defaultdict(list)
    false = clean = 0
    started, pictures = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as name:
        for kind in GROUNDS:
            plan = [(size, bright) for size in SIZES for bright in CONTRASTS.values()] + [(0, 0.0), (0, 0.0)]
            for number, (size, bright) in enumerate(plan * args.each):
                w = World(args.seed + pictures * 101)
                w.random = random.Random(w.seed)
                pixels, boxes = drawn(w, kind, size, bright)
                found = burned_in.read(
                    [written(pixels, kind, Path(name), number)], time.monotonic() + 600, Roster()
                ).findings
                pictures += 1
                hits[kind, size] += [covered(box, found) for box in boxes if box[2] <= SIDE]
                clean += not size
                false += bool(not size and found)
    seconds = time.perf_counter() - started
    for size in SIZES:
        row = {kind: hits[kind, size] for kind in GROUNDS}
        print(f"{size:>3} px  " + "  ".join(f"{kind} {sum(v)}/{len(v)}" for kind, v in row.items()))
    large = [hit for (kind, size), values in hits.items() if size >= 16 for hit in values]
    print(
        f"recall at 16 px and more: {sum(large)}/{len(large)} = {sum(large) / len(large):.3f}; clean pictures with a finding: {false}/{clean}; {seconds / pictures:.2f} s a picture"
    )


if __name__ == "__main__":
    main()
