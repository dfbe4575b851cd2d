"""Fills an empty database with the demo programme."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reaccredit.people.models import Person
from reaccredit.project import demo_clock, demo_story
from reaccredit.project.settings import day

PASSWORD, BEGINS = "REACCREDIT_DEMO_PASSWORD", "REACCREDIT_DEMO_DATE"


class Command(BaseCommand):
    help = f"Fills an empty database with the demo programme. {BEGINS}=2021-04-20 lets it begin on that day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--empty", action="store_true", help="set the clock alone, and tell no story")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get(PASSWORD, "")
        if not settings.DEMO or not password:
            raise CommandError("Demo people belong into a demo alone: use `reaccredit demo`.")
        if Person.objects.exists():
            raise CommandError("There are people in this database already. Demo data go into an empty one: --fresh.")
        begins = day(BEGINS)
        if begins and settings.ADOPTED and begins < settings.ADOPTED:
            raise CommandError(f"{BEGINS} lies before the policy that the demo goes by ({settings.ADOPTED}).")
        demo_clock.set_to(datetime.combine(begins, time(12), UTC) if begins else datetime.now(UTC))
        if options["empty"]:
            return
        demo_story.tell(now=demo_clock.now(), password=password)
