"""The demo's clock: real time plus what somebody has moved it on by, so that 48 hours and 15 days can be played in a minute.

Only a demo has it. Every page and task reads the time through `django.utils.timezone.now`; in a demo that one function is
replaced when the process starts. The clock goes forward only: a ledger in which time ran backwards would be no ledger.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

STEPS = {
    "hour": ("1 hour", timedelta(hours=1)),
    "day": ("1 day", timedelta(days=1)),
    "48-hours": ("48 hours", timedelta(hours=48)),
    "15-days": ("15 days", timedelta(days=15)),
    "30-days": ("30 days", timedelta(days=30)),
    "45-days": ("45 days", timedelta(days=45)),
}


def _file() -> Path:
    return Path(settings.DATA) / "demo-clock-seconds"


def offset() -> timedelta:
    """By how much the demo is ahead of real time (or behind it, where it was begun on an earlier day)."""
    try:
        return timedelta(seconds=int(_file().read_text()))
    except (OSError, ValueError):
        return timedelta(0)


def now() -> datetime:
    return datetime.now(UTC) + offset()


def set_to(start: datetime) -> None:
    """Where a new demo begins."""
    _write(start - datetime.now(UTC))


def move_on(step: timedelta) -> None:
    _write(offset() + step)


def _write(ahead: timedelta) -> None:
    beside = _file().with_suffix(".new")
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text(str(int(ahead.total_seconds())))
    beside.replace(_file())


def install() -> None:
    """From here on this process lives in the demo's time."""
    timezone.now = now  # noqa: TID251
