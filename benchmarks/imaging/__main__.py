"""How fast do images come in, beside Orthanc on the same files in the same run? See README.md."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.imaging import sending
from benchmarks.imaging.sending import To, Told
from reaccredit.imaging import synthetic

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120
SERIES = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2, help="of the web server, and receivers of C-STORE")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = made(folder / "images", args.images)
        for number in range(1, args.rounds + 1):
            print(
                f"round {number}: {len(files)} images, {sum(f.stat().st_size for f in files) / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}"
            )
            told = [*ours(folder / f"house{number}", files, args), *peers(folder / f"orthanc{number}", files, args)]
            show(told)
    return 0


def made(folder: Path, number: int) -> list[Path]:
    """CT of 512 by 512 pixels, in series of a hundred, all of one patient and study."""
    folder.mkdir()
    first, day = b"", (datetime.now(UTC) - timedelta(days=20)).date()
    for series in range((number + SERIES - 1) // SERIES):
        slices = synthetic.series(
            slices=min(SERIES, number - series * SERIES), seed=series + 1, size=512, study_date=day, number=series + 1,
            same_study_as=first or None,
        )  # fmt: skip
        first = first or slices[0]
        for place, content in enumerate(slices):
            (folder / f"{series:03}{place:03}.dcm").write_bytes(content)
    return sorted(folder.iterdir())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(listens: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + SECONDS
    while not listens():
        if time.monotonic() > limit:
            raise SystemExit(f"{what} did not start")
        time.sleep(0.2)


def open_to(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def running(words: list[str], ports: list[int], env: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "said").open("wb") as log:
        process = subprocess.Popen(words, env=env, stdout=log, stderr=log, cwd=folder)
        try:
            for port in ports:
                until(lambda port=port: open_to(port), words[-1])
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def ours(folder: Path, files: list[Path], args: argparse.Namespace) -> list[Told]:
    folder.mkdir()
    web, dicom = free_port(), free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REACCREDIT_")}
    env = kept | {
        "REACCREDIT_DATA": str(folder), "REACCREDIT_SECRET_KEY": "k" * 50, "REACCREDIT_PATIENT_KEY": "p" * 50, "PORT": str(web),
        "REACCREDIT_HOSTS": "127.0.0.1,testserver", "REACCREDIT_WORKERS": str(args.workers), "REACCREDIT_ADOPTED": "2021-03-08",
        "DJANGO_SETTINGS_MODULE": "reaccredit.project.settings", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip
    house = subprocess.run(
        [sys.executable, "-m", "benchmarks.imaging.house"], env=env, cwd=ROOT, capture_output=True, check=True
    )
    said = json.loads(house.stdout)
    with running([sys.executable, "-m", "reaccredit", "web"], [web], env, folder) as server:
        sending.warm(web, said, args.workers)
        to = To(web, server.pid)
        told = [sending.browser(to, said, files, args.clients), sending.stow(to, said, files, args.clients)]
        print(f"  most memory of a web process: {most_memory(server.pid):.0f} MB")
    if shutil.which("storescu"):
        words = ["dicom", "receive", "--bind", "127.0.0.1", "--port", str(dicom), "--processes", str(args.workers)]
        with running([sys.executable, "-m", "reaccredit", *words], [dicom], env, folder) as server:
            until(lambda: (folder / "said").read_text().count("Receiving images") == args.workers, "every receiver")
            told.append(sending.store("C-STORE", To(dicom, server.pid), said["title"], files, args.clients))
            print(f"  most memory of a receiver: {most_memory(server.pid):.0f} MB")
    return told


def most_memory(pid: int) -> float:
    """Of the process and its children, where the system tells."""
    found = [0.0]
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if str(pid) in (lines.get("Pid", "").strip(), lines.get("PPid", "").strip()) and "VmHWM" in lines:
            found.append(int(lines["VmHWM"].split()[0]) / 1000)
    return max(found)


def peers(folder: Path, files: list[Path], args: argparse.Namespace) -> list[Told]:
    binary = shutil.which("Orthanc")
    if binary is None:
        print("  Orthanc is not installed (Debian: apt-get install orthanc dcmtk): no peer in this run")
        return []
    folder.mkdir()
    told = []
    for way in ("REST", "C-STORE"):  # an empty Orthanc for each
        place = folder / way
        place.mkdir()
        web, dicom = free_port(), free_port()
        (place / "orthanc.json").write_text(
            json.dumps(
                {
                    "StorageDirectory": str(place), "IndexDirectory": str(place), "HttpPort": web, "DicomPort": dicom, "DicomAet": "ORTHANC",
                    "AuthenticationEnabled": False, "RemoteAccessAllowed": False, "SyncStorageArea": True, "DicomAlwaysAllowStore": True,
                    "Plugins": [], "StorageCompression": False, "TcpNoDelay": True,
                }
            )
        )  # fmt: skip
        with running(
            [binary, str(place / "orthanc.json")], [web, dicom], os.environ | {"TCP_NODELAY": "1"}, place
        ) as server:
            if way == "REST":
                told.append(sending.rest(To(web, server.pid), files, args.clients))
            elif shutil.which("storescu"):
                told.append(sending.store("Orthanc C-STORE", To(dicom, server.pid), "ORTHANC", files, args.clients))
        shutil.rmtree(place)
    return told


PEER = {"browser": "Orthanc REST", "STOW-RS": "Orthanc REST", "C-STORE": "Orthanc C-STORE"}


def show(told: list[Told]) -> None:
    by_name = {one.name: one for one in told}
    for one in told:
        peer = by_name.get(PEER.get(one.name, ""))
        ratio = f", {one.rate / peer.rate:.2f} times {peer.name}" if peer else ""
        print(
            f"  {one.name:<16} {one.stored:>5} stored, {one.rate:6.1f} a second, {one.size / one.seconds / 1e6:5.1f} MB/s,"
            f" server {one.server / one.stored * 1e3:.1f} and sender {one.client / one.stored * 1e3:.1f} ms of the processor each{ratio}"
        )


if __name__ == "__main__":
    sys.exit(main())
