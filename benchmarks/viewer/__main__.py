"""How long until the first image stands there, and how long a frame takes beside a plain file server? See README.md."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.imaging.__main__ import ROOT, free_port, running
from reaccredit.imaging import synthetic

SHOWN = '.lv-screen[data-slice]:not([data-slice=""])'
LINK = "Look through this series in the viewer"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clicks", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder / "images", args.slices)
        (folder / "house").mkdir()
        port = free_port()
        env = environment(folder / "house", port, args.workers)
        words = [sys.executable, "-m", "benchmarks.viewer.house", str(folder / "images")]
        said = json.loads(subprocess.run(words, env=env, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
        (folder / "served").mkdir()
        for number, path in enumerate(said["files"]):
            shutil.copyfile(path, folder / "served" / f"{number}.dcm")
        with running([sys.executable, "-m", "reaccredit", "web"], [port], env, folder):
            first_images(port, said, args.clicks)
            with plain_servers(folder) as peers:
                for number in range(1, args.rounds + 1):
                    print(f"round {number}, load {os.getloadavg()[0]:.1f}")
                    frames(port, said, peers)
    return 0


def environment(folder: Path, port: int, workers: int) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REACCREDIT_")}
    return kept | {
        "REACCREDIT_DATA": str(folder), "REACCREDIT_SECRET_KEY": "k" * 50, "REACCREDIT_PATIENT_KEY": "p" * 50, "PORT": str(port),
        "REACCREDIT_HOSTS": "127.0.0.1,testserver", "REACCREDIT_WORKERS": str(workers), "REACCREDIT_ADOPTED": "2021-03-08",
        "DJANGO_SETTINGS_MODULE": "reaccredit.project.settings", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }  # fmt: skip


def made(folder: Path, slices: int) -> None:
    folder.mkdir()
    for number, content in enumerate(
        synthetic.series(slices=slices, seed=7, size=512, number=9, description="DEMO LONG")
    ):
        (folder / f"{number:04}.dcm").write_bytes(content)


# ------------------------------------------------------------------ the first image
def first_images(port: int, said: dict[str, object], clicks: int) -> None:
    """From the click on the reading's page to the first slice on the screen, each time in a browser that has nothing in its cache."""
    chromium = os.environ.get("REACCREDIT_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as tools:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = tools.chromium.launch(executable_path=chromium, args=arguments)
        times = [click(browser, port, said) for _ in range(clicks)]
        browser.close()
    print(
        f"first image after the click, load {os.getloadavg()[0]:.1f}: "
        + ", ".join(f"{one:.2f}" for one in times)
        + " s"
    )


def click(browser: Browser, port: int, said: dict[str, object]) -> float:
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": str(said["session"]), "url": f"http://127.0.0.1:{port}"}])
    tab = context.new_page()
    tab.goto(str(said["page"]), wait_until="networkidle")
    link = tab.get_by_role("link", name=LINK)
    link.scroll_into_view_if_needed()
    began = time.perf_counter()
    link.click(no_wait_after=True)
    tab.wait_for_selector(SHOWN, timeout=60_000)
    took = time.perf_counter() - began
    context.close()
    return took


# ------------------------------------------------------------------ frame by frame
@contextmanager
def plain_servers(folder: Path) -> Iterator[dict[str, int]]:
    """Python's own, with connections that stay open; and nginx where it is installed."""
    served, python = folder / "served", free_port()
    words = [
        sys.executable,
        "-m",
        "http.server",
        "--protocol",
        "HTTP/1.1",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(served),
        str(python),
    ]
    with running(words, [python], dict(os.environ), folder):
        if shutil.which("nginx") is None:
            yield {"http.server": python}
            return
        nginx = free_port()
        (folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}\n"
            f"http {{ access_log off; sendfile on; tcp_nodelay on; server {{ listen 127.0.0.1:{nginx}; root {served}; }} }}\n"
        )
        folder.chmod(0o755)
        with running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], [nginx], dict(os.environ), folder):
            yield {"http.server": python, "nginx": nginx}


def frames(port: int, said: dict[str, object], peers: dict[str, int]) -> None:
    """Every frame once, in turn from each server, by one client with one connection to each; and from the viewer once more, as a
    browser that has kept it asks (kept).
    """
    addresses = list(map(str, said["frames"]))  # type: ignore[call-overload]
    ways = {"viewer": (port, addresses, {"Cookie": f"sessionid={said['session']}"})}
    ways |= {name: (peer, [f"/{n}.dcm" for n in range(len(addresses))], {}) for name, peer in peers.items()}
    lines = {name: http.client.HTTPConnection("127.0.0.1", way[0]) for name, way in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in (*ways, "kept")}
    for number in range(len(addresses)):
        for name, (_, asked, head) in ways.items():
            took, mark = timed(lines[name], asked[number], head)
            times[name].append(took)
            if name == "viewer":
                times["kept"].append(timed(lines[name], asked[number], head | {"If-None-Match": mark})[0])
    for name, found in times.items():
        found.sort()
        ratios = (
            ""
            if name in ("viewer", "kept")
            else f", the viewer's median is {statistics.median(times['viewer']) / statistics.median(found):.2f} times as long"
        )
        print(
            f"  {name:<12} median {statistics.median(found) * 1e3:5.2f} ms, 95 of 100 within {found[int(len(found) * 0.95)] * 1e3:5.2f} ms{ratios}"
        )


def timed(line: http.client.HTTPConnection, address: str, head: dict[str, str]) -> tuple[float, str]:
    """Seconds, and the mark by which the server knows what it gave: with that it says only whether it is the same still."""
    began = time.perf_counter()
    line.request("GET", address, headers=head)
    answer = line.getresponse()
    size = len(answer.read())
    took = time.perf_counter() - began
    if (answer.status, size > 500_000) not in ((200, True), (304, False)):
        raise SystemExit(f"{address}: {answer.status}, {size} bytes")
    return took, answer.headers.get("ETag", "")


if __name__ == "__main__":
    sys.exit(main())
