"""Proves the history of cases: each fact still says what it said, and follows the one before it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reaccredit.ledger import queries
from reaccredit.ledger.models import Case


class Command(BaseCommand):
    help = "Prove the history of every case, or of the cases named. Exit code 1, and the fact, where a chain breaks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", metavar="CASE", help="numbers such as CT-000123; none: all")

    def handle(self, *args: Any, cases: list[str], **options: Any) -> None:
        chosen = Case.objects.filter(number__in=cases) if cases else Case.objects.all()
        if missing := set(cases) - set(chosen.values_list("number", flat=True)):
            raise CommandError(f"There is no case {', '.join(sorted(missing))}.", returncode=2)
        broken = 0
        for case in chosen.iterator():
            found = queries.find_break(case)
            if found:
                broken += 1
                self.stdout.write(f"{case.number}: breaks at fact {found.place}: {found.reason}")
            elif options["verbosity"] > 1:
                self.stdout.write(f"{case.number}: whole")
        checked = chosen.count()
        if broken:
            raise CommandError(f"{broken} of {checked} histories do not hold.", returncode=1)
        self.stdout.write(f"{checked} {'history holds' if checked == 1 else 'histories hold'}.")
