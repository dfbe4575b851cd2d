"""`python -m benchmarks.review.reports`: final reports a minute of CPU on one core, printed (two pages, PDF/UA-1 and PDF/A-3a) and signed."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reaccredit.documents import signing
from reaccredit.documents.keys import self_signed
from reaccredit.documents.pdf import ARCHIVED, compile_pdf

TEMPLATE = Path(signing.__file__).parents[1] / "reports" / "print" / "report.typ"
AT, WANTED, MANY = datetime(2021, 4, 1, 12, tzinfo=UTC), 2000, 200
TEXT = "Image quality: The exam is incomplete. Send every series of the protocol, labelled, in the order in which they were made."


def content(number: int) -> dict[str, Any]:
    """As long as the report of a CT unit with five areas, two of which were not acceptable; no two are the same."""
    areas = [
        {
            "title": f"Module {n} of report {number}", "outcome": "Acceptable" if n > 1 else "Not acceptable", "consult": n == 0,
            "paragraphs": [f"{TEXT} ({number}.{n}.{p})" for p in range(4)] if n < 2 else [], "causes": "Equipment, protocol" if n < 2 else "",
        }
        for n in range(5)
    ]  # fmt: skip
    return {
        "title": f"Final report of CT-{number:06}, attempt 1", "programme": "Demo programme", "footer": "Confidential.", "void": None,
        "facts": [["Facility", f"Demo Imaging {number}"], ["Modality", "CT"], ["Issued", "1 April 2021"], ["Result", "Not passed"]],
        "areas": areas,
        "coming": {
            "sentences": ["The option form opens 3 Apr 2021, 12:00 EDT at the earliest."],
            "options": [["Repeat", "through 16 Apr 2021"], ["Appeal", "through 16 Apr 2021"], ["Withdraw", "through 18 Apr 2021"]],
        },
        "clauses": [{"says": f"{TEXT} {n}", "at": "Introduction"} for n in range(8)],
        "receipt": json.dumps({"report": number, "sha256": "0" * 64}), "proof": [["Policy", "0" * 64], ["Answer", "0" * 64]],
    }  # fmt: skip


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.p12"
        path.write_bytes(self_signed("Demo programme", "benchmark"))
        key = signing.load(path, "benchmark")
    signing.sign(compile_pdf(TEMPLATE, content(0), at=AT, standards=ARCHIVED), key, at=AT, reason="Warm")
    printed = signed = 0.0
    for number in range(1, MANY + 1):
        begun = time.process_time()
        paper = compile_pdf(TEMPLATE, content(number), at=AT, standards=ARCHIVED)
        between = time.process_time()
        signing.sign(paper, key, at=AT, reason="Final report issued")
        printed, signed = printed + between - begun, signed + time.process_time() - between
    rate = 60 * MANY / (printed + signed)
    print(f"{MANY} reports: {1000 * printed / MANY:.1f} ms printed, {1000 * signed / MANY:.1f} ms signed, CPU")
    print(
        f"{rate:.0f} a minute of one core, {60 * MANY / printed:.0f} unsigned; wanted {WANTED}: {'yes' if rate >= WANTED else 'NO'}"
    )
    return 0 if rate >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
