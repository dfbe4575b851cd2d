"""The command `reaccredit`: a table of words, each with the function that answers it.

A word's module is imported when the word is said, by its name in the table. So `reaccredit policy` runs on the standard
library alone, and the help appears at once.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import sys
from typing import NamedTuple


class Word(NamedTuple):
    answered_by: str  # module:function, called with the arguments after the word; gives the exit code
    help: str


WORDS = {
    "demo": Word("reaccredit.project.demo_server:main", "run the demo programme on this machine"),
    "policy": Word("reaccredit.policy.command:main", "list, check and draw the policies; decide a history"),
    "dicom": Word(
        "reaccredit.project.dicom_command:main",
        "`dicom check` says what an upload would take, `dicom receive` takes images from a PACS",
    ),
    "phi": Word("reaccredit.project.phi_command:main", "`phi screen` finds protected health information in documents"),
    "report": Word(
        "reaccredit.project.report_command:main", "`report verify` says who signed a report and whether it was changed"
    ),
    "web": Word("reaccredit.project.web:main", "run the web server"),
    "assign": Word("reaccredit.reviews.assignment.command:main", "propose who judges what, with reasons"),
    "work": Word("reaccredit.project.manage:work", "run the background worker"),
    "remind": Word("reaccredit.project.manage:remind", "send the reminders that are due (for cron)"),
    "ledger": Word("reaccredit.project.manage:ledger", "`ledger verify` proves the history of every case"),
    "manage": Word("reaccredit.project.manage:main", "run any management command (`manage help` lists them)"),
}

EPILOGUE = """\
`reaccredit WORD --help` says more about one of them.

Settings come from the environment: REACCREDIT_DATA (the folder of the data, `var` here unless said otherwise),
REACCREDIT_DATABASE, REACCREDIT_HOSTS, PORT. `demo` needs none of them."""


def main(argv: list[str] | None = None) -> int:
    try:
        code = run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`). Nothing more may be written, not even at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if words else 2
    if words[0] in {"-V", "--version"}:
        print(f"reaccredit {importlib.metadata.version('reaccredit')}")
        return 0
    if words[0] not in WORDS:
        print(f"reaccredit: there is no {words[0]!r}; the words are {', '.join(WORDS)}.", file=sys.stderr)
        return 2
    module, _, function = WORDS[words[0]].answered_by.partition(":")
    code: int = getattr(importlib.import_module(module), function)(words[1:])
    return code


def usage() -> str:
    lines = [f"  {word:<8} {entry.help}" for word, entry in WORDS.items()]
    return "\n".join(["usage: reaccredit WORD [ARGUMENTS]", "", *lines, "", EPILOGUE])
