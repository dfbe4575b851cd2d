"""`reaccredit report verify FILE.pdf`: who signed a final report, and whether anything in it was changed since.

Exit codes: 0 signed with the programme's key and unchanged; 1 changed, not signed, or signed by somebody else; 2 a file that cannot be
read. Needs no database: the programme's certificate is `--certificate`, or that of the key in the environment (REACCREDIT_SIGNING_KEY).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from reaccredit.documents import signing

GOOD, BAD, UNREADABLE = 0, 1, 2
RECEIPT = "receipt.json"
SAID = ("policy", "revision", "sha256", "last_fact", "at", "answer_sha256")


class Sorry(Exception):
    """What the person at the terminal reads instead of an answer."""


def main(argv: list[str]) -> int:
    options = parsed(argv)
    try:
        if options.word == "certificate":
            print(own_key().as_pem, end="")
            return GOOD
        known = certificates(options.certificate)
        answers = [answer(path, known) for path in options.files]
    except Sorry as sorry:
        print(f"reaccredit report: {sorry}", file=sys.stderr)
        return UNREADABLE
    if options.json:
        print(json.dumps(answers, indent=1, ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(lines(one)) for one in answers))
    return max(one["exit"] for one in answers)


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="reaccredit report", description=__doc__.partition("\n\n")[0])
    words = parser.add_subparsers(dest="word", required=True)
    verify = words.add_parser("verify", help="who signed a report, and whether it was changed", epilog=__doc__)
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE.pdf")
    verify.add_argument(
        "--certificate", type=Path, help="the programme's certificate (PEM or DER), as it gave it to you"
    )
    verify.add_argument("--json", action="store_true")
    words.add_parser("certificate", help="print the programme's certificate, to be given to whoever checks reports")
    return parser.parse_args(argv)


def own_key() -> signing.Key:
    path = os.environ.get("REACCREDIT_SIGNING_KEY")
    if not path:
        raise Sorry("no key is named: REACCREDIT_SIGNING_KEY says where the programme's PKCS#12 file is.")
    try:
        return signing.load(Path(path), os.environ.get("REACCREDIT_SIGNING_PASSWORD", ""))
    except signing.BadKey as no:
        raise Sorry(str(no)) from None


def certificates(path: Path | None) -> list[Any]:
    """Of the programme, as far as this machine knows them."""
    if path is None:
        return [own_key().certificate] if os.environ.get("REACCREDIT_SIGNING_KEY") else []
    try:
        return signing.certificates(path.read_bytes())
    except OSError as error:
        raise Sorry(f"{path}: {error.strerror}.") from None
    except (ValueError, TypeError):
        raise Sorry(f"{path} is no certificate.") from None


def answer(path: Path, known: Sequence[Any]) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        found = signing.read(content, known)
    except OSError as error:
        return {"file": str(path), "exit": UNREADABLE, "says": f"It cannot be opened: {error.strerror}."}
    except signing.NoPaper:
        return {"file": str(path), "exit": UNREADABLE, "says": "It is no PDF that can be read."}
    made = judged(found)
    return {"file": str(path), **made, "receipt": receipt(content) if found and made["unchanged"] else None}


def judged(found: Sequence[signing.Signed]) -> dict[str, Any]:
    """The one signature of the programme. A second one, or anything behind the first, is a change."""
    if not found:
        return {"exit": BAD, "unchanged": None, "says": "It is not signed: nobody can say whether it was changed."}
    one = found[0]
    whole = one.whole and len(found) == 1
    if not whole:
        says = "It was changed after it was signed. Do not rely on it."
    elif not one.known:
        says = "It was not changed since. Whether this is the programme's certificate is not known here: give it with --certificate."
    else:
        says = "It was signed with the programme's key, and not changed since."
    return {
        "exit": GOOD if whole and one.known else BAD, "unchanged": whole, "known": one.known, "says": says,
        "signed_by": one.by, "certificate_sha256": one.fingerprint, "at": one.at.isoformat() if one.at else None, "reason": one.reason,
    }  # fmt: skip


def receipt(content: bytes) -> dict[str, Any] | None:
    """What is attached to an unchanged paper."""
    try:
        held = PdfReader(io.BytesIO(content)).attachments.get(RECEIPT)
        said = json.loads(held[0]) if held else None
    except (PyPdfError, ValueError, KeyError):
        return None
    return said if isinstance(said, dict) else None


def lines(one: dict[str, Any]) -> list[str]:
    said = [one["file"], f"  {one['says']}"]
    if one.get("signed_by"):
        said += [
            f"  Signed by {one['signed_by']}, {one['at']} ({one['reason']})",
            f"  Certificate SHA-256 {one['certificate_sha256']}",
        ]
    if one.get("receipt"):
        said += ["  Receipt"] + [f"    {key}: {one['receipt'].get(key)}" for key in SAID]
    return said
