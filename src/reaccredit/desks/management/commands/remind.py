from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from reaccredit.desks.reminders import remind
from reaccredit.reviews.offering import run_out


class Command(BaseCommand):
    help = "Reminds whoever has the turn of deadlines that come soon. For cron: running it often reminds nobody twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=3, help="how many days ahead (default 3)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = remind(now=timezone.now(), days=options["days"])
        self.stdout.write(f"{done} deadline{'' if done == 1 else 's'} reminded of.")
        if late := run_out(now=timezone.now()):
            self.stdout.write(f"{late} reading{'' if late == 1 else 's'} not begun in time and offered on.")
