"""What became of an upload, as a machine is told it: the response of STOW-RS (PS3.18, 10.5.3) and the status of C-STORE.

A machine knows reasons as numbers. The sentence for people goes beside them: in an element of our own in the one, in the
error comment of the other. A file that is here already was stored, as far as its sender is concerned.
"""

from __future__ import annotations

import tomllib
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from reaccredit.imaging.actions import Received, Refused

HERE_ALREADY = "duplicate"
STORED, FAILED, OTHERS = "00081199", "00081198", "0008119A"
CLASS, INSTANCE, REASON = "00081150", "00081155", "00081197"
CREATOR, CODE, SENTENCE = "00090010", "00091001", "00091002"


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "answers.toml").read_text("utf-8"))


def reason(code: str) -> int:
    table = _table()
    return int(table["reason"].get(code, table["mismatch"]))


def _element(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(values)}


def _named(sop_class: str, instance: str) -> dict[str, Any]:
    return {CLASS: _element("UI", sop_class), INSTANCE: _element("UI", instance)}


def _failed(one: Refused) -> dict[str, Any]:
    said = {
        REASON: _element("US", reason(one.problem.code)),
        CREATOR: _element("LO", "REACCREDIT"),
        CODE: _element("LO", one.problem.code),
        SENTENCE: _element("UT", one.problem.sentence),
    }
    return (_named(one.header.sop_class_uid, one.header.sop_instance_uid) if one.header else {}) | said


def response(received: Received) -> tuple[HTTPStatus, dict[str, Any]]:
    """200 where all are stored, 202 where some are, 409 where none is."""
    here = [one for one in received.refused if one.problem.code == HERE_ALREADY]
    failed = [one for one in [*received.refused, *received.skipped] if one.problem.code != HERE_ALREADY]
    stored = [_named(one.sop_class_uid, one.sop_instance_uid) for one in received.accepted]
    stored += [_named(one.header.sop_class_uid, one.header.sop_instance_uid) for one in here if one.header]
    said: dict[str, Any] = {}
    for tag, items in (
        (STORED, stored),
        (FAILED, [_failed(one) for one in failed if one.header]),
        (OTHERS, [_failed(one) for one in failed if not one.header]),
    ):
        if items:
            said[tag] = _element("SQ", *items)
    if failed:
        return (HTTPStatus.ACCEPTED if stored else HTTPStatus.CONFLICT), said
    return HTTPStatus.OK, said


def status(told: Refused | None) -> tuple[int, str]:
    """The status of a C-STORE, and its comment; of what was not refused, that it is stored."""
    if told is None or told.problem.code == HERE_ALREADY:
        return 0x0000, ""
    return reason(told.problem.code), told.problem.sentence
