"""Proves the history of cases: each fact still says what it said, and follows the one before it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reaccredit.ledger import publishing, queries, receipts
from reaccredit.ledger.models import Case
from reaccredit.policy.receipts import Differs


class Command(BaseCommand):
    help = "Prove the history of every case, or of the cases named. Exit code 1, and the fact, where a chain breaks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="*", metavar="CASE", help="numbers such as CT-000123; none: all")
        parser.add_argument(
            "--answers", action="store_true", help="give every answer again, from its receipt, and compare bytes"
        )

    def handle(self, *args: Any, cases: list[str], answers: bool, **options: Any) -> None:
        chosen = Case.objects.filter(number__in=cases) if cases else Case.objects.all()
        if missing := set(cases) - set(chosen.values_list("number", flat=True)):
            raise CommandError(f"There is no case {', '.join(sorted(missing))}.", returncode=2)
        broken = 0
        for case in chosen.iterator():
            found = queries.find_break(case)
            if found:
                broken += 1
                self.stdout.write(f"{case.number}: breaks at fact {found.place}: {found.reason}")
            elif said := self._other_answer(case) if answers else "":
                broken += 1
                self.stdout.write(f"{case.number}: {said}")
            elif options["verbosity"] > 1:
                self.stdout.write(f"{case.number}: whole")
        if torn := publishing.first_break():
            raise CommandError(f"The published revisions do not hold: {torn} does not say what it said.", returncode=1)
        checked = chosen.count()
        if broken:
            raise CommandError(f"{broken} of {checked} histories do not hold.", returncode=1)
        self.stdout.write(f"{checked} {'history holds' if checked == 1 else 'histories hold'}.")

    def _other_answer(self, case: Case) -> str:
        """The first answer that cannot be given again; blank where each of them comes as it came then."""
        for fact in case.facts.select_related("receipt", "case").filter(receipt__isnull=False).order_by("seq"):
            try:
                receipts.again(fact)
            except Differs as other:
                return f"the answer after fact {fact.seq} cannot be given again: {other}"
        return ""
